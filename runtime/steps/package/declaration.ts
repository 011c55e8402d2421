/** One step for each variant of a source package. */
import { posix } from 'node:path'
import { phasesOf } from '../../../lib/hooks/package.ts'
import { conditionsOf } from '../../../lib/schema/package-rules.ts'
import type { PackageVariant } from '../../model/packages.ts'
import { cacheFolder, notSources, ownOrProject } from '../../model/paths.ts'
import type { PathRef } from '../../model/plan.ts'
import { DEBIAN_ARCH, targetArch } from '../../plan/arch.ts'
import { titleOf } from '../../plan/identity.ts'
import type { PlanInput } from '../../plan/input.ts'
import type { StepDeclaration, StepFacts } from '../../plan/step.ts'
import { file, optional } from '../refs.ts'
import { suiteOf } from '../settings.ts'
import { buildName, digestOf, outputsOf, packageNode } from './places.ts'
import { locateScript, recipeOf } from './recipe.ts'
import { sourceOf } from './source.ts'

/** Folders of version control, which are not copied from a local source. */
export const VERSION_CONTROL = ['.svn', '.git', '.hg', '.bzr', 'CVS']

/** Whether a path in a source belongs to its version control. */
export const isVersionControl = (path: string): boolean =>
  path.split('/').some(part => VERSION_CONTROL.includes(part))

/** The build systems that packages use, in one image layer for all packages. */
const BUILD_SYSTEMS =
  'autoconf automake cmake gettext libtool meson ninja-build patchelf pkgconf rsync'.split(' ')

/** Ends the name of a Debian package of the machine that builds, as in Debian's own build dependencies. */
const NATIVE = /:native$/

/** The steps of all packages of a build. */
export function packageSteps({ packages = [], bsp, host }: PlanInput): readonly StepDeclaration[] {
  const target = targetArch(bsp.arch, host)
  return packages.map(each => packageStep(each, packages, target === host))
}

function packageStep(
  variant: PackageVariant,
  all: readonly PackageVariant[],
  native: boolean,
): StepDeclaration {
  const { data, folder } = variant.package
  const isKernel = data.infra === 'kernel-module' || variant.package.usesKernel === true
  const needed = closure(variant, all)
  const phases = phasesOf(conditionsOf(data, variant.variant))
  const source = sourceOf(data, folder)
  return {
    name: packageNode(variant.id),
    title: `Package ${variant.id}${data.version === undefined ? '' : ` ${data.version}`}`,
    body: 'package',
    follows: 'after_bootloader',
    exists: () => true,
    tools: () => (isKernel ? ['cross', 'kernel'] : ['cross']),
    packages: ({ target }) => [
      ...BUILD_SYSTEMS,
      ...[variant, ...needed]
        .filter(each => each.variant === variant.variant)
        .flatMap(each => each.debian)
        .map(name => {
          const plain = name.replace(NATIVE, '')
          const isForeign = plain === name && variant.variant === 'target' && !native
          return isForeign ? `${name}:${DEBIAN_ARCH[target]}` : plain
        }),
    ],
    shared: false,
    inputs: facts => [
      ...sourceInputs(source, folder),
      ...patchFiles(data.patches, folder),
      ...needed.map(each => file(digestOf(facts.bspName, each))),
      ...(isKernel && facts.bsp.boot?.kernel?.custom_kernel
        ? [file(`${cacheFolder(facts.bspName)}/kernel`)]
        : []),
    ],
    outputs: ({ bspName }) => [file(outputsOf(bspName, variant))],
    hooks: () =>
      phases.flatMap(phase => {
        const { pre, post } = recipeOf(variant, phase)
        return [...pre, ...post].map(({ hook, text }) => ({
          hook,
          of: variant.id,
          title: titleOf({ run: { text } }),
        }))
      }),
    locate: script => locateScript(variant, script),
    config: (facts: StepFacts) => ({
      arch: facts.target,
      suite: suiteOf(facts.project),
      id: variant.id,
      name: data.name,
      version: data.version,
      variant: variant.variant,
      infra: data.infra ?? 'generic',
      uses_kernel: variant.package.usesKernel,
      build_name: buildName(variant),
      folder,
      subdir: data.subdir,
      build_folder: variant.package.buildFolder,
      source,
      license: data.license,
      license_files: data.license_files,
      of_buildroot: variant.package.ofBuildroot,
      programs: [variant, ...needed].flatMap(each =>
        each.debian
          .filter(name => each.variant === 'host' || NATIVE.test(name))
          .map(name => name.replace(NATIVE, '')),
      ),
      patches: data.patches?.map(each => ownOrProject(each, folder)),
      needs: needed.map(each => ({ id: each.id, variant: each.variant })),
      custom_kernel: isKernel && facts.bsp.boot?.kernel?.custom_kernel === true,
      native,
      phases: Object.fromEntries(phases.map(phase => [phase, recipeOf(variant, phase)])),
      order: phases,
    }),
  }
}

/** All variants that a variant depends on, each after its own dependencies. */
function closure(variant: PackageVariant, all: readonly PackageVariant[]): readonly PackageVariant[] {
  const found = new Set<PackageVariant>()
  const visit = ({ needs }: PackageVariant) => {
    for (const id of needs) {
      const other = all.find(each => each.id === id)
      if (!other || found.has(other)) continue
      visit(other)
      found.add(other)
    }
  }
  visit(variant)
  return [...found]
}

function sourceInputs(source: ReturnType<typeof sourceOf>, folder: string): PathRef[] {
  if (source.kind === 'local') {
    const ref = file(source.folder)
    return [{ ...ref, ignore: [...VERSION_CONTROL, ...notSources(ref.path)], optional: true }]
  }
  if (source.kind === 'fetched' && source.method === 'file') return [file(posix.join(folder, source.source))]
  return []
}

function patchFiles(patches: readonly string[] | undefined, folder: string): PathRef[] {
  return (patches ?? []).map(path => optional(ownOrProject(path, folder)))
}
