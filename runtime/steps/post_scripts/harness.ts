/** Calls a post-image script: its folders, its working directory, its arguments. */
import { quoteForShell } from '../../../lib/sh.ts'
import type { Harness } from '../../plan/pipeline.ts'
import { packageFile, stepScript } from '../package-files.ts'

/** The first argument is the folder of images, whatever is in it. */
export const postImageScript: Harness = (script, _handler, { args, cwd, setup } = { args: [], cwd: '.' }) => {
  const words = args.map(quoteForShell).join(' ')
  const [prepare, run] =
    'file' in script
      ? [`script=${quoteForShell(script.file)}\ntext=$(cat "$script")`, 'run_file']
      : [
          `script=\ntext=${quoteForShell(script.text)}`,
          `exec /bin/bash -c ${quoteForShell(script.text)} post_image`,
        ]
  return [
    stepScript('post_scripts/post-image.sh'),
    prepare,
    'prepare_target "$text"',
    ...(setup ? treeSetup(setup) : []),
    `folder=${quoteForShell(cwd)}`,
    ...(setup ? ['enter_tree'] : []),
    'cd "$folder"',
    `${run} "$BINARIES_DIR" ${words}`,
  ].join('\n')
}

/** `enter_tree` makes what a script of a Buildroot tree expects. */
function treeSetup(setup: Readonly<Record<string, string>>): string[] {
  return [
    ...Object.entries(setup).map(([name, value]) => `${name}=${quoteForShell(value)}`),
    `genimage_script=${quoteForShell(packageFile('runtime/steps/post_scripts/support/genimage.sh'))}`,
    stepScript('post_scripts/tree.sh', 'post_scripts/tree-config.sh', 'post_scripts/tree-images.sh'),
  ]
}
