/**
 * Rules in the schemas that go beyond types. Each broken rule has a stable code in the issue's `params`, which
 * becomes the code of the diagnostic. zod's own issues cover wrong types, missing keys and unknown keys.
 */
import * as z from 'zod'

/** The `params` of our own zod issues (`issue.code === 'custom'`). */
export interface RuleParams {
  /** Stable, as in a diagnostic: `absolute_path`, `bad_arch`, … */
  readonly code: string
  /** How to fix it. */
  readonly hint?: string
  /** All valid values: for "did you mean". */
  readonly choices?: readonly string[]
}

export interface Rule<T> extends RuleParams {
  readonly holds: (value: T) => boolean
  /** A complete sentence without a full stop; the argument is the author's value. */
  readonly message: (value: T) => string
  /** The same rule in JSON Schema, if it can express it. */
  readonly json?: Readonly<Record<string, unknown>>
}

/** Adds a rule to `schema`. */
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

/** A string that must satisfy all of the rules; each broken rule is a separate issue. */
export function text(...rules: readonly Rule<string>[]): z.ZodString {
  return rules.reduce((schema, rule) => obey(schema, rule), z.string())
}

/**
 * One of the values. Not `z.enum`, whose issues cannot carry a code; the JSON Schema is the same. `noun` as in
 * "'x' is not NOUN", with its article.
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
    message: (value: unknown) => `'${value}' is not ${noun}`,
    json: { enum: [...values] },
  }
  const numeric = values.some(value => typeof value === 'number')
  const base = numeric ? z.union([z.string(), z.number()]) : z.string()
  return obey(base, rule) as z.ZodType<unknown> as z.ZodType<T, T>
}

/** Strings, in a list that may also be written `as const`. */
export const strings = z.array(z.string()).readonly()

/** One string or a list of them. */
export const stringOrStrings = z.union([z.string(), strings], {
  error: 'must be a string or a list of strings',
})

/** A rule that a text matches a pattern; `noun` says what such a text is. */
export const matching = (code: string, pattern: RegExp, noun: string, hint: string): Rule<string> => ({
  code,
  hint,
  holds: value => pattern.test(value),
  message: value => `'${value}' is not ${noun}`,
  json: { pattern: pattern.source },
})
