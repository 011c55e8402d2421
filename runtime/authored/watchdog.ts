/**
 * Ends code of an author that never returns. A thread of its own notices that this one does nothing else, asks V8 where
 * it is, and stops what runs; the caller then gets an ordinary error. A thread costs a tenth of a start: it is started
 * only for code that is not known to end.
 */
import { Worker } from 'node:worker_threads'

/** Where the thread found the code: the frames of a stack, as in an error. */
export interface Interrupted {
  readonly stack: string
}

interface Shared {
  /** The time in ms (since the process began to watch) at which the code is late; 0: nothing runs. */
  readonly due: Int32Array
}

let watcher: { readonly worker: Worker; readonly shared: Shared } | undefined
let interrupted: ((found: Interrupted) => void) | undefined
const started = Date.now()

const now = () => Date.now() - started

/**
 * Watches this thread until `stop` is called. While the event loop turns, a timer moves the limit: only code that holds
 * the thread is late.
 *
 * @param seconds how long code may hold the thread
 * @param what named if the thread cannot be stopped, because it waits in a system call: the process is killed then
 * @returns `found` resolves when code was stopped
 */
export function watch(seconds: number, what: string): { stop(): void; found: Promise<Interrupted> } {
  watcher ??= startWatcher()
  const { worker, shared } = watcher
  worker.postMessage({ what, seconds })
  const found = new Promise<Interrupted>(resolve => {
    interrupted = resolve
  })
  const move = () => Atomics.store(shared.due, 0, Math.ceil(now() + seconds * 1000 + 200))
  move()
  const timer = setInterval(move, 100).unref()
  return {
    found,
    stop() {
      clearInterval(timer)
      Atomics.store(shared.due, 0, 0)
      interrupted = undefined
    },
  }
}

function startWatcher() {
  const shared: Shared = { due: new Int32Array(new SharedArrayBuffer(4)) }
  // The compiler of the tests names functions with this helper.
  const text = `const __name = each => each; (${thread})(require)`
  const worker = new Worker(text, {
    eval: true,
    workerData: { shared, started },
    execArgv: [],
    stdin: false,
  })
  worker.on('message', (found: Interrupted) => interrupted?.(found))
  worker.unref()
  return { worker, shared }
}

/** The text of this function is the program of the thread: it may use nothing from outside. */
function thread(require: NodeJS.Require): void {
  const { parentPort, workerData } = require('node:worker_threads') as typeof import('node:worker_threads')
  const { Session } = require('node:inspector') as typeof import('node:inspector')
  const { readdirSync, readFileSync, writeSync } = require('node:fs') as typeof import('node:fs')
  const { shared, started } = workerData as { shared: Shared; started: number }
  let about = { what: 'a definition', seconds: 60 }
  let isStopping = false
  parentPort!.on('message', message => {
    about = message
  })
  setInterval(() => {
    const due = Atomics.load(shared.due, 0)
    if (due === 0 || isStopping || Date.now() - started < due) return
    isStopping = true
    stop()
  }, 100)

  function stop(): void {
    const session = new Session()
    session.connectToMainThread()
    const urls = new Map<string, string>()
    // Nothing stops a thread that waits in a system call. Most wait for a process of theirs (execSync).
    let kill = setTimeout(() => {
      try {
        for (const child of descendants()) process.kill(child, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
      kill = setTimeout(() => {
        if (Atomics.load(shared.due, 0) === 0) return
        writeSync(2, `error ${about.what} has been waiting for ${about.seconds} s and cannot be stopped\n`)
        process.kill(process.pid, 'SIGKILL')
      }, 2000)
    }, 1000)
    session.on('Debugger.scriptParsed', ({ params }) => {
      urls.set(params.scriptId, params.url)
    })
    session.on('Debugger.paused', ({ params }) => {
      clearTimeout(kill)
      const frames = params.callFrames.map(({ functionName, location }) => {
        const { scriptId, lineNumber, columnNumber = 0 } = location
        return `    at ${functionName || '<anonymous>'} (${urls.get(scriptId) ?? ''}:${lineNumber + 1}:${columnNumber + 1})`
      })
      parentPort!.postMessage({ stack: ['Error', ...frames].join('\n') })
      session.post('Runtime.terminateExecution', () => {
        session.disconnect()
        isStopping = false
      })
      session.post('Debugger.resume')
      session.post('Debugger.disable')
    })
    session.post('Debugger.enable')
    session.post('Debugger.pause')
  }

  /** Processes that this one has started, and theirs; without the compiler. */
  function descendants(): number[] {
    const parents = readdirSync('/proc')
      .map(Number)
      .filter(pid => pid > 0)
      .map(pid => [pid, parentOf(pid)] as const)
    const below = (above: number): number[] =>
      parents.filter(([, parent]) => parent === above).flatMap(([pid]) => [pid, ...below(pid)])
    return below(process.pid).filter(pid => !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('esbuild'))
  }

  function parentOf(pid: number): number | undefined {
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
    } catch {
      return undefined
    }
  }
}
