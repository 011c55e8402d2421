/** The keys that enable extensions and skip their handlers, in a BSP and in a project. */
import * as z from 'zod'
import { isExtension } from '../definition.ts'
import type { Extension } from '../extension.ts'
import { type Rule, strings } from './rule.ts'

const rule = {
  code: 'not_an_extension',
  hint: "give the name of one, such as 'motd', or the result of defineExtension({ … })",
} satisfies Omit<Rule<unknown>, 'holds' | 'message'>

/** An extension, or the name of one. */
export const extensionEntry = z.union([
  z.string(),
  z.custom<Extension>(isExtension, {
    error: 'an entry of extensions is neither an extension nor the name of one',
    params: rule,
  }),
])

/** The keys that a BSP and a project share. */
export const extensionKeys = {
  /** Extensions: the name of one of the project's `extensions/` folder, or a value made by `defineExtension`. */
  extensions: z
    .array(extensionEntry)
    .readonly()
    .optional()
    .describe(
      "Extensions: the name of one of the project's `extensions/` folder, or a value made by `defineExtension`.",
    ),
  /** Handlers of extensions that do not run, each `'HOOK__NAME'`. */
  skip_hooks: strings.optional().describe("Handlers of extensions that do not run, each `'HOOK__NAME'`."),
}
