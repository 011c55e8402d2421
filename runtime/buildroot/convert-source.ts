/** The source of a package of a Buildroot tree: site, tarball, hashes and patches. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { PackageData } from '../../lib/schema/package.ts'
import type { ConvertFacts, Report } from './convert-facts.ts'
import type { EvaluatedPackage } from './evaluated.ts'
import type { MakefilePlace } from './makefile-places.ts'

export interface SourceSettings {
  readonly settings: Partial<PackageData>
  /** Whether there is nothing to fetch. */
  readonly isLocal: boolean
}

/** The source, or the folder in the project that takes its place. */
export function sourceSettings(found: EvaluatedPackage, facts: ConvertFacts, report: Report): SourceSettings {
  const given = unquoted(found.variables.OVERRIDE_SRCDIR)
  if (given === '') return fetchedSource(found, facts, report)
  // Nothing of the source itself is used, so its mistakes do not matter.
  const source = fetchedSource(found, facts, () => {})
  const at = facts.places.ofVariable(found.file, `${found.prefix}_OVERRIDE_SRCDIR`)
  const override_srcdir = folderInProject(given, 'OVERRIDE_SRCDIR', { found, facts, report, at })
  return {
    settings: { ...source.settings, ...(override_srcdir !== undefined && { override_srcdir }) },
    isLocal: true,
  }
}

