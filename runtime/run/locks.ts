/** The locks that a build takes: that of its BSP for all its time, and that of shared outputs while it makes some. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../model/paths.ts'
import type { Report } from '../report/events.ts'
import type { Holder, Lock } from '../state/lock.ts'
import { lockBsp, lockShared } from '../state/project-locks.ts'

export interface LockRequest {
  readonly command: string
  /** False: fail at once where another process holds the lock. */
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

  /** Tells people what goes on outside the nodes of the plan. */
  readonly notice = (message: string): void => {
    this.#request.report({ type: 'notice', level: 'info', message })
  }

  readonly whileShared = async <T>(work: () => Promise<T>): Promise<T> => {
    const lock = await lockShared(this.#root, this.#options('what the BSPs of this project share'))
    try {
      return await work()
    } finally {
      lock.release()
    }
  }

  lockBsp(): Promise<Lock> {
    return lockBsp(this.#root, this.#bsp, this.#options(`BSP ${this.#bsp}`))
  }

  /** Whether another build of the BSP has run anything since this process began: it writes the records before each node. */
  get sawOthers(): boolean {
    const file = join(this.#root, cacheFolder(this.#bsp), '.build-cache.json')
    const records = statSync(file, { throwIfNoEntry: false })
    // A file's time is the kernel's last tick, which lies a little before the moment.
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
