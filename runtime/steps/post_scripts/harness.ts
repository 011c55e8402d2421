/** Calls a post-image script: its folders, its working directory, its arguments. */
import { quoteForShell } from '../../../lib/sh.ts'
import type { Harness } from '../../plan/pipeline.ts'
import { stepScript } from '../package-files.ts'

/** The first argument is the folder of images, whatever is in it. */
export const postImageScript: Harness = (script, _handler, { args, cwd } = { args: [], cwd: '.' }) => {
  const words = args.map(quoteForShell).join(' ')
  const program =
    'file' in script
      ? `script=${quoteForShell(script.file)}\nprepare_target "$(cat "$script")"\nrun_file`
      : `prepare_target ${quoteForShell(script.text)}\nexec /bin/bash -c ${quoteForShell(script.text)} post_image`
  return [
    stepScript('post_scripts/post-image.sh'),
    `cd ${quoteForShell(cwd)}`,
    `${program} "$BINARIES_DIR" ${words}`,
  ].join('\n')
}
