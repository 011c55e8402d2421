/** The hooks of packages for the finished root filesystem. */
import { scriptsAt } from '../../steps/package/recipe.ts'
import type { Tree } from './exported-tree.ts'
import { environmentOf, writeScript } from './script-file.ts'

/** Calls all of them, for external.mk. */
export interface Together {
  readonly makefile: string
}

/**
 * Buildroot calls the hooks of packages by the alphabet; strux in the order in which the packages are built. If both
 * orders agree, each package keeps its own, and this gives undefined.
 */
export function finalizeTogether(tree: Tree): Together | undefined {
  const owners = [...tree.packages.values()]
    .flat()
    .filter(
      each => each.variant === 'target' && scriptsAt(each.package.data.hooks, 'target_finalize').length > 0,
    )
  const names = owners.map(each => each.package.data.name)
  if (names.join() === [...names].sort().join()) return undefined
  const lines = owners.flatMap(variant =>
    scriptsAt(variant.package.data.hooks, 'target_finalize').map(({ text }, index) =>
      writeScript(tree, variant, `target-finalize-${index + 1}`, text),
    ),
  )
  const hook = `${tree.name}_TARGET_FINALIZE`
  // The variables may be those of a package that has no other script.
  const environments = owners.map(each => environmentOf(tree, each)).join('')
  const body = lines.map(line => `\t${line}\n`).join('')
  return { makefile: `\n${environments}\ndefine ${hook}\n${body}endef\nTARGET_FINALIZE_HOOKS += ${hook}\n` }
}
