/**
 * The order of the handlers of one hook, whatever extension they are from.
 *
 * Extensions in TypeScript: by `order`, then by name. A handler under an alias counts as one of the hook.
 *
 * Bash files follow the original. Source: facts about extension hooks, "Ordering rule" and "Aliases".
 *
 *   - A number at the start of the name (`033_x`) is the order; without one it is 500.
 *   - Equal orders: the byte order of the whole key, which is the name with its number, else `500_` and the name. So
 *     `033_x` comes before `33_y`, and `Zed` before `500_aaa` before `abc`.
 *   - A handler under an alias of the hook comes after all handlers under the hook's own name, whatever its number.
 *
 * The key of a handler in TypeScript is ORDER_NAME, so that both kinds mix.
 */

export interface HandlerOrder {
  /** 0 under the hook's own name; for a bash handler under an alias, the alias's position from 1. */
  readonly rank: number
  readonly order: number
  /** Compared byte by byte. */
  readonly key: string
}

/** The order that handlers in TypeScript have by default. */
export const DEFAULT_ORDER = 500

/** The order of a handler in TypeScript. */
export function ownOrder(name: string, order: number): HandlerOrder {
  return { rank: 0, order, key: `${order}_${name}` }
}

/** The order of a bash handler: `name` is the part after `HOOK__`. */
export function bashOrder(name: string, calledAs: string, aliases: readonly string[] = []): HandlerOrder {
  const key = /^\d/.test(name) ? name : `${DEFAULT_ORDER}_${name}`
  return { rank: aliases.indexOf(calledAs) + 1, order: leadingNumber(key), key }
}

/** As the C library reads numbers: decimal, with an exponent (`1e3_x`), or hexadecimal (`0x10_x`). */
function leadingNumber(key: string): number {
  const hexadecimal = /^0[xX]([0-9a-fA-F]+)/.exec(key)
  if (hexadecimal) return Number.parseInt(hexadecimal[1]!, 16)
  return Number(/^\d+(?:[eE]\d+)?/.exec(key)![0])
}

export function compareOrder(a: HandlerOrder, b: HandlerOrder): number {
  return a.rank - b.rank || a.order - b.order || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))
}
