/** Compares a recorded fingerprint with the current state and names each difference. */

import type { InputState } from '../cache/file-states.ts'
import type { FeederFingerprint, Fingerprint, InputStates } from '../cache/fingerprint.ts'
import { type Reason, reason } from '../model/decision.ts'
import type { PathRef } from '../model/plan.ts'

/** Compares one input's recorded state with its current one. Names each file of a folder or glob. */
export function compareInput(ref: PathRef, recorded: InputStates, now: InputState): Reason[] {
  const then = Object.hasOwn(recorded, ref.declared) ? recorded[ref.declared] : undefined
  if (now === undefined) {
    if (!ref.optional) return [reason('dependency_missing', ref.declared)]
    return then === null
      ? []
      : [reason(then === undefined ? 'dependency_new' : 'dependency_missing', ref.declared)]
  }
  if (then === undefined || then === null) return [reason('dependency_new', ref.declared)]
  if (typeof then === 'string' || typeof now === 'string') {
    return then === now ? [] : [reason('dependency_changed', ref.declared)]
  }
  const found: Reason[] = []
  for (const [name, state] of Object.entries(now)) {
    const subject = `${ref.declared}: ${name}`
    if (!Object.hasOwn(then, name)) found.push(reason('dependency_new', subject))
    else if (then[name] !== state) found.push(reason('dependency_changed', subject))
  }
  for (const name of Object.keys(then)) {
    if (!Object.hasOwn(now, name)) found.push(reason('dependency_missing', `${ref.declared}: ${name}`))
  }
  return found
}

export function compareScript(
  recorded: string | undefined,
  now: string | undefined,
  subject: string,
): Reason[] {
  return recorded !== undefined && recorded === now ? [] : [reason('script_changed', subject)]
}

/** Compares the bash around a script, which is the same for all scripts of its hook. */
export function compareHarness(then: string | undefined, now: string | undefined): Reason[] {
  return then === now ? [] : [reason('harness_changed')]
}

/** Names each variable that changed, is new or is gone. */
export function compareEnvironment(
  then: Fingerprint['environment'],
  now: Fingerprint['environment'],
): Reason[] {
  // Usual, and quick: a build compares thousands of variables.
  if (sameEntries(then, now)) return []
  return changedKeys(then, now, (a, b) => a === b).map(key => reason('environment_changed', key))
}

export function compareConfig(then: Fingerprint['config'], now: Fingerprint['config']): Reason[] {
  const equal = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  // A setting without a value is not in the file either.
  const made = (config: Fingerprint['config'] = {}) =>
    Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))
  return changedKeys(made(then), made(now), equal).map(key => reason('config_changed', key))
}

/** A builder is unchanged if its key is, and its identity too if both are known. */
export function compareBuilder(then: Fingerprint['builder'], now: Fingerprint['builder']): Reason[] {
  const sameId = then.id === undefined || now.id === undefined || then.id === now.id
  return then.key === now.key && sameId ? [] : [reason('builder_changed')]
}

/** Scripts that feed a step: an added or removed one counts as a changed script. */
export function compareFeederSet(
  then: Readonly<Record<string, FeederFingerprint>> | undefined,
  now: readonly string[],
): Reason[] {
  const before = Object.keys(then ?? {})
  return [...now.filter(id => !before.includes(id)), ...before.filter(id => !now.includes(id))].map(id =>
    reason('script_changed', id),
  )
}

function sameEntries(a: Readonly<Record<string, string>>, b: typeof a): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && a[key] === b[key])
  )
}

function changedKeys<T>(
  then: Readonly<Record<string, T>>,
  now: Readonly<Record<string, T>>,
  equal: (a: T, b: T) => boolean,
): string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
    key => !(Object.hasOwn(then, key) && Object.hasOwn(now, key) && equal(then[key]!, now[key]!)),
  )
}
