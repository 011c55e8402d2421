/** Passes a script of any size to a shell. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoteForShell } from '../../lib/sh.ts'

/** In bytes. One argument of a program can hold 128 KiB (Linux, MAX_ARG_STRLEN); this leaves a margin. */
const LONGEST_ARGUMENT = 100 * 1024

export interface ShellCall {
  /** The argument after `/bin/bash -c`. */
  readonly text: string
  /** Deletes the temporary file, if any. */
  discard(): void
}

/**
 * The text itself, or for a long one a line that evaluates it from a file. `eval` keeps `$0`, an empty
 * BASH_SOURCE and the line numbers as with `bash -c`; running the file would not. `folder` is the folder for
 * the file, `seenAt` its path in the shell.
 */
export function shellCall(script: string, folder: string, seenAt: string): ShellCall {
  if (Buffer.byteLength(script) <= LONGEST_ARGUMENT) return { text: script, discard() {} }
  const name = `${randomBytes(8).toString('hex')}.sh`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), script, { mode: 0o600 })
  return {
    text: `eval "$(<${quoteForShell(`${seenAt}/${name}`)})"`,
    discard: () => rmSync(join(folder, name), { force: true }),
  }
}
