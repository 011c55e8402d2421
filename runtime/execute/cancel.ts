/** Waits that can end early. */

/**
 * Settles like `work`, or rejects with `signal.reason` if the signal comes first. Does not stop the work
 * itself.
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Rejects after that many milliseconds. Does not keep the process alive. */
export function late(milliseconds: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('not done in time')), milliseconds).unref()
  })
}
