/** The sources that builds fetched and keep. source/keep.sh has the same rules for their places. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { execa } from 'execa'
import { notSources } from '../model/paths.ts'
import { isTarball } from '../model/tarball.ts'
import { DEBIAN_ARCH } from '../plan/arch.ts'
import type { FetchedSource } from '../steps/package/source.ts'
import { type Built, cached } from './built.ts'
import type { CommitSource, SourceFile } from './component.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export interface WantedSource {
  /** For people, in complaints. */
  readonly owner: string
  /** The name of an archive that is made of a folder or commit, without ending. */
  readonly name: string
  /** In the notation of `source` keys: URL, `URL#ref`, `./x`, `deb:NAME`, `deb-src:NAME`. */
  readonly source: string
  readonly sha256?: string
  /** How it is fetched. Default: a URL that names a tarball is a file, others are repositories of git. */
  readonly method?: FetchedSource['method']
  /** The folder that `./` means, relative to the project. */
  readonly folder: string
}

/** The files of a source; complains and gives none if it is not kept any more. */
export async function keptSource(built: Built, wanted: WantedSource): Promise<SourceFile[]> {
  const { source, owner } = wanted
  const found = await findSource(built, wanted)
  if (found.length === 0)
    built.missing(
      isInProject(source)
        ? `the source of ${owner} does not exist: ${posix.join(wanted.folder, source)}`
        : `the source of ${owner} is not in dist/cache/.sources: ${source}`,
    )
  return found
}

async function findSource(built: Built, wanted: WantedSource): Promise<SourceFile[]> {
  const { root, suite } = built
  const { source } = wanted
  const [url = '', ref = ''] = source.split('#')
  if (isInProject(source)) return localSource(root, posix.join(wanted.folder, source), wanted.name)
  if (source.startsWith('deb:')) return keptAs(built, debKey(built, source.slice(4)))
  if (source.startsWith('deb-src:')) return keptAs(built, `deb-src ${suite} ${source.slice(8)}`)
  const isDownload = wanted.method ? wanted.method === 'http' : isTarball(url) && !source.includes('#')
  if (isDownload)
    return wanted.sha256 === undefined ? keptAs(built, `url ${source}`) : keptFile(built, wanted.sha256)
  return keptCommit(built, isLocal(source) ? join(root, wanted.folder, url) : url, ref, wanted.name)
}

const isLocal = (source: string): boolean => /^\.{1,2}(\/|$)/.test(source)
/** A file or folder of the project, not a repository. */
const isInProject = (source: string): boolean => isLocal(source) && !source.includes('#')

function localSource(root: string, path: string, name: string): SourceFile[] {
  const from = join(root, path)
  const stat = statSync(from, { throwIfNoEntry: false })
  if (!stat) return []
  return stat.isDirectory()
    ? [{ kind: 'folder', name: `${name}.tar.gz`, from, without: notSources(path).map(each => each.slice(1)) }]
    : [{ kind: 'file', name: basename(from), from }]
}

const keeper = (built: Built, ...path: string[]): string => cached(built, '..', '.sources', ...path)

function keptAs(built: Built, key: string): SourceFile[] {
  const record = keeper(built, 'names', sha256(key))
  if (!existsSync(record)) return []
  const lines = readFileSync(record, 'utf8').split('\n')
  return lines.filter(line => line !== '').flatMap(line => keptFile(built, line.split(' ')[0]!))
}

/** The version of a binary package of Debian as it was fetched last; `wanted` if it is not kept. */
export function keptVersion(built: Built, name: string, wanted: string | undefined): string | undefined {
  const [file] = keptAs(built, debKey(built, wanted === undefined ? name : `${name}=${wanted}`))
  // NAME_VERSION_ARCH.deb
  return file?.name.split('_')[1] ?? wanted
}

const debKey = ({ suite, plan }: Built, name: string): string =>
  `deb ${suite} ${name} ${DEBIAN_ARCH[plan.arch]}`

function keptFile(built: Built, sum: string): SourceFile[] {
  const folder = keeper(built, 'files', sum.toLowerCase())
  if (!existsSync(folder)) return []
  return readdirSync(folder).map(name => ({ kind: 'file', name, from: join(folder, name) }))
}

/** The archive `NAME.tar.gz` of a commit; none if it is not kept. */
export async function keptCommit(
  built: Built,
  url: string,
  ref: string,
  name: string,
): Promise<CommitSource[]> {
  const store = storeOf(built, url)
  if (store === undefined) return []
  const names = [ref, `refs/kept/tags/${ref}`, `refs/kept/heads/${ref || 'HEAD'}`]
  for (const each of names.filter(each => each !== '')) {
    const { stdout, exitCode } = await git(store, 'rev-parse', '--quiet', '--verify', `${each}^{commit}`)
    if (exitCode === 0)
      return [{ kind: 'commit', name: `${name}.tar.gz`, from: store, commit: stdout.trim() }]
  }
  return []
}

/** Repositories in the project are known by the path that they have in builder containers. */
function storeOf(built: Built, url: string): string | undefined {
  const stores = keeper(built, 'git')
  if (!existsSync(stores)) return undefined
  const inside = url.startsWith(built.root) ? `/project${url.slice(built.root.length)}` : url
  return [url, `file://${url}`, `file://${inside}`]
    .map(each => join(stores, `${sha256(each).slice(0, 16)}.git`))
    .find(each => existsSync(each))
}

/** Files that root made belong to this user or not; git would refuse them. */
export function git(store: string, ...args: string[]) {
  return execa('git', ['-c', 'safe.directory=*', `--git-dir=${store}`, ...args], { reject: false })
}
