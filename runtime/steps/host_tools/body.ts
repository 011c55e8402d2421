/** The handlers do all the work, in the folder that SRC names. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'

const LIBRARY = ['shell/start.sh', 'shell/step.sh', 'shell/extension-clean-up.sh', 'host_tools/folders.sh']

export const hostTools: StepBody = {
  get source() {
    return this.library!
  },
  get library() {
    return stepScript(...LIBRARY)
  },
  commands: () => [
    { kind: 'run', script: 'make_folders' },
    { kind: 'point', at: 'ready' },
    { kind: 'point', at: 'fetch' },
    { kind: 'point', at: 'build' },
    { kind: 'run', script: 'clean_up_extensions', always: true },
  ],
}
