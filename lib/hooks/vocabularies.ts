/** All hook tables, for `strux hooks` and the reference. */
import { BUILD_CONDITIONS, BUILD_HOOKS, PROJECT_HOOKS } from './build.ts'
import { IMAGE_HOOKS } from './image.ts'
import { PACKAGE_HOOKS } from './package.ts'
import { POST_SCRIPT_HOOKS } from './post-scripts.ts'
import type { HookCondition, HookRow } from './row.ts'

export interface HookVocabulary {
  readonly name: string
  /** The heading above its hooks. */
  readonly title: string
  /** One sentence: where a definition has the handlers. */
  readonly place: string
  /** In calling order. */
  readonly hooks: readonly HookRow[]
  readonly conditions: Readonly<Record<string, HookCondition>>
}

export const VOCABULARIES: readonly HookVocabulary[] = [
  {
    name: 'build',
    title: 'Hooks of a build',
    place: '`scripts` of a BSP, with the hook in `step`.',
    hooks: BUILD_HOOKS,
    conditions: BUILD_CONDITIONS,
  },
  {
    name: 'project',
    title: 'Hook of the project',
    place: '`scripts` of a project.',
    hooks: PROJECT_HOOKS,
    conditions: {},
  },
  {
    name: 'image',
    title: 'Hooks of extensions',
    place: '`hooks` of `defineExtension`.',
    hooks: IMAGE_HOOKS,
    conditions: BUILD_CONDITIONS,
  },
  {
    name: 'package',
    title: 'Hooks of source packages',
    place: '`hooks` of `definePackage`.',
    hooks: PACKAGE_HOOKS,
    conditions: {},
  },
  {
    name: 'post_image',
    title: 'Hook of whole-image scripts',
    place: '`post_image` of a BSP.',
    hooks: POST_SCRIPT_HOOKS,
    conditions: {},
  },
]
