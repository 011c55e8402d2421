/** The on-device program that starts all others. */
import type { StepDeclaration } from '../../plan/step.ts'
import { inCache } from '../refs.ts'
import { hasStep } from '../settings.ts'

export const client: StepDeclaration = {
  name: 'client',
  title: 'On-device client',
  follows: 'before_client',
  exists: ({ project }) => hasStep(project, 'client'),
  needs: { step: 'application', why: 'the client starts the application' },
  tools: () => ['cross', 'go'],
  shared: false,
  inputs: () => [],
  outputs: inCache('client'),
  config: ({ target }) => ({ arch: target }),
}
