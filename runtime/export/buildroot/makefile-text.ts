/** Texts in makefiles. */

/** A text in a makefile, which reads `$` as the beginning of a variable and `#` as that of a comment. */
export const inMakefile = (text: string): string => text.replaceAll('$', '$$$$').replaceAll('#', '\\#')

/** A word for the shell in a makefile's variable; quoted only if it needs to be. */
export function makeWord(word: string): string {
  const quoted = /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  return inMakefile(quoted)
}
