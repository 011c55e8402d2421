/**
 * Checks scripts that are called as programs, with arguments: a file has to be executable, and a shell script
 * that goes on after a failed command hides the failure.
 */
import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { Plan, ScriptNode } from '../model/plan.ts'

/** @param root the project's real path */
export function checkCalledScripts({ nodes }: Plan, root: string): Finding[] {
  return nodes.flatMap(node => (node.kind === 'script' && node.call ? checkScript(node, root) : []))
}

function checkScript({ source, origin }: ScriptNode, root: string): Finding[] {
  const found = (severity: Finding['severity'], code: string, message: string, hint: string): Finding[] => {
    const key = source.kind === 'file' ? 'location' : 'run'
    return [
      { severity, code, message, hint, origin: { ...origin, keys: [...origin.keys, key] }, at: 'value' },
    ]
  }
  const text = source.kind === 'file' ? textOf(join(root, source.path)) : source.text
  if (text === undefined) return []
  const name = source.kind === 'file' ? source.path : 'this script'
  if (source.kind === 'file' && !isExecutable(join(root, source.path))) {
    return found('error', 'script_not_executable', `${name} is not executable`, `chmod +x ${name}`)
  }
  if (!isShell(text) || endsAtFailure(text)) return []
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

/** Whether a shell runs the text: by its first line, or because it has none. */
function isShell(text: string): boolean {
  // A compiled program.
  if (text.includes('\0')) return false
  const interpreter = /^#!(.*)/.exec(text)?.[1]
  return interpreter === undefined || /\b(ba|da|k|z)?sh\b/.test(interpreter)
}

/** Whether the script ends at the first command that fails: by `set -e`, or an option in its first line. */
function endsAtFailure(text: string): boolean {
  if (/^#!.*sh\s.*-\w*e/.test(text)) return true
  return text
    .split('\n')
    .some(line => /^\s*set\s.*(-[A-Za-z]*e\b|-[A-Za-z]*e[A-Za-z]|-\w*o\s+errexit)/.test(line))
}
