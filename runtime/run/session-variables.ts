/**
 * Shell variables that the commands of a session share. Each command runs in its own bash, so the variables are
 * kept in a file of the session between commands.
 */
import { quoteForShell } from '../../lib/sh.ts'

/**
 * The command with the session's variables read first. `strux_publish NAME…` keeps variables for later commands
 * of the session, also that they are unset. Variables in `sets` are kept automatically when the command ends. The
 * command's line numbers stay the same.
 */
export function withVariables(script: string, variablesFile: string, sets: readonly string[] = []): string {
  const file = quoteForShell(variablesFile)
  const publish = `strux_publish() { local strux_name; for strux_name; do { printf 'unset -v %s\\n' "$strux_name"; declare -p "$strux_name" 2>/dev/null || :; } >>${file}; done; }`
  const read = `if [ -f ${file} ]; then . ${file}; fi`
  const keep = sets.length === 0 ? '' : ` trap 'strux_publish ${sets.join(' ')}' EXIT;`
  return `${publish}; ${read};${keep} ${script}`
}
