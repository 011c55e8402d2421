/**
 * Output of commands: results on standard output, messages for people on standard error, with colours where
 * supported.
 */

import picocolors from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import { resultStream } from '../authored/guard.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { renderDiagnostics } from '../diagnostics/render.ts'

/** Colours for a stream: never with NO_COLOR, always with FORCE_COLOR, else on terminals. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const wanted = FORCE_COLOR !== undefined && FORCE_COLOR !== '0'
  // Undefined would let the library decide.
  return picocolors.createColors(Boolean(!NO_COLOR && (wanted || (stream.isTTY && TERM !== 'dumb'))))
}

export function printLine(text: string): void {
  resultStream().write(`${text}\n`)
}

/** What a command tells while it works. */
export function printNotice(message: string): void {
  process.stderr.write(`${message}\n`)
}

export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, null, 2))
}

export function printDiagnostics(diagnostics: readonly Diagnostic[], root: string): void {
  if (diagnostics.length === 0) return
  const { stderr } = process
  stderr.write(
    `${renderDiagnostics(diagnostics, { root, colors: colorsFor(stderr), width: stderr.columns ?? 100 })}\n`,
  )
}

const ROOM = 'Make room; `strux clean` and `strux builder prune` delete files that can be made again.'

/** System errors about disks, in words. */
const SYSTEM_ERRORS: Readonly<Record<string, { readonly words: string; readonly hint: string }>> = {
  ENOSPC: { words: 'No space is left on the disk', hint: ROOM },
  EDQUOT: { words: 'The disk quota is used up', hint: ROOM },
  EROFS: {
    words: 'The disk is read-only',
    hint: 'A build writes to dist/: it must be on a writable disk.',
  },
  EACCES: {
    words: 'This user may not use a file of the project',
    hint: 'The project folder must belong to the user who builds.',
  },
}

/** Prints an error for people. Returns the exit code. The stack is shown only with `verbose`. */
export function printError(error: unknown, verbose: boolean): number {
  const colors = colorsFor(process.stderr)
  const say = (text: string) => process.stderr.write(`${text}\n`)
  if (error instanceof DiagnosticsError) {
    say(`${colors.red('error')} ${error.message}`)
    return 1
  }
  if (error instanceof StruxError) {
    say(`${colors.red('error')} ${error.message}`)
    if (error.hint) say(`  ${colors.cyan('hint:')} ${error.hint}`)
    if (verbose && error.cause instanceof Error) say(colors.dim(`caused by ${error.cause.stack}`))
    return error.exitCode
  }
  const { code, path, message, stack } = error as NodeJS.ErrnoException
  const known = code === undefined ? undefined : SYSTEM_ERRORS[code]
  if (known) {
    say(`${colors.red('error')} ${known.words}${path ? `: ${path}` : ''} (${message})`)
    say(`  ${colors.cyan('hint:')} ${known.hint}`)
    if (verbose && stack) say(colors.dim(stack))
    return 1
  }
  say(`${colors.red('error')} ${code && path ? `${code} at ${path}: ` : ''}${message ?? String(error)}`)
  if (verbose && stack) say(colors.dim(stack))
  else if (!code) say(`  ${colors.cyan('hint:')} this looks like a bug in strux; --verbose shows the stack`)
  return 1
}
