/** What a campaign is made of: trials, each of which is tried several times and may fail for a reason that is said. */
export interface Trial {
  readonly area: string
  readonly what: string
  /** Tries it once; `n` counts from 0. Rejects with what did not hold. */
  readonly attempt: (n: number) => Promise<void>
  readonly times: number
}

/** What no user is to see, whatever happens: a stack, or that a value was not looked at. */
export function expectPlainWords(text: string): void {
  const stack = /^ +at .*(\.[cm]?[jt]s:\d+|node:)/m.exec(text)
  if (stack) throw new Error(`a stack reaches the user:\n${text.slice(0, 1500)}`)
  const raw = /undefined|\[object Object\]|looks like a bug in strux/.exec(text)
  if (raw) throw new Error(`"${raw[0]}" reaches the user:\n${text.slice(0, 1500)}`)
}

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}
