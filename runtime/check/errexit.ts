/** Whether a shell script ends at the first command that fails. */

/** Whether a shell runs the text: by its first line, or because it has none. */
export function isShell(text: string): boolean {
  // A compiled program.
  if (text.includes('\0')) return false
  const interpreter = /^#!(.*)/.exec(text)?.[1]
  return interpreter === undefined || /\b(ba|da|k|z)?sh\b/.test(interpreter)
}

/** By `set -e`, or an option in the first line of a script that is called as a program. */
export function endsAtFailure(text: string, isCalled: boolean): boolean {
  if (isCalled && /^#!.*sh\s.*-\w*e/.test(text)) return true
  return text
    .split('\n')
    .some(line => /(^|[;{]|&&)\s*set\s.*(-[A-Za-z]*e\b|-[A-Za-z]*e[A-Za-z]|-\w*o\s+errexit)/.test(line))
}

/** Lines that cannot fail, or whose failure is the author's own business. */
const HARMLESS =
  /^(#|$|[A-Za-z_]\w*=[^$`]*$|[A-Za-z_]\w*=\$\{?\w+\}?$|(echo|printf|export|local|readonly|trap|shift|return|exit|true|:|if|elif|else|fi|then|while|until|for|case|esac|do|done|function|in|\{|\}|\(\)|;;)(\s|;|$)|\w+\(\)|\))/

/** Whether a command that can fail stands before another command. */
export function hidesFailures(text: string): boolean {
  // Here-documents and continued lines are read as commands: such scripts are not judged.
  if (/<</.test(text)) return false
  const commands = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
  return commands.slice(0, -1).some(line => !HARMLESS.test(line) && !/\|\||&&|;\s*exit\b/.test(line))
}
