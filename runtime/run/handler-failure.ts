/** What a user reads about a handler of an extension, or a script of a package, that failed: which one, and where. */
import type { ExtensionHandler } from '../model/extensions.ts'
import type { CalledScript, StepNode } from '../model/plan.ts'

/** The line with which the harness of a handler tells where it stopped. */
const STOPPED = /^error: (?:line (\d+)|(\S+:\d+)): exit code \d+/

/** The place in such a line: `FILE:LINE`, or `line N of its script`; undefined for other lines. */
export function placeIn(line: string): string | undefined {
  const [, number, place] = STOPPED.exec(line) ?? []
  return number === undefined ? place : `line ${number} of its script`
}

/** `HOOK__NAME of the extension 'NAME'`, and its place as far as it is known. */
export function nameOf({ id, extension }: ExtensionHandler): string {
  return `${id} of the extension '${extension.name}'`
}

/** `at FILE:LINE`, for the end of a message. */
export async function whereIs(handler: ExtensionHandler, stopped?: string): Promise<string> {
  if (stopped !== undefined && !stopped.startsWith('line ')) return ` at ${stopped}`
  const place = handler.at ?? (await handler.locate?.())
  const start = place ? ` (${place.file}:${place.line})` : ''
  return stopped === undefined ? start : `${start} at ${stopped}`
}

/** The line with which the bash of a step tells which script of the definition failed: `led: post_build[1] failed …`. */
const SCRIPT_FAILED = /^(\S+): (\w+)(?:\[(\d+)\])? failed with exit code \d+$/

/** The script in such a line; undefined for other lines. */
export function scriptIn(line: string): CalledScript | undefined {
  const [, of, name, index = '0'] = SCRIPT_FAILED.exec(line) ?? []
  return of === undefined || name === undefined ? undefined : { of, name, index: Number(index) }
}

/** ` in HOOK of PACKAGE (FILE:LINE)`, for the end of a message. */
export async function whereIsScript({ locate }: StepNode, script: CalledScript): Promise<string> {
  const place = await locate?.(script)
  return ` in ${script.name} of ${script.of}${place ? ` (${place.file}:${place.line})` : ''}`
}
