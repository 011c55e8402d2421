/** Whole-image scripts: `post_image` and its neighbours. */
import * as z from 'zod'
import { TOOL_GROUPS, type ToolGroup } from '../tools.ts'
import { treeSchema } from './buildroot.ts'
import { sourcePath } from './path.ts'
import { choice, type Rule, text } from './rule.ts'
import { idSchema, inlineSchema, oneSource } from './script.ts'

const argument: Rule<string> = {
  code: 'nul_character',
  hint: 'no program can be given one',
  holds: value => !value.includes('\0'),
  message: value => `${JSON.stringify(value.slice(0, 80))} contains a NUL character`,
}

const argumentsSchema = z.array(text(argument)).readonly()

const fields = {
  /** The script's file: `./x` is in the BSP's folder; other paths are relative to the project. Its first line names its interpreter. */
  location: text(...sourcePath)
    .optional()
    .describe(
      "The script's file: `./x` is in the BSP's folder; other paths are relative to the project. Its first line names its interpreter.",
    ),
  /** The script's text, written with the sh tag, instead of `location`. */
  run: inlineSchema.optional().describe("The script's text, written with the sh tag, instead of `location`."),
  /** Arguments for this script alone, after all others. */
  args: argumentsSchema.optional().describe('Arguments for this script alone, after all others.'),
  /** The working directory, written like `location`. Default: the project's root. */
  cwd: text(...sourcePath)
    .optional()
    .describe("The working directory, written like `location`. Default: the project's root."),
  /** Package groups in the script's builder container, instead of the default `image` and `cross`. */
  tools: z
    .array(choice<ToolGroup>(TOOL_GROUPS, 'unknown_tool', 'a tool group'))
    .readonly()
    .optional()
    .describe(
      "Package groups in the script's builder container, instead of the default `image` and `cross`.",
    ),
  /** Short description of the script: its title in plans and reports. */
  description: z
    .string()
    .optional()
    .describe('Short description of the script: its title in plans and reports.'),
  /** A unique name for this script in commands, plans, records and reports. */
  id: idSchema.optional().describe('A unique name for this script in commands, plans, records and reports.'),
}

const entrySchema = oneSource(z.strictObject(fields), [])

const imageEntrySchema = oneSource(
  z.strictObject({
    ...fields,
    /** `container` (default), or `host`: directly on the machine that builds. */
    runs_in: choice(['container', 'host'] as const, 'unknown_value', 'a place for a script')
      .optional()
      .describe('`container` (default), or `host`: directly on the machine that builds.'),
  }),
  [],
)

/** A file, or an entry with settings of its own. */
const scriptOr = <E extends z.ZodType>(entry: E) =>
  z.union([text(...sourcePath), entry], {
    error: 'must be the path of a script or an entry with location or run',
  })

/** The scripts that work in the root filesystem. */
export const postScripts = z.array(scriptOr(entrySchema)).readonly()

export const postImageSchema = z.strictObject({
  /** A Buildroot tree whose scripts these are: the result of `buildrootTree`. Paths without `./` are in the tree, which is the working directory. */
  tree: treeSchema
    .optional()
    .describe(
      'A Buildroot tree whose scripts these are: the result of `buildrootTree`. Paths without `./` are in the tree, which is the working directory.',
    ),
  /** The scripts, in the order in which they run. */
  scripts: z
    .array(scriptOr(imageEntrySchema))
    .readonly()
    .optional()
    .describe('The scripts, in the order in which they run.'),
  /** Arguments for every script of `post_image`, `post_build` and `post_fakeroot`, after the folder that is the first one. */
  args: argumentsSchema
    .optional()
    .describe(
      'Arguments for every script of `post_image`, `post_build` and `post_fakeroot`, after the folder that is the first one.',
    ),
  /** Arguments for the scripts of `post_image` only, after `args`. */
  image_args: argumentsSchema
    .optional()
    .describe('Arguments for the scripts of `post_image` only, after `args`.'),
})
