/** Files that ship with this package beside its code: the bash of the steps, and the sources of what runs on a device. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '../load/self.ts'

/** The text of a file of this package, by its path in the repository (`runtime/steps/kernel/build.sh`). */
export function packageFile(path: string): string {
  return readFileSync(join(packageRoot(), path), 'utf8')
}

/** The bash files of a step, one after another: what `StepRun.bash` gets, and what counts for its fingerprint. */
export function stepScript(...names: readonly string[]): string {
  return names.map(name => packageFile(`runtime/steps/${name}`)).join('\n')
}

/** SHA-256 of a folder of `templates/device`: of every path in it, with mode and content. */
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
 * Copies a folder of `templates/device` to `dist/artifacts/NAME` of the project, in place of what is there: it is derived
 * from this package, so that a new version of the package reaches every project. Returns the folder, relative to the project.
 */
export function placeDeviceSources(name: string, root: string): string {
  const from = join(packageRoot(), 'templates/device', name)
  const to = `dist/artifacts/${name}`
  rmSync(join(root, to), { recursive: true, force: true })
  for (const path of listed(from)) {
    const [source, target] = [join(from, path), join(root, to, path)]
    mkdirSync(dirname(target), { recursive: true })
    const stat = lstatSync(source)
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else {
      copyFileSync(source, target)
      chmodSync(target, stat.mode & 0o111 ? 0o755 : 0o644)
    }
  }
  return to
}

/** All files and symlinks of a folder, in order. */
function listed(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => !lstatSync(join(folder, path)).isDirectory())
    .sort()
}
