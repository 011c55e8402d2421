/**
 * Shell variables that the commands of a session share: each command is a bash of its own, so they are kept in a file of
 * the session between one command and the next.
 */
import { quoteForShell } from '../steps/shell/quote.ts'

/**
 * The command, with the session's variables read before it. `strux_publish NAME…` keeps variables for later commands of the
 * session; of `sets`, all that have a value when the command ends are kept. The command's lines keep their numbers.
 */
export function withVariables(script: string, variablesFile: string, sets: readonly string[] = []): string {
  const file = quoteForShell(variablesFile)
  const publish = `strux_publish() { local strux_name; for strux_name; do declare -p "$strux_name" >>${file} 2>/dev/null || :; done; }`
  const read = `if [ -f ${file} ]; then . ${file}; fi`
  const keep = sets.length === 0 ? '' : ` trap 'strux_publish ${sets.join(' ')}' EXIT;`
  return `${publish}; ${read};${keep} ${script}`
}
