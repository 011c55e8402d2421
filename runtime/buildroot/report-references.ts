/** What makefiles of packages ask for while they are read, and cannot have: variables and files of a whole Buildroot. */
import type { ConvertFacts, Report } from './convert-facts.ts'
import type { EvaluatedPackage } from './evaluated.ts'

/** Folders that exist only during the build. */
const LATER = ['@D', 'BUILD_DIR', 'HOST_DIR', 'STAGING_DIR', 'TARGET_DIR', 'BINARIES_DIR', 'LINUX_DIR']

/** There, a symbol that is not set means 'no'. */
const CONDITION = /^\s*(else\s+)?ifn?(eq|def)\b/

/** Warns about variables that nothing defines, and about `$(wildcard …)` and `$(shell …)` in folders of the build. */
export function reportReferences(
  { file, prefix }: EvaluatedPackage,
  { places, missing }: ConvertFacts,
  report: Report,
): void {
  const unprefixed = prefix.replace(/^HOST_/, '')
  const folders = [...LATER, ...['DIR', 'SRCDIR', 'BUILDDIR', 'DL_DIR'].map(name => `${unprefixed}_${name}`)]
  const early = new RegExp(`\\$\\((wildcard|shell)\\b.*?\\$[({](${folders.join('|')})[)}]`)
  for (const [line, text] of places.linesOf(file)) {
    if (/^\s*#/.test(text)) continue
    const at = { file, line }
    const [, name, folder] = early.exec(text) ?? []
    if (name !== undefined)
      report(
        'warning',
        'buildroot_read_early',
        `$(${name} …) finds nothing in $(${folder}): makefiles are read before the build`,
        name === 'wildcard'
          ? 'let the shell find the files: for file in $(@D)/*.bin; do …; done'
          : 'let the shell run the command: $$(…)',
        at,
      )
    for (const [, called] of text.matchAll(/(?<!\$)\$[({](?:call\s+)?([A-Za-z_][\w-]*)(?=[),}])/g))
      if (missing.has(called!) && !(called!.startsWith('BR2_') && CONDITION.test(text)))
        report(
          'warning',
          'buildroot_undefined',
          `nothing defines ${called}, so it is empty`,
          called!.startsWith('BR2_')
            ? `give it a value in config of the definition: { ${called}: '…' }`
            : 'define it in the tree: of Buildroot itself, only common variables and functions are here',
          at,
        )
  }
}
