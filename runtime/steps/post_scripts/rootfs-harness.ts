/** Calls a script that works in the unpacked root filesystem, which is its first argument. */
import { quoteForShell } from '../../../lib/sh.ts'
import type { Harness } from '../../plan/pipeline.ts'
import { stepScript } from '../package-files.ts'

export const postRootfsScript: Harness = (script, _handler, { args, cwd } = { args: [], cwd: '.' }) => {
  const program =
    'file' in script
      ? `run_file ${quoteForShell(script.file)}`
      : `exec /bin/bash -c ${quoteForShell(script.text)} inline`
  return [
    stepScript('post_scripts/post-rootfs.sh'),
    `cd ${quoteForShell(cwd)}`,
    [program, '"$TARGET_DIR"', ...args.map(quoteForShell)].join(' '),
  ].join('\n')
}
