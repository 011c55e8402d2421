/**
 * Assertions about a guest: console lines, web server answers, colours on the screen. Each is checked until it
 * holds.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ColorData, TestData } from '../../lib/schema/test.ts'
import type { Guest } from './guest.ts'
import type { Reference } from './reference.ts'
import { colorAt, difference, isDrawn, isNear, type Picture, placeOn } from './screen.ts'

/** One assertion and its result. `after_ms` counts from the start of the machine. */
export interface Outcome {
  readonly kind: 'console' | 'http' | 'screen'
  readonly what: string
  readonly ok: boolean
  readonly after_ms: number
  /** The observed value, if the assertion failed. */
  readonly found?: string
}

const TOLERANCE = 12
/** Interval between two checks, in ms. */
const INTERVAL = 1000
/** A screen counts as stable if at most this share of its pixels changes between two checks: a cursor may blink. */
const STILL = 0.002
/** Number of equal checks in a row before a colour is compared. */
const STILL_LOOKS = 3
/** More without an expected colour, because drawing under emulation has pauses. */
const DONE_LOOKS = 6

/** A condition: true, or the observed value. */
type Look = () => Promise<true | string> | true | string

/** Reports each assertion once: when it holds, or at the time limit. */
export async function expectAll(
  guest: Guest,
  test: TestData,
  options: {
    timeout: number
    signal: AbortSignal
    report: (outcome: Outcome) => void
    /** The reference images of the test that the screen is compared with. */
    references?: readonly Reference[]
  },
): Promise<boolean> {
  const screen = new ScreenWatch(guest)
  const waiting = new Map<Omit<Outcome, 'ok' | 'after_ms' | 'found'>, Look>()
  for (const pattern of test.console ?? []) {
    const expression = new RegExp(pattern)
    waiting.set({ kind: 'console', what: pattern }, () =>
      guest.consoleLines().some(line => expression.test(line))
        ? true
        : (guest.consoleLines().at(-1) ?? 'nothing printed'),
    )
  }
  for (const one of test.http ?? [])
    waiting.set({ kind: 'http', what: `port ${one.port}, ${one.path ?? '/'}` }, () => ask(guest, one))
  for (const one of colorsOf(test))
    waiting.set({ kind: 'screen', what: `${one.color} at ${one.x}, ${one.y}` }, () => screen.shows(one))
  for (const one of options.references ?? [])
    waiting.set({ kind: 'screen', what: `like ${one.data.reference}` }, () => screen.looksLike(one))

  let ok = true
  const end = guest.startedAt + options.timeout
  while (waiting.size > 0) {
    options.signal.throwIfAborted()
    const last = Date.now() >= end || !guest.alive
    await screen.look()
    for (const [about, look] of waiting) {
      const found = await look()
      if (found !== true && !last) continue
      waiting.delete(about)
      ok &&= found === true
      options.report({
        ...about,
        ok: found === true,
        after_ms: Date.now() - guest.startedAt,
        ...(found === true ? {} : { found: guest.alive ? found : `the machine has ended; ${found}` }),
      })
    }
    if (waiting.size > 0) await pause(INTERVAL)
  }
  return ok
}

/** The screen assertions about a position. */
export function colorsOf({ screen = [] }: TestData): ColorData[] {
  return screen.filter(one => 'color' in one)
}

/** Waits until something is drawn and the screen is stable. False at the time limit or if the machine has ended. */
export async function untilStill(guest: Guest, timeout: number, signal: AbortSignal): Promise<boolean> {
  const screen = new ScreenWatch(guest)
  while (Date.now() < guest.startedAt + timeout && guest.alive) {
    signal.throwIfAborted()
    await screen.look()
    if (screen.isDrawn && screen.isStill(DONE_LOOKS)) return true
    await pause(INTERVAL)
  }
  return false
}

class ScreenWatch {
  readonly #guest: Guest
  #now: Picture | undefined
  /** Number of equal checks in a row. */
  #alike = 0

  constructor(guest: Guest) {
    this.#guest = guest
  }

  isStill(looks: number): boolean {
    return this.#alike >= looks
  }

  get isDrawn(): boolean {
    return this.#now !== undefined && isDrawn(this.#now)
  }

  async look(): Promise<void> {
    const before = this.#now
    this.#now = await this.#guest.look()
    const alike = before !== undefined && this.#now !== undefined && difference(before, this.#now) <= STILL
    this.#alike = alike ? this.#alike + 1 : 0
  }

  looksLike(reference: Reference): true | string {
    if (!this.#now) return 'there is no screen'
    // A comparison takes longer than a check, so it waits for a stable screen.
    return this.isStill(STILL_LOOKS) ? reference.compare(this.#now) : 'the screen does not stand still'
  }

  shows({ x, y, color, tolerance, still = true }: ColorData): true | string {
    if (!this.#now) return 'there is no screen'
    const place = [placeOn(this.#now.width, x), placeOn(this.#now.height, y)] as const
    const actual = colorAt(this.#now, ...place)
    if (!isNear(actual, color.toLowerCase(), tolerance ?? TOLERANCE)) return `there is ${actual}`
    return !still || this.isStill(STILL_LOOKS) ? true : 'the screen does not stand still'
  }
}

async function ask(guest: Guest, wanted: NonNullable<TestData['http']>[number]): Promise<true | string> {
  const url = `http://127.0.0.1:${guest.ports.get(wanted.port)}${wanted.path ?? '/'}`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000), redirect: 'manual' })
    const body = await answer.text()
    if (answer.status !== (wanted.status ?? 200)) return `status ${answer.status}`
    if (wanted.body !== undefined && !new RegExp(wanted.body).test(body))
      return `body ${JSON.stringify(body.slice(0, 200))}`
    return true
  } catch {
    return 'no answer'
  }
}
