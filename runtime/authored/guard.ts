/**
 * Runs code of authors: definitions, getters in them, handlers of extensions. It shares the process with strux, and must
 * not end it, hold it, or write into its output. Whatever it tries becomes an error that the caller reports with the file.
 */
import { isProxy } from 'node:util/types'
import { Script } from 'node:vm'
import { textOfThrown } from '../diagnostics/thrown.ts'

/** What an author's code did to the process. Its stack leads to the place. */
export class AuthoredFault extends Error {
  override readonly name = 'AuthoredFault'
  readonly code: 'process_ended' | 'process_changed' | 'evaluation_unfinished' | 'unhandled_rejection'
  readonly hint: string
  /** Words in the author's file that show the place if the stack does not. */
  readonly mention: string | undefined

  constructor(
    code: AuthoredFault['code'],
    message: string,
    hint: string,
    { stack, mention }: { readonly stack?: string | undefined; readonly mention?: string } = {},
  ) {
    super(message)
    this.code = code
    this.hint = hint
    this.mention = mention
    if (stack !== undefined) this.stack = stack
  }
}

export interface GuardOptions {
  /** The author's file, relative to the project. */
  readonly file: string
  /** The code is known to end: no thread watches over it. */
  readonly isKnown?: boolean
  /** It may wait as long as it has to: a handler that runs commands. */
  readonly mayWait?: boolean
}

/** How long code of an author may take, in seconds. */
export const LIMIT_VARIABLE = 'STRUX_DEFINITION_TIMEOUT'
const LIMIT = 60

/** Seconds; a value that is no number above 0 counts as not given. */
function limit(): { readonly seconds: number; readonly isGiven: boolean } {
  const given = Number(process.env[LIMIT_VARIABLE])
  return given > 0 ? { seconds: given, isGiven: true } : { seconds: LIMIT, isGiven: false }
}

/** A piece of an author's code that runs now. */
interface Running {
  readonly fail: (error: unknown) => void
  failure?: { readonly error: unknown }
}

const running = new Set<Running>()

/** The functions of the process as they were before the first author's code could change or call them. */
const own = {
  exit: process.exit,
  write: process.stdout.write,
}

let stream: NodeJS.WriteStream | undefined

/**
 * Standard output, for the results of a command. What code of authors writes to `process.stdout` goes to standard error,
 * so that it never comes between.
 */
