/** Our WebKit extension, and Cog. */
import type { StepDeclaration } from '../../plan/step.ts'
import { inCache } from '../refs.ts'
import { hasStep, suiteOf } from '../settings.ts'

export const wpe: StepDeclaration = {
  name: 'wpe',
  title: 'WPE WebKit extension',
  follows: 'before_wpe',
  exists: ({ project }) => hasStep(project, 'wpe'),
  needs: { step: 'cage', why: 'the browser needs the compositor' },
  tools: () => ['cross', 'wayland'],
  shared: false,
  inputs: () => [],
  outputs: inCache('libstrux-extension.so', 'cog'),
  config: ({ project, target }) => ({ arch: target, suite: suiteOf(project) }),
}
