/** Functions of a bash extension that look like handlers (`own__helper`), and that it calls itself. */

/**
 * Whether a text names the function elsewhere than in comments and where it defines it. Then the function is called,
 * or handed to another that calls it.
 */
export function usesFunction(text: string, name: string): boolean {
  const code = text.replace(/^\s*#.*$/gm, '').replace(/^\s*function\s+\S+/gm, '')
  const word = name.replace(/[^\w]/g, '\\$&')
  return new RegExp(`(?<![\\w-])${word}(?![\\w-])(?!\\s*\\(\\s*\\))`).test(code)
}
