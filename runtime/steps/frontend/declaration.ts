/** The web frontend: compiled once for every BSP of the project. */
import { posix } from 'node:path'
import type { StepDeclaration } from '../../plan/step.ts'
import { file, folder } from '../refs.ts'
import { hasStep } from '../settings.ts'

export const frontend: StepDeclaration = {
  name: 'frontend',
  title: 'Web frontend',
  follows: 'before_frontend',
  exists: ({ project }) => hasStep(project, 'frontend'),
  needs: { step: 'application', why: 'the application serves the frontend' },
  tools: () => ['node'],
  shared: true,
  inputs: ({ application }) => [folder(posix.join(application, 'frontend'), ['/dist'])],
  outputs: () => [file('dist/cache/frontend')],
  config: ({ application }) => ({ application }),
}
