/** How a script's text gets into a shell, whatever its size. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One argument of a program holds 128 KiB at most (Linux, MAX_ARG_STRLEN); some room is left for good measure. */
const LONGEST_ARGUMENT = 100 * 1024

export interface ShellCall {
  /** The argument after `/bin/bash -c`. */
  readonly text: string
  /** Removes what was written for it. */
  discard(): void
}

/**
 * The text itself, or for a long one a line that evaluates it from a file: `eval` keeps `$0`, an empty BASH_SOURCE and
 * the line numbers as they are with `bash -c`, which a script started from a file would not.
 * `folder` is where the file goes, `seenAt` the same folder as the shell sees it.
 */
export function shellCall(script: string, folder: string, seenAt: string): ShellCall {
  if (Buffer.byteLength(script) <= LONGEST_ARGUMENT) return { text: script, discard() {} }
  const name = `${randomBytes(8).toString('hex')}.sh`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), script, { mode: 0o600 })
  return {
    text: `eval "$(<${quote(`${seenAt}/${name}`)})"`,
    discard: () => rmSync(join(folder, name), { force: true }),
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
