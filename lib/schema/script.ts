/** One entry of `scripts`, of a BSP and of a project. */
import * as z from 'zod'
import { HOOK_NAMES, type Hook } from '../hooks/build.ts'
import { isSh, type Sh } from '../sh.ts'
import { TOOL_GROUPS, type ToolGroup } from '../tools.ts'
import { artifactPath, projectPath, sourcePath } from './path.ts'
import { choice, type Rule, type RuleParams, text } from './rule.ts'

/** An inline script. */
export const inlineSchema = z.custom<Sh>(isSh, {
  error: 'an inline script needs the sh tag',
  params: { code: 'run_not_sh', hint: 'write run: sh`…`' } satisfies RuleParams,
})

const idRule: Rule<string> = {
  code: 'bad_id',
  hint: "choose a name like 'make-image'",
  holds: value => /^[^\s-]\S*$/.test(value),
  message: value => `'${value}' cannot be an id: it must not be empty, contain blanks or begin with '-'`,
  json: { pattern: '^[^\\s-]\\S*$' },
}

/** A unique name of a script. */
export const idSchema = text(idRule)

const common = {
  /** Short description of the script: its title in plans and reports. */
  description: z
    .string()
    .optional()
    .describe('Short description of the script: its title in plans and reports.'),
  /** Files that the script makes. A script without artifacts runs in every build.
   *
   * `cache/x` is in `dist/cache/BSP/`, `output/x` in `dist/output/BSP/`, anything else in `dist/`. A script is skipped
   * when all of them exist and neither it nor anything it depends on has changed. */
  cached_generated_artifacts: z
    .array(text(...artifactPath))
    .readonly()
    .optional()
    .describe('Files that the script makes. A script without artifacts runs in every build.'),
  /** A unique name for this script in commands, plans, records and reports. */
  id: idSchema.optional().describe('A unique name for this script in commands, plans, records and reports.'),
  /** The script's text, written with the sh tag, instead of `location`. */
  run: inlineSchema.optional().describe("The script's text, written with the sh tag, instead of `location`."),
}

/** A value that is not an object has been reported already. */
const isEntry = (value: unknown): value is { location?: unknown; run?: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Exactly one of location and run. Also checked if another key of the entry is wrong (`when`), so that all
 * errors are reported at once. The compiler marks the same keys (check/scripts.ts).
 */
export function oneSource<S extends z.ZodType>(schema: S, neither: readonly string[]): S {
  const rule = (path: readonly string[], message: string, holds: (count: number) => boolean) => ({
    check: (value: unknown) =>
      !isEntry(value) || holds(Number(value.location !== undefined) + Number(value.run !== undefined)),
    settings: {
      path: [...path],
      error: message,
      when: ({ value }: { value: unknown }) => isEntry(value),
      params: { code: 'location_or_run' } satisfies RuleParams,
    },
  })
  const both = rule(['location'], 'give location or run, not both', count => count < 2)
  const none = rule(neither, 'a script needs location or run', count => count > 0)
  return schema.refine(both.check, both.settings).refine(none.check, none.settings) as S
}

/** A script of a BSP. */
export const scriptSchema = oneSource(
  z.strictObject({
    /** The hook at which the script runs. Scripts of one hook run in the order of the list. */
    step: choice<Hook>(HOOK_NAMES, 'unknown_hook', 'a hook of the build pipeline').describe(
      'The hook at which the script runs. Scripts of one hook run in the order of the list.',
    ),
    /** The script's file, relative to the BSP's folder. Bash runs it, whatever its first line says. */
    location: text(...sourcePath)
      .optional()
      .describe(
        "The script's file, relative to the BSP's folder. Bash runs it, whatever its first line says.",
      ),
    /** The script's inputs: files, folders or globs. The script runs again when one of them changes.
     *
     * `./x` is in the BSP's folder; everything else is found as in `cached_generated_artifacts`. */
    depends_on: z
      .array(text(...sourcePath))
      .readonly()
      .optional()
      .describe(
        "The script's inputs: files, folders or globs. The script runs again when one of them changes.",
      ),
    /** Package groups in the script's builder container, instead of the default `image` and `cross`. */
    tools: z
      .array(choice<ToolGroup>(TOOL_GROUPS, 'unknown_tool', 'a tool group'))
      .readonly()
      .optional()
      .describe(
        "Package groups in the script's builder container, instead of the default `image` and `cross`.",
      ),
    ...common,
  }),
  ['step'],
)

/** A script of the project: it changes the finished root filesystem of every BSP. */
export const projectScriptSchema = oneSource(
  z.strictObject({
    /** The hook at which the script runs. The only one, and the default, is `rootfs_post`: the root filesystem is complete and unpacked. */
    step: choice(['rootfs_post'], 'unknown_hook', 'a hook for scripts of a project')
      .optional()
      .describe(
        'The hook at which the script runs. The only one, and the default, is `rootfs_post`: the root filesystem is complete and unpacked.',
      ),
    /** The script's file, relative to the project. */
    location: text(...projectPath)
      .optional()
      .describe("The script's file, relative to the project."),
    /** The script's inputs: files, folders or globs. The script runs again when one of them changes.
     *
     * `./x` is in the project; everything else is found as in `cached_generated_artifacts`. */
    depends_on: z
      .array(text(...sourcePath))
      .readonly()
      .optional()
      .describe(
        "The script's inputs: files, folders or globs. The script runs again when one of them changes.",
      ),
    ...common,
  }),
  [],
)

export type ScriptData = z.output<typeof scriptSchema>
export type ProjectScriptData = z.output<typeof projectScriptSchema>
