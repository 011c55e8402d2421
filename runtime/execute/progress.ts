/** The progress markers that scripts print (strux.md 3.8: "Output and progress markers"). */

export interface Progress {
  readonly message: string
  /** 0 to 100, rounded; only where the script drew a bar. */
  readonly percent?: number
}

const BAR = 'STRUX_PROGRESS_BAR:'
const MESSAGE = 'STRUX_PROGRESS:'

/**
 * What a line of output says about progress: a marker anywhere in the line, the text after it trimmed.
 * Undefined where there is no marker or an empty message.
 */
export function parseProgress(line: string): Progress | undefined {
  const bar = line.indexOf(BAR)
  if (bar !== -1) return parseBar(line.slice(bar + BAR.length))
  const at = line.indexOf(MESSAGE)
  if (at === -1) return undefined
  const message = line.slice(at + MESSAGE.length).trim()
  return message === '' ? undefined : { message }
}

/** True for every line that carries a marker, also a malformed one: such lines are not output to show. */
export function isProgressLine(line: string): boolean {
  return line.includes(MESSAGE) || line.includes(BAR)
}

/** `message (NN)` or `message (NN.N%)`; the parenthesis must end the line. */
function parseBar(text: string): Progress | undefined {
  const match = /^(.*)\((-?\d+(?:\.\d+)?)\s*%?\)$/.exec(text.trim())
  const message = match?.[1]?.trim()
  if (!match || !message) return undefined
  return { message, percent: Math.round(Math.min(100, Math.max(0, Number(match[2])))) }
}
