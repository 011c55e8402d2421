/** Splits options as a shell does: at blanks, with quotes and backslashes removed. Expansions stay as they are. */
export function shellWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1)
      word = (word ?? '') + text.slice(at + 1, end < 0 ? undefined : end)
      at = end < 0 ? text.length : end
    } else if (character === '"') {
      word ??= ''
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\' && /["\\$`]/.test(text[at + 1] ?? '')) at++
        word += text[at]
      }
    } else if (character === '\\' && at + 1 < text.length) {
      at++
      if (text[at] !== '\n') word = (word ?? '') + text[at]
    } else word = (word ?? '') + character
  }
  if (word !== undefined) words.push(word)
  return words
}
