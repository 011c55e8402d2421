/** The disk image that the BSP declares. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'

const SCRIPTS = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'image/filesystem.sh',
  'image/boot.sh',
  'image/table.sh',
  'image/image.sh',
]

export const image: StepBody = {
  get source() {
    return stepScript(...SCRIPTS)
  },
  commands: ({ node }) => [
    { kind: 'run', script: stepScript(...SCRIPTS), env: { STEP_CONFIG: JSON.stringify(node.config) } },
  ],
}