export function resultStream(): NodeJS.WriteStream {
  stream ??= new Proxy(process.stdout, {
    get(target, key) {
      const value: unknown = key === 'write' ? own.write : Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return stream
}

/** Ends the process, whatever code of authors does at its end. */
export function endProcess(code: number): never {
  process.on('exit', () => {
    process.exitCode = code
  })
  try {
    own.exit.call(process, code)
  } catch {
    // A listener of the author threw.
  }
  return own.exit.call(process, code)
}

/** Gets errors of code of authors that runs when nobody waits for it: in a timer, after a promise. */
let onLate: ((error: unknown) => void) | undefined

/**
 * The process belongs to the command `strux`: errors that nobody catches are given to `report`, and standard output is
 * for results alone. For other programs that use the engine, this holds only while code of authors runs.
 */
export function claimProcess(report: (error: unknown) => void): void {
  onLate = report
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', rejected)
}

/** Runs an author's code, and waits for it. Rejects with what it throws, or with an AuthoredFault. */
export async function guard<T>(options: GuardOptions, work: () => T | Promise<T>): Promise<T> {
  const { seconds, isGiven } = limit()
  let fail!: (error: unknown) => void
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})
  const me: Running = {
    fail(error) {
      me.failure ??= { error }
      fail(error)
    },
  }
  const before = options.mayWait ? undefined : stateOfProcess()
  const isWatched = isGiven || !options.isKnown
  const watched = isWatched
    ? (await import('./watchdog.ts')).watch(seconds, `code of ${options.file}`)
    : undefined
  watched?.found.then(({ stack }) => me.fail(unfinished(`it runs for ${seconds} s without an end`, stack)))
  const waits = () => me.fail(unfinished(`it waits for ${seconds} s`, undefined, 'await'))
  const started = Date.now()
  const late = options.mayWait
    ? undefined
    : setTimeout(() => {
        const isHeld = Date.now() - started > seconds * 1000 + 100
        // Code that was stopped a moment ago: its place is on the way.
        if (isHeld) setTimeout(waits, 1500).unref()
        else waits()
      }, seconds * 1000).unref()
  begin(me)
  try {
    const result = await Promise.race([
      failed,
      (async () => {
        const value = await work()
        // Rejections that nobody handles are known one turn later.
        await new Promise(resolve => setImmediate(resolve))
        return value
      })(),
    ])
    if (me.failure) throw me.failure.error
    const changed = before && changes(before)
    if (changed) throw changed
    return result
  } catch (error) {
    throw readable(error)
  } finally {
    if (before) restore(before)
    end(me)
    watched?.stop()
    clearTimeout(late)
  }
}

/** The same for code that does not wait. */
export function guardNow<T>(work: () => T): T {
  const { seconds } = limit()
  const me: Running = {
    fail(error) {
      me.failure ??= { error }
    },
  }
  const before = stateOfProcess()
  begin(me)
  try {
    const result = inTime(work, seconds)
    if (me.failure) throw me.failure.error
    const changed = changes(before)
    if (changed) throw changed
    return result
  } catch (error) {
    throw readable(error)
  } finally {
    restore(before)
    end(me)
  }
}

const CALL = Symbol.for('strux-bsp.call')
let script: Script | undefined

/** V8 stops a script at a limit, without a thread of JavaScript. */
function inTime<T>(work: () => T, seconds: number): T {
  script ??= new Script(`globalThis[Symbol.for('strux-bsp.call')]()`)
  let result!: T
  Object.defineProperty(globalThis, CALL, {
    configurable: true,
    value: () => {
      result = work()
    },
  })
  try {
    script.runInThisContext({ timeout: seconds * 1000, displayErrors: false })
    return result
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw unfinished(`it runs for ${seconds} s without an end`)
    throw error
  } finally {
    delete (globalThis as { [CALL]?: unknown })[CALL]
  }
}

function unfinished(message: string, stack?: string, mention?: string): AuthoredFault {
  const hint = `Definitions only describe: let a script do what takes long. ${LIMIT_VARIABLE} sets another limit, in seconds.`
  return new AuthoredFault('evaluation_unfinished', `the code does not finish: ${message}`, hint, {
    stack,
    ...(mention !== undefined && { mention }),
  })
}

// ---- the process while code of authors runs -----------------------------------------------------------------------

let isInstalled = false

function begin(me: Running): void {
  if (!isInstalled) install()
  if (running.size === 0) {
    process.on('beforeExit', nothingLeft)
    if (!onLate) {
      process.on('uncaughtException', uncaught)
      process.on('unhandledRejection', rejected)
    }
  }
  running.add(me)
}

function end(me: Running): void {
  running.delete(me)
  if (running.size > 0) return
  process.off('beforeExit', nothingLeft)
  if (onLate) return
  process.off('uncaughtException', uncaught)
  process.off('unhandledRejection', rejected)
}

function install(): void {
  isInstalled = true
  const isAuthors = () => running.size > 0 || isAuthored(new Error().stack)
  const ends = <F extends (...args: never[]) => unknown>(name: string, original: F): F =>
    ((...args: Parameters<F>) => {
      if (isAuthors()) refuse(name)
      return original.apply(process, args)
    }) as F
  process.exit = ends('process.exit()', process.exit) as typeof process.exit
  process.abort = ends('process.abort()', process.abort) as typeof process.abort
  const { kill } = process
  process.kill = (pid, signal) => {
    const isOwn = [0, process.pid, -process.pid].includes(pid) && signal !== 0
    if (isOwn && isAuthors()) refuse('process.kill()')
    return kill.call(process, pid, signal)
  }
  process.stdout.write = ((...args: Parameters<typeof own.write>) =>
    running.size > 0 || onLate
      ? process.stderr.write(...args)
      : own.write.apply(process.stdout, args)) as typeof own.write
}

function refuse(call: string): never {
  const fault = new AuthoredFault(
    'process_ended',
    `${call} would end strux itself`,
    'Throw an Error: its message is shown with its place.',
  )
  fault.stack = withoutTop(fault.stack)
  if (running.size > 0) for (const each of running) each.fail(fault)
  else onLate?.(fault)
  throw fault
}

/** Without the frames of this file. */
function withoutTop(stack: string | undefined): string {
  return (stack ?? '')
    .split('\n')
    .filter(line => !line.includes('authored/guard.'))
    .join('\n')
}

const modules = new Set<string>()

/** Names a compiled module: calls from its code are the author's, also later. */
export function isCodeOfAuthor(path: string): void {
  modules.add(path)
}

function isAuthored(stack: string | undefined): boolean {
  return stack !== undefined && [...modules].some(path => stack.includes(path))
}

/** The event loop has nothing to wait for, so a promise never settles. */
function nothingLeft(): void {
  const hint = 'Something that it awaits is never resolved.'
  const message = 'the code does not finish: an await never ends'
  const fault = new AuthoredFault('evaluation_unfinished', message, hint, { mention: 'await' })
  for (const each of running) each.fail(fault)
  // The error has to arrive before the process ends.
  setImmediate(() => {})
}

/** A proxy may throw at any look at it, even at `instanceof`. */
function readable(error: unknown): unknown {
  return isProxy(error) ? new Error(textOfThrown(error)) : error
}

function uncaught(thrown: unknown): void {
  const error = readable(thrown)
  if (running.size > 0) for (const each of running) each.fail(error)
  else if (!(error instanceof AuthoredFault)) onLate?.(error)
}

function rejected(reason: unknown): void {
  const error = new Unhandled(reason)
  if (running.size > 0) for (const each of running) each.fail(error)
  else onLate?.(error)
}

/** A rejected promise that nobody handles; `cause` is what it was rejected with. */
export class Unhandled extends Error {
  constructor(cause: unknown) {
    super('a promise is rejected, and nothing handles it', { cause: readable(cause) })
  }
}

interface ProcessState {
  readonly folder: string
  readonly exitCode: typeof process.exitCode
  readonly variables: Readonly<Record<string, string | undefined>>
}

function stateOfProcess(): ProcessState {
  return { folder: process.cwd(), exitCode: process.exitCode, variables: { ...process.env } }
}

function changes({ folder, exitCode, variables }: ProcessState): AuthoredFault | undefined {
  const changed = (mention: string, message: string, hint: string) =>
    new AuthoredFault('process_changed', message, hint, { mention })
  if (process.exitCode !== exitCode) {
    const message = `process.exitCode is set to ${process.exitCode}`
    return changed('process.exitCode', message, 'Throw an Error where something is wrong.')
  }
  if (currentFolder() !== folder) {
    const message = 'the working directory is changed (process.chdir)'
    const hint = 'Give commands their folder: the option cwd of node:child_process.'
    return changed('process.chdir', message, hint)
  }
  const names = [...new Set([...Object.keys(variables), ...Object.keys(process.env)])]
  const name = names.find(each => READ_BY_STRUX.test(each) && process.env[each] !== variables[each])
  if (name === undefined) return undefined
  const message = `process.env.${name} is changed, which strux reads too`
  return changed(name, message, 'Set it where strux is started, or keep the value in a constant.')
}

/** Variables that change what strux itself does; an author's own may be read by the next definition. */
const READ_BY_STRUX =
  /^(STRUX_|DOCKER_|CONTAINER_|XDG_|NODE_|(NO|FORCE)_COLOR$|PATH$|HOME$|TMPDIR$|TERM$|SHELL$)/

function restore({ folder, exitCode, variables }: ProcessState): void {
  process.exitCode = exitCode
  if (currentFolder() !== folder) process.chdir(folder)
  for (const name of Object.keys(process.env))
    if (!(name in variables) && READ_BY_STRUX.test(name)) delete process.env[name]
  for (const [name, value] of Object.entries(variables))
    if (READ_BY_STRUX.test(name) && process.env[name] !== value) process.env[name] = value
}

/** Undefined: the folder is gone. */
function currentFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}
