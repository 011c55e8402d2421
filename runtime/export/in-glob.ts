/** Whether a path that need not exist is one that a glob means. */

export function isInGlob(path: string, pattern: string): boolean {
  return new RegExp(`^${source(pattern)}$`, 's').test(path)
}

/** `**` any folders, `*` and `?` in a name, `{a,b}`, `[…]`, `@(a|b)` and its kin; a backslash takes the meaning away. */
function source(glob: string): string {
  let out = ''
  const closing: string[] = []
  for (let at = 0; at < glob.length; at++) {
    const [char, next] = [glob[at]!, glob[at + 1]]
    const set = char === '[' ? /^\[[!^]?\]?[^\]]*\]/.exec(glob.slice(at))?.[0] : undefined
    if (char === '\\' && next !== undefined) {
      out += escaped(next)
      at++
    } else if (glob.startsWith('**/', at)) {
      out += '(?:[^/]+/)*'
      at += 2
    } else if (glob.startsWith('**', at)) {
      out += '.*'
      at++
    } else if ('@!+*?'.includes(char) && next === '(') {
      out += char === '!' ? '(?!(?:' : '(?:'
      closing.push(char === '!' ? '))[^/]*' : `)${char === '@' ? '' : char}`)
      at++
    } else if (char === '*') out += '[^/]*'
    else if (char === '?') out += '[^/]'
    else if (set !== undefined) {
      out += set.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
      at += set.length - 1
    } else if (char === '{') {
      out += '(?:'
      closing.push(')')
    } else if ((char === '}' || char === ')') && closing.length > 0) out += closing.pop()
    else if ((char === ',' || char === '|') && closing.length > 0) out += '|'
    else out += escaped(char)
  }
  return out + closing.reverse().join('')
}

const escaped = (char: string) => char.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&')
