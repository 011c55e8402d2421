/** Hooks that the makefiles of a Buildroot tree add outside its packages. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { packageOfSymbol } from './debian-packages.ts'
import type { TreeEvaluation } from './evaluate.ts'
import type { EvaluatedHook } from './evaluated.ts'
import type { MakefilePlace, MakefilePlaces } from './makefile-places.ts'

/** Lists of hooks for the whole image that run. */
const RUNNING = ['TARGET_FINALIZE_HOOKS', 'ROOTFS_PRE_CMD_HOOKS']

/**
 * Hooks of lists for the whole image, by the package whose prefix they have, else of the first package. Lists of packages
 * that are not in the tree, and of Buildroot's own rules for images, are reported.
 */
export function globalHooks(
  { globals, packages }: TreeEvaluation,
  { tree, places }: { tree: string; places: MakefilePlaces },
  diagnostics: Diagnostic[],
): Map<string, EvaluatedHook[]> {
  const target = packages.filter(each => each.variant === 'target').map(each => each.name)
  const files = [`${tree}/external.mk`, ...new Set(packages.map(each => each.file))]
  const found = new Map<string, EvaluatedHook[]>()
  for (const hook of globals) {
    if (!RUNNING.includes(hook.list)) {
      diagnostics.push(notRun(hook, placeOf(hook, { files, places })))
      continue
    }
    const name = packageOfSymbol(`BR2_PACKAGE_${hook.name}`, target) ?? target[0]
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), hook])
  }
  return found
}

function notRun({ list, name }: EvaluatedHook, place: MakefilePlace): Diagnostic {
  const ofImages = list.startsWith('ROOTFS_')
  const owner = list.replace(/_(PRE|POST|TARGET_FINALIZE|ROOTFS_PRE_CMD)(_.*)?_HOOKS$/, '')
  return {
    severity: 'warning',
    code: 'buildroot_unsupported',
    message: ofImages
      ? `${list} names ${name}, which does not run: images are not made by Buildroot's rules`
      : `${list} names ${name}, which does not run: ${owner.toLowerCase().replaceAll('_', '-')} is not a package of this tree`,
    hint: ofImages
      ? 'use a post-image script'
      : `write a script for the BSP at a hook of the same time, such as ${hookFor(owner, list)}`,
    ...place,
    column: 1,
  }
}

/** The hook of the build that is nearest to a list of one of Buildroot's own packages. */
function hookFor(owner: string, list: string): string {
  if (/TARGET_FINALIZE|ROOTFS_PRE_CMD/.test(list)) return 'target_finalize'
  if (owner === 'LINUX')
    return /POST_(EXTRACT|PATCH)|PRE_(PATCH|CONFIGURE|BUILD)/.test(list)
      ? 'after_kernel_extract'
      : 'after_kernel'
  return /UBOOT|BAREBOX|GRUB/.test(owner) ? 'before_bootloader' : 'target_finalize'
}

/** The line that adds to the list. */
function placeOf(
  { list }: EvaluatedHook,
  { files, places }: { files: readonly string[]; places: MakefilePlaces },
): MakefilePlace {
  const file = files.find(each => places.linesOf(each).some(([, text]) => text.includes(list)))
  return file === undefined ? { file: files[0]!, line: 1 } : places.ofVariable(file, list)
}
