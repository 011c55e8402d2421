/**
 * Checks the texts of scripts: a file that is called as a program, with arguments, has to be executable, and a shell
 * script that continues after a failed command hides the failure. Hooks that call programs have few scripts; reading
 * all others takes a tenth of a build with nothing to do, so only `strux check` does.
 */
import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { Plan, ScriptNode } from '../model/plan.ts'
import { endsAtFailure, hidesFailures, isShell } from './errexit.ts'

/**
 * @param root the project's real path
 * @param which those that are called as programs, or all others
 */
export function checkCalledScripts({ nodes }: Plan, root: string, which: 'called' | 'others'): Finding[] {
  return nodes.flatMap(node =>
    node.kind === 'script' && !node.handler && (node.call !== undefined) === (which === 'called')
      ? checkScript(node, root)
      : [],
  )
}

function checkScript({ source, origin, call }: ScriptNode, root: string): Finding[] {
  if (source.kind !== 'file' && source.kind !== 'inline') return []
  const found = (severity: Finding['severity'], code: string, message: string, hint: string): Finding[] => {
    const key = source.kind === 'file' ? 'location' : 'run'
    return [
      { severity, code, message, hint, origin: { ...origin, keys: [...origin.keys, key] }, at: 'value' },
    ]
  }
  const text = source.kind === 'file' ? textOf(join(root, source.path)) : source.text
  if (text === undefined) return []
  const name = source.kind === 'file' ? source.path : 'this script'
  if (call && source.kind === 'file' && !isExecutable(join(root, source.path))) {
    return found('error', 'script_not_executable', `${name} is not executable`, `chmod +x ${name}`)
  }
  // Bash runs other scripts, whatever their first line says.
  const isHonest = call ? !isShell(text) : !hidesFailures(text)
  if (isHonest || endsAtFailure(text, call !== undefined)) return []
  return found(
    'warning',
    'script_without_errexit',
    `${name} goes on after a failed command, so the build succeeds although the script failed`,
    "Begin it with 'set -e'.",
  )
}

/** The text of a file; undefined if there is none, which another check reports. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