function fetchedSource(found: EvaluatedPackage, facts: ConvertFacts, report: Report): SourceSettings {
  const { variables, prefix, file, name } = found
  const { places, projectRoot } = facts
  const value = (key: string) => variables[key]?.trim() ?? ''
  const site = unquoted(variables.SITE)
  const at = places.ofVariable(file, `${prefix}_SITE`)
  if (value('PATCH') !== '' || value('EXTRA_DOWNLOADS') !== '') {
    const key = value('PATCH') === '' ? 'EXTRA_DOWNLOADS' : 'PATCH'
    report(
      'error',
      'buildroot_unsupported',
      `${prefix}_${key} downloads more than the source`,
      'put the files into the folder of the package',
      places.ofVariable(file, `${prefix}_${key}`),
    )
  }
  if (site === '') {
    const needsSource = found.infra !== 'generic' && found.infra !== 'virtual'
    if (variables.SITE !== undefined && (value('SOURCE') !== '' || needsSource))
      report(
        'error',
        'buildroot_no_source',
        `${prefix}_SITE is empty, so there is no source`,
        'give it a value that does not need files of Buildroot itself',
        at,
      )
    return { settings: {}, isLocal: false }
  }
  const method = methodOf(value('SITE_METHOD'), site)
  if (method === 'local') {
    const path = folderInProject(site, 'SITE', { found, facts, report, at })
    return {
      settings: path === undefined ? {} : { site: path, site_method: 'local' },
      isLocal: true,
    }
  }
  if (method === 'file') {
    const path = inProject(site.replace(/^file:\/\//, ''), facts)
    if (path === undefined) {
      reportOutside(site, report, at)
      return { settings: {}, isLocal: false }
    }
    const source = value('SOURCE') || defaultSource(found)
    return {
      settings: {
        site: path,
        site_method: 'file',
        source,
        ...hash(found, source, facts, report),
        ...patches(found, projectRoot),
      },
      isLocal: false,
    }
  }
  if (method === 'git')
    return {
      settings: {
        ...{ site, site_method: 'git' },
        ...(value('GIT_SUBMODULES') === 'YES' && { git_submodules: true }),
        ...patches(found, projectRoot),
      },
      isLocal: false,
    }
  if (method === 'wget') {
    const source = value('SOURCE') || defaultSource(found)
    return {
      settings: {
        site: site.replace(/\+(?=https?:)/, ''),
        site_method: 'http',
        source,
        ...hash(found, source, facts, report),
        ...patches(found, projectRoot),
      },
      isLocal: false,
    }
  }
  report(
    'error',
    'buildroot_unsupported',
    `${name}: the site method ${method} is not supported`,
    'supported are wget, git, file and local',
    at,
  )
  return { settings: {}, isLocal: false }
}

/** Buildroot takes the quotes from a site, as from a string of the configuration. */
const unquoted = (text = ''): string => text.replaceAll('"', '').trim()

/** A path in the tree or an absolute one, relative to the project; undefined if it is outside. */
function inProject(path: string, { root, tree }: ConvertFacts): string | undefined {
  const absolute = posix.isAbsolute(path) ? posix.normalize(path) : posix.join(root, tree, path)
  return absolute === root || absolute.startsWith(`${root}/`)
    ? posix.relative(root, absolute) || '.'
    : undefined
}

interface FolderPlace {
  readonly found: EvaluatedPackage
  readonly facts: ConvertFacts
  readonly report: Report
  readonly at: MakefilePlace
}

/** As `inProject`; tells if the folder is outside or not there. */
function folderInProject(
  given: string,
  variable: string,
  { found, facts, report, at }: FolderPlace,
): string | undefined {
  const path = inProject(given.replace(/^file:\/\//, ''), facts)
  if (path === undefined) reportOutside(given, report, at)
  else if (!existsSync(join(facts.projectRoot, path)))
    report(
      'error',
      'buildroot_no_source',
      `there is no folder ${path} (${found.prefix}_${variable})`,
      'correct the path',
      at,
    )
  return path
}

function reportOutside(given: string, report: Report, at: MakefilePlace): void {
  report(
    'error',
    'buildroot_site_outside',
    `the source ${given} is outside the project`,
    'only the project is visible to builds: put the source into it',
    at,
  )
}

const defaultSource = ({ name, variables }: EvaluatedPackage): string =>
  `${name}-${variables.VERSION?.trim().replaceAll('/', '_') ?? ''}.tar.gz`

/** Buildroot's rule: SITE_METHOD, else the scheme of the site. */
function methodOf(method: string, site: string): string {
  if (method !== '') return ['http', 'https', 'ftp'].includes(method) ? 'wget' : method
  const scheme = /^([a-z+]+):/.exec(site)?.[1]
  if (scheme === undefined) return 'local'
  if (['http', 'https', 'ftp', 'ftps'].includes(scheme)) return 'wget'
  return scheme
}

/** The SHA-256 of the tarball in the package's hash file. */
function hash(
  { folder, name, variables }: EvaluatedPackage,
  source: string,
  { projectRoot }: ConvertFacts,
  report: Report,
): { sha256?: string } {
  const version = variables.VERSION?.trim() ?? ''
  const file = [`${folder}/${version}/${name}.hash`, `${folder}/${name}.hash`].find(path =>
    existsSync(join(projectRoot, path)),
  )
  if (file === undefined) return {}
  const lines = readFileSync(join(projectRoot, file), 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
  const ofSource = lines.flatMap((words, index) =>
    words[2] === source && words[0] !== '#' ? [{ kind: words[0], sum: words[1], line: index + 1 }] : [],
  )
  const sha256 = ofSource.find(each => each.kind === 'sha256')
  if (sha256?.sum !== undefined) return { sha256: sha256.sum }
  if (ofSource.length === 0)
    report(
      'error',
      'buildroot_no_hash',
      `${file} has no hash of ${source}`,
      `add a line: sha256  HASH  ${source}`,
      { file, line: 1 },
    )
  else
    report(
      'warning',
      'buildroot_no_hash',
      `${source} is not verified: only a SHA-256 can be`,
      `add a line: sha256  HASH  ${source}`,
      { file, line: ofSource[0]!.line },
    )
  return {}
}

/** The patches of the folder of the version, else of the package. */
function patches({ folder, variables }: EvaluatedPackage, projectRoot: string): { patches?: string[] } {
  const version = variables.VERSION?.trim() ?? ''
  const ofVersion = version === '' ? undefined : posix.join(folder, version)
  const place = ofVersion !== undefined && existsSync(join(projectRoot, ofVersion)) ? ofVersion : folder
  const found = readdirSync(join(projectRoot, place))
    .filter(name => name.endsWith('.patch'))
    .sort()
  return found.length > 0 ? { patches: found.map(name => posix.join(place, name)) } : {}
}
