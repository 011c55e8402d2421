/** The Debian mirror of this machine, read from its apt sources. No mirror is built in. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DebianMirror {
  /** URL of the archive, without a trailing slash. */
  readonly main: string
  /** URL of the security archive, if known. */
  readonly security?: string
}

interface Source {
  readonly uri: string
  readonly suites: readonly string[]
  readonly components: readonly string[]
  readonly signedBy: string
}

/** Debian's suites: they tell its mirrors from other distributions and vendors' repositories. */
const SUITE =
  /^(oldoldstable|oldstable|stable|testing|unstable|sid|experimental|bullseye|bookworm|trixie|forky|duke)(-updates|-backports|-security|\/updates)?$/

/** The mirror in the sources below `etcApt`; undefined if there is no Debian mirror. */
export function machineMirror(etcApt = '/etc/apt'): DebianMirror | undefined {
  const sources = sourceFiles(etcApt).flatMap(readSources).filter(isDebian)
  const archives = sources.filter(({ uri }) => uri.endsWith('/debian'))
  // A vendor's repository may look the same, but has no updates suite.
  const main = archives.find(({ suites }) => suites.some(suite => suite.endsWith('-updates'))) ?? archives[0]
  if (main === undefined) return undefined
  const security = sources.find(({ uri }) => uri.endsWith('/debian-security'))
  return { main: main.uri, ...(security && { security: security.uri }) }
}

/** The mirror that the user names, else this machine's. */
export async function chosenMirror(
  named: string | undefined,
  machine = machineMirror(),
): Promise<DebianMirror | undefined> {
  if (named === undefined) return machine
  const main = named.replace(/\/+$/, '')
  if (machine?.main === main) return machine
  // The security archive is usually beside the main one, but not every mirror has it.
  const security = `${main}-security`
  const found = await fetch(`${security}/dists/`, { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  )
  return { main, ...(found?.ok ? { security } : machine?.security && { security: machine.security }) }
}

/** The lines of a sources.list for a suite; `sid` has no updates or security suite. */
export function sourceLines(mirror: DebianMirror, suite: string): string[] {
  const lines = [`deb ${mirror.main} ${suite} main`]
  if (['sid', 'unstable', 'experimental'].includes(suite)) return lines
  lines.push(`deb ${mirror.main} ${suite}-updates main`)
  if (mirror.security) lines.push(`deb ${mirror.security} ${suite}-security main`)
  return lines
}

/** Parses both formats: deb822 paragraphs (`.sources`) and one source per line (`.list`). See sources.list(5). */
export function parseSources(text: string, format: 'deb822' | 'list'): Source[] {
  return format === 'deb822' ? parseParagraphs(text) : parseLines(text)
}

function isDebian({ uri, suites, components, signedBy }: Source): boolean {
  return (
    /^https?:/.test(uri) &&
    components.includes('main') &&
    suites.some(suite => SUITE.test(suite)) &&
    (signedBy === '' || signedBy.includes('debian-archive'))
  )
}

function sourceFiles(etcApt: string): string[] {
  let parts: string[] = []
  try {
    parts = readdirSync(join(etcApt, 'sources.list.d')).sort()
  } catch {}
  return [join(etcApt, 'sources.list'), ...parts.map(name => join(etcApt, 'sources.list.d', name))]
}

function readSources(file: string): Source[] {
  const format = file.endsWith('.sources') ? 'deb822' : file.endsWith('.list') ? 'list' : undefined
  if (format === undefined) return []
  try {
    return parseSources(readFileSync(file, 'utf8'), format)
  } catch {
    return []
  }
}

function parseParagraphs(text: string): Source[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '')
  return withoutComments.split(/\n[ \t]*\n/).flatMap(paragraph => {
    const fields = new Map<string, string>()
    for (const [, name, value] of paragraph.matchAll(/^([A-Za-z-]+):((?:.*)(?:\n[ \t]+.*)*)/gm)) {
      fields.set(name!.toLowerCase(), value!.trim())
    }
    const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(word => word !== '')
    if (!words('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return []
    const rest = {
      suites: words('suites'),
      components: words('components'),
      signedBy: fields.get('signed-by') ?? '',
    }
    return words('uris').map(uri => ({ uri: uri.replace(/\/+$/, ''), ...rest }))
  })
}

function parseLines(text: string): Source[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
    if (!match) return []
    const signedBy = /signed-by=(\S+)/.exec(match[1] ?? '')?.[1] ?? ''
    const components = match[4]!.split(/\s+/).filter(word => word !== '')
    return [{ uri: match[2]!.replace(/\/+$/, ''), suites: [match[3]!], components, signedBy }]
  })
}
