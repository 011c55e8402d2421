/** The bootloader of a board: U-Boot from its source, or GRUB and systemd-boot from the packages of the suite. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { sourceEnvironment, sshFetch } from '../source/ssh.ts'

const BEGIN = [...SOURCE_SCRIPTS, 'bootloader/start.sh']
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'u-boot': [
    ...BEGIN,
    'kbuild/cross.sh',
    'kbuild/config.sh',
    'kbuild/device-tree.sh',
    'bootloader/blobs.sh',
    'bootloader/u-boot.sh',
  ],
  grub: [...BEGIN, 'bootloader/grub.sh'],
  'systemd-boot': [...BEGIN, 'bootloader/systemd-boot.sh'],
}

export const bootloader: StepBody = {
  get source() {
    return Object.values(SCRIPTS)
      .map(names => stepScript(...names))
      .join('\n')
  },
  commands: facts => {
    const { type = '', source } = (facts.node.config['boot.bootloader'] ?? {}) as {
      readonly type?: string
      readonly source?: string
    }
    const names = SCRIPTS[type]
    if (!names) throw new Error(`the bootloader step has no body for ${type}`)
    return [
      ...(type === 'u-boot' ? sshFetch(source, facts) : []),
      { kind: 'run', script: stepScript(...names), env: sourceEnvironment(facts) },
    ]
  },
}
