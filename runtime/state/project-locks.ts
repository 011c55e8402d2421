/**
 * The locks of a project: on one BSP, for changing its files in dist/; on shared outputs, for changing those;
 * and on all of dist/, for deleting it. A BSP can be locked only while no process locks all of dist/.
 */
import { lstatSync, readdirSync, realpathSync, rmdirSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'
import { acquireLock, Claims, type Lock, type LockOptions } from './lock.ts'
import { lockFolder, stateFolder } from './state-folder.ts'

type Options = Omit<LockOptions, 'what'>

const ALL = 'all'
const BSP = 'bsp-'

/**
 * For building, cleaning, or other changes to a BSP's files in dist/. Rejects with a StruxError if a folder of dist/ is a
 * link out of the project.
 */
export async function lockBsp(root: string, bsp: string, options: Options): Promise<Lock> {
  refuseLinksOut(root, bsp)
  const all = join(lockFolder(root), ALL)
  for (let told = false; ; ) {
    const waiting: Options['waiting'] = holder => {
      if (!told) options.waiting(holder)
      told = true
    }
    const lock = await acquireLock(join(lockFolder(root), `${BSP}${bsp}`), {
      ...options,
      waiting,
      what: `BSP ${bsp}`,
    })
    if (new Claims(all).live().length === 0) return lock
    // A process that locks all of dist/ goes first: it waits for this lock.
    lock.release()
    const gate = await acquireLock(all, { ...options, waiting, what: 'this project' })
    gate.release()
  }
}

/** For outputs that the BSPs of a project share; the caller holds a BSP's lock. */
export function lockShared(root: string, options: Options): Promise<Lock> {
  const what = 'the shared outputs of this project'
  return acquireLock(join(lockFolder(root), 'shared'), { ...options, what })
}

/** For deleting dist/. Release keeps lock folders only if another process already uses them. */
export async function lockAll(root: string, options: Options): Promise<Lock> {
  refuseLinksOut(root)
  const locks: Lock[] = []
  const release = () => {
    for (const lock of locks.reverse()) lock.release()
    removeUnused(root)
  }
  try {
    locks.push(await acquireLock(join(lockFolder(root), ALL), { ...options, what: 'this project' }))
    // From now on no other BSP can be locked, so this list is complete.
    for (const name of namesIn(lockFolder(root))
      .filter(name => name.startsWith(BSP))
      .sort()) {
      const what = `BSP ${name.slice(BSP.length)}`
      locks.push(await acquireLock(join(lockFolder(root), name), { ...options, what }))
    }
    return { release }
  } catch (error) {
    release()
    throw error
  }
}

/** The entries of dist/ that the holder of the lock on all may delete: everything except the locks themselves. */
export function allButLocks(root: string): string[] {
  const state = namesIn(stateFolder(root)).filter(name => name !== basename(lockFolder(root)))
  const dist = namesIn(join(root, 'dist')).filter(name => name !== basename(stateFolder(root)))
  return [...dist.map(name => join(root, 'dist', name)), ...state.map(name => join(stateFolder(root), name))]
}

/**
 * The folders that commands delete and write in must lie in the project: a dist/ that came with a clone may hold a link in
 * the place of one.
 */
function refuseLinksOut(root: string, bsp?: string): void {
  const parts = ['artifacts', 'cache', 'flash', 'logs', 'output', basename(stateFolder(root))]
  const below = bsp === undefined ? [] : parts.map(part => join(part, bsp))
  for (const folder of ['.', ...parts, ...below].map(part => join(root, 'dist', part))) {
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) continue
    const real = realPathOf(folder)
    if (real === undefined || real.startsWith(realpathSync(root) + sep)) continue
    throw new StruxError(`${relative(root, folder)} is a link to ${real}, which lies outside the project`, {
      hint: 'strux deletes and writes files there, and only the project is mounted where scripts run. Replace the link by a folder.',
    })
  }
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** Removes only empty folders and the claims of dead processes, so that no live claim is lost. */
function removeUnused(root: string): void {
  const locks = namesIn(lockFolder(root)).map(name => join(lockFolder(root), name))
  for (const folder of locks) new Claims(folder).removeDead()
  for (const folder of [...locks, lockFolder(root), stateFolder(root), join(root, 'dist')]) {
    try {
      rmdirSync(folder)
    } catch {}
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
