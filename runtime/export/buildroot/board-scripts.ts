/** Scripts for the root filesystem and the finished images, with their arguments. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { BspData } from '../../../lib/schema.ts'
import { quoteForShell } from '../../../lib/sh.ts'
import { ownOrProject } from '../../model/paths.ts'
import { namesFile, withFilesBeside } from '../called-files.ts'
import type { Tree } from './exported-tree.ts'

type Symbols = Record<string, string>
type Entry = NonNullable<NonNullable<BspData['post_image']>['scripts']>[number]

/** @param image the script of the tree that makes the disk image, before all others */
export function scriptSymbols(tree: Tree, image: string | undefined): Symbols {
  const { post_image = {}, post_build = [], post_fakeroot = [] } = tree.bsp.data
  const { args = [], image_args = [], scripts = [] } = post_image
  if (post_image.tree)
    tree.losses.add('bsp', ['post_image', 'tree'], 'post_image.tree; copy that tree beside the exported one')
  const all = [...args, ...image_args]
  // Buildroot takes quotes and dollars out of arguments; then the scripts' files have them.
  const areSafe = all.every(each => /^[A-Za-z0-9_./:=@%+,-]+$/.test(each))
  const list = (hook: string, entries: readonly Entry[], keys: readonly string[], own: readonly string[]) =>
    entries
      .map(
        (entry, index) =>
          `${tree.path}/${writeWrapper(tree, hook, entry, [...keys, index], areSafe ? [] : own)}`,
      )
      .join(' ')
  for (const path of all) copyNamed(tree, path)
  const symbols: Symbols = {
    BR2_ROOTFS_POST_BUILD_SCRIPT: list('post-build', post_build, ['post_build'], args),
    BR2_ROOTFS_POST_FAKEROOT_SCRIPT: list('post-fakeroot', post_fakeroot, ['post_fakeroot'], args),
    BR2_ROOTFS_POST_IMAGE_SCRIPT: [
      ...(image === undefined ? [] : [`${tree.path}/${image}`]),
      list('post-image', scripts, ['post_image', 'scripts'], all),
    ]
      .filter(each => each !== '')
      .join(' '),
    BR2_ROOTFS_POST_SCRIPT_ARGS: areSafe ? args.join(' ') : '',
    BR2_ROOTFS_POST_IMAGE_SCRIPT_ARGS: areSafe ? image_args.join(' ') : '',
  }
  return Object.fromEntries(Object.entries(symbols).filter(([, value]) => value !== ''))
}

/**
 * A script that goes to the working directory, which is Buildroot's own tree otherwise, and adds the entry's own
 * arguments, which Buildroot cannot give. Returns its path.
 */
function writeWrapper(
  tree: Tree,
  hook: string,
  entry: Entry,
  keys: readonly (string | number)[],
  args: readonly string[],
): string {
  const { location, run, cwd, args: more = [] } = typeof entry === 'string' ? { location: entry } : entry
  const { board, bsp, files } = tree
  const own = (path: string) => ownOrProject(path, bsp.folder)
  const number = Number(keys.at(-1)) + 1
  const file = `${board}/${hook}-${number}.sh`
  for (const path of more) copyNamed(tree, path)
  const words = [...args, ...more].map(each => ` ${quoteForShell(each)}`).join('')
  const place = posix.join(board, 'files', cwd === undefined ? '.' : own(cwd))
  let call: string
  if (location !== undefined) {
    const path = own(location)
    if (!existsSync(join(tree.root, path)))
      tree.losses.add('bsp', keys, `the script ${path}, which does not exist`)
    else {
      const copied = withFilesBeside(path, bsp.folder)
      files.copy('', copied, `${board}/files/${copied}`)
    }
    call = `exec "$tree/${board}/files/${path}" "$@"${words}`
  } else {
    const inline = `${board}/${hook}-${number}.inline.sh`
    files.text('', inline, `#!/usr/bin/env bash\n${run?.text ?? ''}\n`, 0o755)
    call = `exec "$tree/${inline}" "$@"${words}`
  }
  const lines = [
    '#!/usr/bin/env bash',
    'set -e',
    `tree=$BR2_EXTERNAL_${tree.name}_PATH`,
    `mkdir -p "$tree/${place}"`,
    `cd "$tree/${place}"`,
    call,
  ]
  files.text('', file, `${lines.join('\n')}\n`, 0o755)
  return file
}

/** Arguments may be files of the project. */
function copyNamed({ files, board, root }: Tree, word: string): void {
  if (namesFile(root, word)) files.copy('', word, `${board}/files/${word}`)
}
