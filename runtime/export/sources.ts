/**
 * Finds files beside an application's sources that must not be exported: files that git ignores, such as local
 * keys.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'

/** Without a repository: the usual names of secrets. */
const SECRETS =
  /^(\.env(\..+)?|\.netrc|\.npmrc|id_(rsa|dsa|ecdsa|ed25519)|.*\.(key|pem|p12|pfx|jks|keystore))$/

/** @returns whether a file or folder is left out; must be called for folders before their content */
export function leftOutOfSources(root: string): (path: string) => boolean {
  if (!repositoryAround(root)) return path => SECRETS.test(posix.basename(path))
  const ignored = ignoredIn(root, '.')
  return path => {
    // Git does not look into a nested repository, such as a submodule.
    if (!ignored.has(path) && existsSync(join(root, path, '.git')))
      for (const each of ignoredIn(root, path)) ignored.add(each)
    return ignored.has(path)
  }
}

function repositoryAround(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (dirname(folder) !== folder && repositoryAround(dirname(folder)))
}

/**
 * The paths in a folder of the project that git ignores. For a folder that is ignored as a whole, only its own
 * path.
 */
function ignoredIn(root: string, folder: string): Set<string> {
  const { GIT_DIR: _, GIT_WORK_TREE: __, GIT_INDEX_FILE: ___, ...env } = process.env
  const list = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z']
  const { status, stdout, stderr, error } = spawnSync('git', list, {
    cwd: join(root, folder),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env,
  })
  if (status !== 0) {
    const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    const why = isMissing ? 'git is not installed' : (error?.message ?? stderr.trim().split('\n')[0])
    throw new StruxError(`git cannot say which files of ${join(root, folder)} it ignores: ${why}`, {
      hint: 'Ignored files may be secret, so none are exported before that works; or export without --with-sources.',
    })
  }
  const paths = stdout.split('\0').filter(path => path !== '' && path !== './')
  return new Set(paths.map(path => posix.join(folder, path.replace(/\/$/, ''))))
}
