/**
 * Files that ship with this package beside its code: the bash of the steps, and the sources of on-device
 * programs.
 */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { keepCopy } from '../state/copy.ts'
import { packageRoot } from '../state/own-package.ts'

/** The text of a file of this package, by its path in the repository (`runtime/steps/kernel/build.sh`). */
export function packageFile(path: string): string {
  return readFileSync(join(packageRoot(), path), 'utf8')
}

/** The concatenated bash files of a step: they are run, and count in the step's fingerprint. */
export function stepScript(...names: readonly string[]): string {
  return names.map(name => packageFile(`runtime/steps/${name}`)).join('\n')
}

/** SHA-256 of a folder of `templates/device`: paths, modes and contents. */
export function deviceSourcesDigest(name: string): string {
  const hash = createHash('sha256')
  const folder = join(packageRoot(), 'templates/device', name)
  for (const path of listed(folder)) {
    const file = join(folder, path)
    const stat = lstatSync(file)
    hash.update(`${path}\0${stat.mode & 0o111 ? 'x' : '-'}\0`)
    hash.update(stat.isSymbolicLink() ? readlinkSync(file) : readFileSync(file))
  }
  return hash.digest('hex')
}

/**
 * Copies a folder of `templates/device` to `dist/artifacts/NAME` of the project. The copy follows this package,
 * so that a new version reaches every project. A build of another BSP may be reading the copy meanwhile. All
 * users can read it, whatever the umask at installation.
 */
export function placeDeviceSources(name: string, root: string): void {
  keepCopy(root, join(packageRoot(), 'templates/device', name), `dist/artifacts/${name}`, ({ mode }) =>
    mode & 0o111 ? 0o755 : 0o644,
  )
}

/** All files and symlinks of a folder, sorted. */
function listed(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => !lstatSync(join(folder, path)).isDirectory())
    .sort()
}
