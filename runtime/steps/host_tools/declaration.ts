/** Tools for the build itself, which handlers of extensions fetch and build. They stay in the BSP's cache. */
import type { ImageHook } from '../../../lib/hooks/image.ts'
import { DEFAULT_TOOL_GROUPS } from '../../../lib/tools.ts'
import type { PathRef } from '../../model/plan.ts'
import { extensionFolder } from '../../plan/environment.ts'
import type { StepDeclaration, StepFacts } from '../../plan/step.ts'
import { file, NOISE } from '../refs.ts'

const HOOKS: readonly ImageHook[] = ['host_dependencies_ready', 'fetch_sources_tools', 'build_host_tools']
const exists = ({ handled }: StepFacts): boolean => HOOKS.some(name => handled.has(name))
const folders = ({ bspName }: StepFacts): PathRef[] =>
  ['sources', 'tools'].map(name => ({
    ...file(`${extensionFolder(bspName)}/cache/${name}`),
    ignore: NOISE,
  }))

export const hostTools: StepDeclaration = {
  name: 'host_tools',
  title: 'Tools of extensions',
  follows: 'before_build',
  exists,
  tools: () => DEFAULT_TOOL_GROUPS,
  shared: false,
  inputs: () => [],
  outputs: folders,
  config: () => ({}),
}

/** Inputs of the steps whose handlers use these tools. */
export const toolsOfExtensions = (facts: StepFacts): PathRef[] => (exists(facts) ? folders(facts) : [])
