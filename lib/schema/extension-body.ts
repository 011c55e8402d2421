/** The argument of `defineExtension`. Loaded only for definitions that enable an extension. */
import * as z from 'zod'
import { IMAGE_HOOKS, type ImageHookRow } from '../hooks/image.ts'
import { isSh, type Sh } from '../sh.ts'
import { extensionEntry } from './extension.ts'
import { sourcePath } from './path.ts'
import { obey, type Rule, text } from './rule.ts'

const isScriptOrFunction = (value: unknown) => typeof value === 'function' || isSh(value)

const name = (noun: string): Rule<string> => ({
  code: 'bad_extension_name',
  hint: 'use letters, digits, dots, underscores and hyphens, beginning with a letter or digit',
  holds: value => /^[A-Za-z0-9][\w.-]*$/.test(value),
  message: value => `'${value}' cannot be the name of ${noun}`,
})

const run = (key: string) =>
  z.custom<Sh | AnyFunction>(isScriptOrFunction, {
    error: `${key} must be an sh script or a function`,
    params: { code: 'run_not_sh', hint: `write ${key}: sh\`…\`, or a function` },
  })

type AnyFunction = (argument: never) => unknown

/** The argument of `defineExtension`, without its handlers. */
export const extensionSchema = z.strictObject({
  name: text(name('an extension')),
  description: z.string().optional(),
  url: z.string().optional(),
  warning: z.string().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  requires: z.array(extensionEntry).readonly().optional(),
  hooks: z.strictObject(
    Object.fromEntries(
      IMAGE_HOOKS.flatMap((row: ImageHookRow) => [row.name, ...(row.aliases ?? [])]).map(key => [
        key,
        z.unknown().optional(),
      ]),
    ),
  ),
  on_failure: run('on_failure').optional(),
})

const oneSource: Rule<{ readonly run?: unknown; readonly location?: unknown }> = {
  code: 'location_or_run',
  hint: 'give location or run, and only one of them',
  holds: value => (value.run === undefined) !== (value.location === undefined),
  message: value =>
    value.run === undefined ? 'a handler needs location or run' : 'a handler has location and run',
}

/** A handler with its facts. */
export const handlerSchema = obey(
  z.strictObject({
    name: text(name('a handler')).optional(),
    order: z.int().optional(),
    description: z.string().optional(),
    depends_on: z
      .array(text(...sourcePath))
      .readonly()
      .optional(),
    replaces: z.string().optional(),
    run: run('run').optional(),
    location: text(...sourcePath).optional(),
  }),
  oneSource,
)
