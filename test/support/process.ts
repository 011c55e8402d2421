/** The built `strux` command as a process of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { REPOSITORY } from './repository.ts'

export const CLI = join(REPOSITORY, 'build/runtime/cli/main.js')

/** A command that takes longer hangs: ms. */
const TIMEOUT = 5 * 60 * 1000

// Does nothing where build/ is newer than its sources.
execFileSync(process.execPath, [join(REPOSITORY, '.ci/compile.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
})

export interface Result {
  /** As a shell counts: 128+n for a process that a signal ended. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Run as this user. */
  readonly uid?: number
  readonly gid?: number
  readonly cwd?: string
  /** Given on standard input; nothing otherwise. */
  readonly input?: string
  /** For what takes long: a command that takes longer hangs, in milliseconds. */
  readonly timeout?: number
}

/** A `strux` process. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<Result>
  stdout = ''
  stderr = ''

  constructor(root: string, args: readonly string[], { env, uid, gid, cwd, input, timeout }: StartOptions) {
    this.child = spawn(process.execPath, [CLI, ...args], {
      cwd: cwd ?? root,
      env: { ...cleanEnvironment(), ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    })
    this.child.stdout!.setEncoding('utf8').on('data', text => {
      this.stdout += text
    })
    this.child.stderr!.setEncoding('utf8').on('data', text => {
      this.stderr += text
    })
    this.child.stdin?.end(input)
    let hangs = false
    const timer = setTimeout(() => {
      hangs = true
      this.child.kill('SIGKILL')
    }, timeout ?? TIMEOUT)
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject)
      this.child.on('close', (code, signal) => {
        clearTimeout(timer)
        const { stdout, stderr } = this
        if (hangs) reject(new Error(`strux ${args.join(' ')} does not end:\n${stdout}\n${stderr}`))
        else resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), stdout, stderr })
      })
    })
    // A test that fails for another reason does not wait for it.
    this.ended.catch(() => {})
  }

  /** Resolves when it holds; rejects where the process ends before, with what it said. */
  async until(what: string, holds: () => boolean): Promise<void> {
    let over = false
    const watch = () => {
      over = true
    }
    this.ended.then(watch, watch)
    await until(what, TIMEOUT, () => {
      if (holds()) return true
      if (over) throw new Error(`strux ended before: ${what}\n${this.stdout}\n${this.stderr}`)
      return false
    })
  }

  /** Resolves when a script has printed a line. */
  line(text: string): Promise<void> {
    return this.until(`a script prints ${text}`, () => this.stdout.includes(`"line":${JSON.stringify(text)}`))
  }
}

export async function until(
  what: string,
  milliseconds: number,
  holds: () => Promise<boolean> | boolean,
): Promise<void> {
  const end = Date.now() + milliseconds
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`)
    await sleep(25)
  }
}

/** What a developer's or a runner's own settings would change. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const {
    FORCE_COLOR: _color,
    NO_COLOR: _no,
    STRUX_IN_CONTAINER: _in,
    NODE_OPTIONS: _options,
    ...rest
  } = process.env
  return rest
}
