/**
 * How the schemas state a rule that is more than a type. Each broken rule has a stable code in the issue's `params`, by
 * which the loader names its diagnostic; zod's own issues remain for wrong types, missing keys and unknown keys.
 */
import * as z from 'zod'

/** The `params` of a zod issue of ours (`issue.code === 'custom'`). */
export interface RuleParams {
  /** Stable, as in a diagnostic: `absolute_path`, `bad_arch`, … */
  readonly code: string
  /** What to do, in words. */
  readonly hint?: string
  /** All values that would have been right: for "did you mean". */
  readonly choices?: readonly string[]
}

export interface Rule<T> extends RuleParams {
  readonly holds: (value: T) => boolean
  /** Complete sentence without a full stop; the value is what the author wrote. */
  readonly message: (value: T) => string
  /** The same rule in JSON Schema's words, where it has some. */
  readonly json?: Readonly<Record<string, unknown>>
}

/** `schema`, with a rule added. */
export function obey<S extends z.ZodType>(schema: S, rule: Rule<z.output<S>>): S {
  const { code, hint, choices } = rule
  const params = {
    code,
    ...(hint !== undefined && { hint }),
    ...(choices && { choices }),
  } satisfies RuleParams
  const refined = schema.refine(value => rule.holds(value as z.output<S>), {
    params,
    error: issue => rule.message(issue.input as z.output<S>),
  })
  return (rule.json ? refined.meta(rule.json) : refined) as S
}

/** A string that has to obey every one of the rules; each broken one is an issue of its own. */
export function text(...rules: readonly Rule<string>[]): z.ZodString {
  return rules.reduce((schema, rule) => obey(schema, rule), z.string())
}

/**
 * One of the values. Not `z.enum`, whose issues cannot carry a code; the JSON Schema is the same. `noun` as in
 * "'x' is no NOUN".
 */
export function choice<T extends string | number>(
  values: readonly T[],
  code: string,
  noun: string,
): z.ZodType<T, T> {
  const rule = {
    code,
    choices: values.map(String),
    hint: `one of ${[...new Set(values.map(String))].join(', ')}`,
    holds: (value: unknown) => (values as readonly unknown[]).includes(value),
    message: (value: unknown) => `'${value}' is no ${noun}`,
    json: { enum: [...values] },
  }
  const numeric = values.some(value => typeof value === 'number')
  const base = numeric ? z.union([z.string(), z.number()]) : z.string()
  return obey(base, rule) as z.ZodType<unknown> as z.ZodType<T, T>
}

/** Strings, in a list that an author may also write `as const`. */
export const strings = z.array(z.string()).readonly()

/** One string or a list of them. */
export const stringOrStrings = z.union([z.string(), strings], {
  error: 'must be a string or a list of strings',
})
