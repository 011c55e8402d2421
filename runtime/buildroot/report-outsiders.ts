/** Lines of makefiles about images of Buildroot, and about packages that are not in the tree: they have no effect. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { prefixOf } from './debian-packages.ts'
import type { TreeEvaluation } from './evaluate.ts'
import type { MakefilePlaces } from './makefile-places.ts'

const OPTIONS = /^\s*([A-Z0-9_]+)_(CONF_OPTS|CONF_ENV|MAKE_OPTS|MAKE_ENV)\s*[:+?]*=/
const IMAGES = /^\s*(TARGETS_ROOTFS\b)|\$\(eval \$\((rootfs)\)\)/

export function reportOutsiders(
  { packages }: TreeEvaluation,
  places: MakefilePlaces,
  diagnostics: Diagnostic[],
): void {
  const prefixes = packages.map(({ name }) => prefixOf(name))
  const isOwn = (prefix: string) => {
    const plain = prefix.replace(/^HOST_/, '')
    return prefixes.some(own => plain === own || plain.startsWith(`${own}_`))
  }
  const warn = (message: string, hint: string, file: string, line: number) =>
    diagnostics.push({
      ...{ severity: 'warning', code: 'buildroot_unsupported', message, hint },
      ...{ file, line, column: 1 },
    })
  const told = new Set<string>()
  for (const file of new Set(packages.map(each => each.file))) {
    const lines = places.linesOf(file)
    const reads = (name: string) => lines.some(([, text]) => text.includes(`$(${name})`))
    for (const [line, text] of lines) {
      const [, list, macro] = IMAGES.exec(text) ?? []
      if (list || macro)
        warn(
          `${list ?? '$(rootfs)'} has no effect: images are not made by Buildroot's rules`,
          'use a post-image script',
          file,
          line,
        )
      const [, prefix, suffix] = OPTIONS.exec(text) ?? []
      const name = `${prefix}_${suffix}`
      if (prefix === undefined || isOwn(prefix) || reads(name) || told.has(name)) continue
      told.add(name)
      const owner = prefix.toLowerCase().replaceAll('_', '-')
      warn(
        `${name} has no effect: ${owner} is not a package of this tree`,
        `Debian's package has its own options; with other ones, build ${owner} as a source package`,
        file,
        line,
      )
    }
  }
}
