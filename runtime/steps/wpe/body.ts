/** Our WebKit extension, compiled for the device, and the suite's Cog. */
import type { StepBody } from '../body.ts'
import { deviceSourcesDigest, placeDeviceSources, stepScript } from '../package-files.ts'

const script = () =>
  stepScript('shell/step.sh', 'shell/scratch.sh', 'shell/target.sh', 'debian/package-file.sh', 'wpe/build.sh')

export const wpe: StepBody = {
  get source() {
    return `${script()}\n${deviceSourcesDigest('wpe-extension')}`
  },
  run: ({ node, root, bash }) => {
    placeDeviceSources('wpe-extension', root)
    return bash(script(), { STEP_CONFIG: JSON.stringify(node.config) })
  },
}
