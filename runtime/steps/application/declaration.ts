/** The application: one program for the architecture of the BSP. */
import type { StepDeclaration } from '../../plan/step.ts'
import { folder, inCache } from '../refs.ts'
import { hasStep } from '../settings.ts'

export const application: StepDeclaration = {
  name: 'application',
  title: 'Application',
  follows: 'before_application',
  exists: ({ project }) => hasStep(project, 'application'),
  tools: () => ['cross', 'go'],
  shared: false,
  // A dist/ folder in the application is build output, never source code.
  inputs: ({ application }) => [{ ...folder(application, ['/dist']), only: 'go' }],
  outputs: inCache('app/main'),
  config: ({ target, application }) => ({ arch: target, application }),
}
