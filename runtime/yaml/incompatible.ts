/**
 * Finds settings of bsp.yaml and strux.yaml that work here but not with the tool that the format comes from,
 * for projects that use both. Source: the facts document about that tool, "Bugs found" and "Path resolution".
 */
import { statSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { show } from '../diagnostics/show-value.ts'
import type { Origin } from '../model/origin.ts'
import { isGlob, isProduct, pathRef, resolveDependency } from '../model/paths.ts'
import { isTarball } from '../model/tarball.ts'

type Key = string | number

export interface BreaksAbout {
  readonly root: string
  readonly bspName: string
  readonly bspFolder: string
}

export function bspBreaks(bsp: BspData, about: BreaksAbout): Finding[] {
  const findings: Finding[] = []
  const warn = warner('bsp', findings)
  const { kernel, bootloader } = bsp.boot ?? {}
  const tree = kernel?.device_tree
  if (Array.isArray(tree?.dts) && tree.dts.length > 1) {
    const hint = 'keep one, and compile the others in an after_kernel script'
    warn('a list of device trees is read as one name', ['boot', 'kernel', 'device_tree', 'dts'], hint)
  }
  if (tree?.overlays?.length) {
    const hint = 'compile them in an after_kernel script'
    warn('device tree overlays are not found', ['boot', 'kernel', 'device_tree', 'overlays'], hint)
  }
  if (tree?.include_paths?.length) {
    warn('include paths of the kernel are not found', ['boot', 'kernel', 'device_tree', 'include_paths'])
  }
  for (const [section, source] of [
    ['kernel', kernel?.source],
    ['bootloader', bootloader?.source],
  ] as const) {
    const problem = source === undefined ? undefined : sourceElsewhere(source)
    if (problem) warn(problem.message, ['boot', section, 'source'], problem.hint)
  }
  if (bootloader?.enabled && (bootloader.type === 'grub' || bootloader.type === 'systemd-boot')) {
    const hint = "type 'custom' with a custom_bootloader script works everywhere"
    warn(`'${bootloader.type}' is not built`, ['boot', 'bootloader', 'type'], hint)
  }
  findings.push(...packageBreaks('bsp', bsp.rootfs?.packages))
  const seen = new Map<string, number>()
  for (const [index, script] of (bsp.scripts ?? []).entries()) {
    const keys = ['scripts', index]
    const name = `${script.step} ${script.location}`
    const first = seen.get(name)
    if (first !== undefined) {
      const message = `a second script at ${script.step} with this location shares its record with the first, so both run every time`
      warn(message, [...keys, 'location'], 'copy the file')
    } else seen.set(name, index)
    findings.push(...dependencyBreaks('bsp', script.depends_on, keys, about, about.bspFolder))
  }
  return findings
}

export function projectBreaks(project: ProjectData, root: string): Finding[] {
  const scripts = (project.scripts ?? []).flatMap(({ depends_on }, index) =>
    dependencyBreaks('project', depends_on, ['scripts', index], { root, bspName: project.bsp }, '.'),
  )
  return [...packageBreaks('project', project.rootfs?.packages), ...scripts]
}

/** Sources that only this tool supports, and that its scripts can fetch on any machine. */
export function isOwnSource(source: string): boolean {
  return /^(deb|deb-src):/.test(source) || /^\.?\.?\//.test(source) || isOwnTarball(source)
}

/** Other tools recognise a tarball by the end of its URL, and treat every other URL as a git repository. */
function isOwnTarball(source: string): boolean {
  const [url = ''] = source.split('#')
  return isTarball(url) && /^(https?|ftp):\/\//.test(url) && !/\.(tar\.(gz|xz|bz2)|tgz)$/.test(url)
}

/** The reason why other tools cannot fetch it. */
function sourceElsewhere(source: string): { readonly message: string; readonly hint?: string } | undefined {
  if (isOwnTarball(source)) {
    const hint = 'give a URL that ends in .tar.gz, .tgz, .tar.xz or .tar.bz2'
    return { message: `the tarball ${show(source)} is taken for a git repository`, hint }
  }
  if (isOwnSource(source)) return { message: 'a source is a git repository or a tarball to be downloaded' }
  if (/^((git\+)?ssh:\/\/|[\w.-]+@[\w.-]+:)/.test(source)) {
    const hint = 'give a URL that needs no key (https), or fetch it in a script that runs before'
    return { message: 'git over ssh finds no keys in a container', hint }
  }
  if (source.startsWith('file:')) {
    const hint = 'give the URL of a server'
    return { message: 'a container cannot see a repository of this machine', hint }
  }
  return undefined
}

function packageBreaks(source: Origin['source'], packages: readonly string[] | undefined): Finding[] {
  const findings: Finding[] = []
  for (const [index, name] of (packages ?? []).entries()) {
    if (!name.endsWith('.deb')) continue
    const hint = 'a script of the project can install it (rootfs_post)'
    warner(source, findings)('a package that is a file is not found', ['rootfs', 'packages', index], hint)
  }
  return findings
}

function dependencyBreaks(
  source: Origin['source'],
  depends: readonly string[] | undefined,
  keys: readonly Key[],
  { root, bspName }: Pick<BreaksAbout, 'root' | 'bspName'>,
  own: string,
): Finding[] {
  const findings: Finding[] = []
  const warn = warner(source, findings)
  for (const [index, path] of (depends ?? []).entries()) {
    const at = [...keys, 'depends_on', index]
    if (isGlob(path)) {
      warn('a pattern is taken for the name of a file, so the script runs every time', at, 'list the files')
      continue
    }
    const resolved = resolveDependency(path, { bsp: bspName, own })
    // A dependency on all of dist/ is reported when the file is read.
    if (!('path' in resolved) || resolved.path === 'dist') continue
    const ref = pathRef(path, posix.normalize(resolved.path))
    const isFolder = path.endsWith('/') || (!isProduct(ref.path) && isDirectory(join(root, ref.path)))
    if (isFolder) warn(`${show(path)} is a folder, so the script runs every time`, at, 'list its files')
  }
  return findings
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function warner(source: Origin['source'], findings: Finding[]) {
  return (message: string, keys: readonly Key[], hint?: string): void => {
    findings.push({
      severity: 'warning',
      code: 'breaks_elsewhere',
      message: `works here, but not everywhere: ${message}`,
      ...(hint !== undefined && { hint }),
      origin: { source, keys },
      at: 'value',
    })
  }
}
