/** The locks of a build: one on its BSP for the whole build, and one on shared outputs while it makes them. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../model/paths.ts'
import type { Report } from '../report/events.ts'
import type { Holder, Lock } from '../state/lock.ts'
import { lockBsp, lockShared } from '../state/project-locks.ts'

export interface LockRequest {
  readonly command: string
  /** False: fail at once if another process holds the lock. */
  readonly wait: boolean
  readonly report: Report
  readonly signal: AbortSignal
}

export class BuildLocks {
  readonly #root: string
  readonly #bsp: string
  readonly #request: LockRequest
  #waited = false

  constructor(root: string, bsp: string, request: LockRequest) {
    this.#root = root
    this.#bsp = bsp
    this.#request = request
  }

  /** Shows a notice about an event outside the nodes of the plan. */
  readonly notice = (message: string): void => {
    this.#request.report({ type: 'notice', level: 'info', message })
  }

  readonly whileShared = async <T>(work: () => Promise<T>): Promise<T> => {
    const lock = await lockShared(this.#root, this.#options('the shared outputs of this project'))
    try {
      return await work()
    } finally {
      lock.release()
    }
  }

  lockBsp(): Promise<Lock> {
    return lockBsp(this.#root, this.#bsp, this.#options(`BSP ${this.#bsp}`))
  }

  /**
   * Whether another build of the BSP has run a node since this process began: a build writes the records before
   * each node.
   */
  get sawOthers(): boolean {
    const file = join(this.#root, cacheFolder(this.#bsp), '.build-cache.json')
    const records = statSync(file, { throwIfNoEntry: false })
    // File times have the resolution of the kernel's tick, so they may lie slightly in the past.
    return this.#waited || (records !== undefined && records.mtimeMs > performance.timeOrigin - 100)
  }

  #options(what: string) {
    const { command, wait, signal } = this.#request
    return {
      command,
      noWait: !wait,
      signal,
      waiting: (holder: Holder) => {
        this.notice(`waiting for ${what}: in use by ${holder.command} (process ${holder.pid})`)
        this.#waited = true
      },
    }
  }
}
