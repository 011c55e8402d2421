/** What code of authors throws: any value at all, whose own functions may throw again. */

/** The messages of an error and of its causes; the text of any other thrown value. Never throws. */
export function textOfThrown(thrown: unknown): string {
  return text(thrown, new Set())
}

function text(thrown: unknown, above: Set<unknown>): string {
  if (!isError(thrown)) return `threw ${ofValue(thrown)}`
  above.add(thrown)
  const name = stringOf(thrown, 'name') ?? 'Error'
  const message = stringOf(thrown, 'message') ?? ''
  const said = message === '' ? name : name === 'Error' ? message : `${name}: ${message}`
  const below = [read(thrown, 'cause'), ...listOf(read(thrown, 'errors'))]
    .filter(each => isError(each) && !above.has(each) && above.size < 8)
    .map(each => text(each, above))
  const details = below.filter((each, index) => !said.includes(each) && below.indexOf(each) === index)
  return details.length > 0 ? `${said} (${details.join('; ')})` : said
}

/** The stack of an error, if it has one that is a text. Never throws. */
export function stackOfThrown(thrown: unknown): string | undefined {
  if (!isError(thrown)) return undefined
  return stringOf(thrown, 'stack')
}

/** The property of a thrown value, if it is a text. Never throws. */
export function stringOf(thrown: unknown, key: string): string | undefined {
  const value = read(thrown, key)
  return typeof value === 'string' ? value : undefined
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    // A proxy whose prototype cannot be read.
    return false
  }
}

function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key]
  } catch {
    return undefined
  }
}

function listOf(value: unknown): unknown[] {
  try {
    return Array.isArray(value) ? value.slice(0, 3) : []
  } catch {
    return []
  }
}

function ofValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200))
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  const message = stringOf(value, 'message')
  if (message !== undefined) return JSON.stringify(message.slice(0, 200))
  try {
    const said = String(value)
    return said === '[object Object]' ? 'an object' : said.slice(0, 200)
  } catch {
    return 'an object'
  }
}
