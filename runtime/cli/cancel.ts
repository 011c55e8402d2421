/** Ctrl-C and SIGTERM: the first signal asks for a clean stop, the second ends the process at once. */
import { endProcess } from '../authored/guard.ts'
import { StruxError } from '../diagnostics/error.ts'

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export class Cancelled extends StruxError {
  constructor(signal: keyof typeof SIGNALS) {
    super('cancelled', { exitCode: SIGNALS[signal] })
  }
}

/** Aborts with a Cancelled that carries the exit code of the signal. */
export function cancellation(): AbortSignal {
  const controller = new AbortController()
  for (const name of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
    process.on(name, () => {
      if (controller.signal.aborted) endProcess(SIGNALS[name])
      controller.abort(new Cancelled(name))
    })
  }
  return controller.signal
}
