/** Calls a post-image script: its folders, its working directory, its arguments. */
import { quoteForShell } from '../../../lib/sh.ts'
import type { Harness } from '../../plan/pipeline.ts'
import { packageFile, stepScript } from '../package-files.ts'

/** A call of a post-image script in bash. */
export interface PostImageCall {
  /** The file as a word of bash, or the text of an inline script. */
  readonly script: { readonly file: string } | { readonly text: string }
  /** After the folder of images. */
  readonly args: readonly string[]
  /** The working directory as a word of bash. */
  readonly folder: string
  /** For a script of a Buildroot tree: the variables that tree.sh reads. */
  readonly setup?: Readonly<Record<string, string>>
}

export const postImageScript: Harness = (script, _handler, { args, cwd, setup } = { args: [], cwd: '.' }) =>
  postImageBash({
    script: 'file' in script ? { file: quoteForShell(script.file) } : script,
    ...{ args, folder: quoteForShell(cwd) },
    ...(setup && { setup }),
  })

/** The first argument is the folder of images, whatever is in it. */
export function postImageBash({ script, args, folder, setup }: PostImageCall): string {
  const words = args.map(quoteForShell).join(' ')
  const [prepare, run] =
    'file' in script
      ? [`script=${script.file}\ntext=$(cat "$script")`, 'run_file']
      : [
          `script=\ntext=${quoteForShell(script.text)}`,
          `exec /bin/bash -c ${quoteForShell(script.text)} post_image`,
        ]
  return [
    stepScript('post_scripts/post-image.sh'),
    prepare,
    'prepare_target "$text"',
    ...(setup ? treeSetup(setup) : []),
    `folder=${folder}`,
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
