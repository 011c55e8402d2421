/** The dependencies of a package: packages of the tree, or Debian packages for those of Buildroot itself. */
import { suggest } from '../diagnostics/suggest.ts'
import type { ConvertFacts, Infrastructure, Report } from './convert-facts.ts'
import { debianPackages, KNOWN_PACKAGES } from './debian-packages.ts'
import { type EvaluatedPackage, usesKernel } from './evaluated.ts'
import { shellWords } from './shell-words.ts'

/** What steps of the build make, not packages. */
const BOOTLOADERS = ['uboot', 'arm-trusted-firmware', 'optee-os', 'barebox', 'grub2', 'syslinux']

/** Dependencies of all phases: of the tree, or of Debian. */
export function dependenciesOf(
  variant: EvaluatedPackage,
  infra: Infrastructure,
  { names, debian, selected, kernelHeaders, places }: ConvertFacts,
  report: Report,
): string[] {
  const { variables, prefix, file, name: own } = variant
  const wanted = ['DEPENDENCIES', 'EXTRACT_DEPENDENCIES', 'PATCH_DEPENDENCIES'].flatMap(list =>
    shellWords(variables[list] ?? '').map(name => ({ name, list })),
  )
  const found = new Set<string>()
  const itself = variant.variant === 'host' ? `host-${own}` : own
  for (const { name, list } of [...wanted, ...selected[variant.variant].map(name => ({ name, list: '' }))]) {
    if (name === itself) continue
    if (names.has(name)) found.add(name)
    else {
      const packages = debian[name] ?? debianPackages(name)
      const isNative = variant.variant === 'target' && name.startsWith('host-')
      for (const each of packages ?? []) found.add(`deb:${each}${isNative ? ':native' : ''}`)
      if (packages || list === '') continue
      if (BOOTLOADERS.includes(name)) {
        report(
          'error',
          'buildroot_dependency',
          `${own} depends on ${name}, whose files packages do not see`,
          `use them in a post-image script, and write debian: { '${name}': [] } in the definition if the package can be built without them`,
          places.ofVariable(file, `${prefix}_${list}`, name),
        )
        continue
      }
      const near = suggest(name, [...names, ...KNOWN_PACKAGES])
      report(
        'error',
        'buildroot_dependency',
        `${own} depends on ${name}, which is neither a package of the tree nor known as a package of Debian`,
        `${near === undefined ? '' : `did you mean '${near}'? if not, `}name Debian's packages for it in the definition: debian: { '${name}': ['NAME'] }; an empty list means that nothing is needed`,
        places.ofVariable(file, `${prefix}_${list}`, name),
      )
    }
  }
  if ((infra === 'kernel-module' || usesKernel(variant)) && kernelHeaders !== undefined)
    found.add(`deb:${kernelHeaders}`)
  return [...found]
}
