/** Progress markers in the output of scripts (strux.md 3.8: "Output and progress markers"). */

export interface Progress {
  readonly message: string
  /** 0 to 100, rounded; only set if the script drew a bar. */
  readonly percent?: number
}

const BAR = 'STRUX_PROGRESS_BAR:'
const MESSAGE = 'STRUX_PROGRESS:'

/**
 * The progress marker in a line of output, at any position, with the trimmed text after it. Undefined if there
 * is no marker or the message is empty.
 */
export function parseProgress(line: string): Progress | undefined {
  const bar = line.indexOf(BAR)
  if (bar !== -1) return parseBar(line.slice(bar + BAR.length))
  const at = line.indexOf(MESSAGE)
  if (at === -1) return undefined
  const message = line.slice(at + MESSAGE.length).trim()
  return message === '' ? undefined : { message }
}

/** True for every line with a marker, even a malformed one: such lines are not shown as output. */
export function isProgressLine(line: string): boolean {
  return line.includes(MESSAGE) || line.includes(BAR)
}

/** `message (NN)` or `message (NN.N%)`, with the parenthesis at the end of the line. */
function parseBar(text: string): Progress | undefined {
  const match = /^(.*)\((-?\d+(?:\.\d+)?)\s*%?\)$/.exec(text.trim())
  const message = match?.[1]?.trim()
  if (!match || !message) return undefined
  return { message, percent: Math.round(Math.min(100, Math.max(0, Number(match[2])))) }
}
