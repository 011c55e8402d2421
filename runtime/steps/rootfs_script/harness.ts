/**
 * Wraps project scripts that change the finished root filesystem: unpacks it at ROOTFS_DIR, provides a few
 * functions, and packs it again only if the script succeeds. Source: project scripts (`rootfs_post`) of
 * strux.yaml.
 */

import { quoteForShell } from '../../../lib/sh.ts'
import { stepScript } from '../package-files.ts'

const BEFORE = [
  'shell/start.sh',
  'shell/foreign.sh',
  'shell/chroot.sh',
  'shell/pack.sh',
  'rootfs_script/functions.sh',
  'rootfs_script/unpack.sh',
]

/** `script`: how bash runs the author's script: a file's path, or the text itself. */
export function rootfsScript(script: { file: string } | { text: string }): string {
  const run =
    'file' in script ? `bash ${quoteForShell(script.file)}` : `bash -c ${quoteForShell(script.text)}`
  const before = `set -eo pipefail\nexport ROOTFS_DIR=\${STRUX_SCRATCH:-/tmp}/rootfs\n${stepScript(...BEFORE)}`
  return [before, run, stepScript('rootfs_script/repack.sh')].join('\n')
}
