/**
 * The build of a BSP: the built-in steps, the hooks of `bsp.yaml`, the hook of `strux.yaml`, and the hooks of
 * extensions.
 */
import { BUILD_CONDITIONS, BUILD_HOOKS, PROJECT_HOOKS } from '../../lib/hooks/build.ts'
import { IMAGE_HOOKS } from '../../lib/hooks/image.ts'
import { POST_SCRIPT_HOOKS } from '../../lib/hooks/post-scripts.ts'
import type { Pipeline, Vocabulary } from '../plan/pipeline.ts'
import { BUILT_IN_BODIES } from './bodies.ts'
import { handlerHarness } from './extensions/harness.ts'
import { packageSteps } from './package/declaration.ts'
import { postScripts } from './post_scripts/entries.ts'
import { postImageScript } from './post_scripts/harness.ts'
import { postRootfsScript } from './post_scripts/rootfs-harness.ts'
import { STEPS } from './registry.ts'
import { rootfsScript } from './rootfs_script/harness.ts'

const BUILD: Vocabulary = {
  hooks: BUILD_HOOKS,
  conditions: BUILD_CONDITIONS,
  entries: ({ bsp, boardScripts }) =>
    (bsp.scripts ?? []).map((data, index) => {
      const board = boardScripts?.[index]
      return { data, hook: data.step, index, source: 'bsp', ...(board && { board }) }
    }),
}

const PROJECT: Vocabulary = {
  hooks: PROJECT_HOOKS,
  entries: ({ project }) =>
    (project.scripts ?? []).map((data, index) => ({
      data,
      hook: PROJECT_HOOKS[0].name,
      index,
      source: 'project',
    })),
  harnesses: { rootfs: rootfsScript },
}

const IMAGE: Vocabulary = {
  hooks: IMAGE_HOOKS,
  conditions: BUILD_CONDITIONS,
  entries: () => [],
  handlers: ({ extensions }) => extensions?.handlers ?? [],
  harnesses: { handler: handlerHarness },
}

const POST_SCRIPTS: Vocabulary = {
  hooks: POST_SCRIPT_HOOKS,
  entries: postScripts,
  harnesses: { post_image: postImageScript, post_rootfs: postRootfsScript },
}

export const BUILD_PIPELINE: Pipeline = {
  steps: STEPS,
  stepsOf: packageSteps,
  bodies: BUILT_IN_BODIES,
  vocabularies: [BUILD, PROJECT, IMAGE, POST_SCRIPTS],
}
