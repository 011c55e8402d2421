/**
 * Takes the data out of what a definition exports. Afterwards no code of the author runs any more: getters and proxies
 * have been read, once, and what cannot be read is an `Unusable`. Ordinary data is returned as it is, without a copy.
 */
import { isProxy } from 'node:util/types'
import { definitionKind, isExtension } from '../../lib/definition.ts'
import { isSh } from '../../lib/sh.ts'
import { textOfThrown } from '../diagnostics/thrown.ts'
import { Unusable } from '../diagnostics/unusable.ts'
import { classComplaint, functionComplaint } from './not-data.ts'

/** No definition is nested deeper: what is would end in the recursion of something else. */
const DEEPEST = 100
/** Lists that are used many times over, each in the next one, have more values than memory. */
const MOST = 2_000_000

/** @param value of any kind; functions stay in extensions */
export function plainData(value: unknown): unknown {
  return new Reader().read(value, 0)
}

class Reader {
  readonly #above = new Set<object>()
  /** What has been read, with the number of values in it. */
  readonly #known = new Map<object, { readonly read: unknown; readonly size: number }>()
  #size = 0
  #inExtension = false

  read(value: unknown, depth: number): unknown {
    this.#size++
    if (typeof value === 'function') return this.#function(value)
    if (typeof value !== 'object' || value === null) return value
    const known = this.#known.get(value)
    if (known) {
      this.#size += known.size
      return this.#size > MOST ? tooMany() : known.read
    }
    if (this.#above.has(value)) return new Unusable('the value contains itself')
    if (depth > DEEPEST) return new Unusable(`the value is nested more than ${DEEPEST} levels deep`)
    const before = this.#size
    this.#above.add(value)
    const read = this.#object(value, depth)
    this.#above.delete(value)
    this.#known.set(value, { read, size: this.#size - before })
    return read
  }

  /** Handlers of extensions are functions, and a board that was not called is reported as such. */
  #function(value: object): unknown {
    if (!isProxy(value) && (this.#inExtension || definitionKind(value) !== undefined)) return value
    const { message, hint } = functionComplaint(value)
    return new Unusable(message, hint)
  }

  #object(value: object, depth: number): unknown {
    const wasInExtension = this.#inExtension
    try {
      this.#inExtension ||= isExtension(value)
      if (isSh(value))
        return typeof value.text === 'string' ? value : new Unusable('this is not an sh script')
      if (!Array.isArray(value)) {
        const complaint = classComplaint(value)
        if (complaint) return new Unusable(complaint.message, complaint.hint)
      }
      return this.#properties(value, depth)
    } catch (error) {
      return thrower(error)
    } finally {
      this.#inExtension = wasInExtension
    }
  }

  /** The object itself if each of its properties is data. */
  #properties(value: object, depth: number): unknown {
    const isList = Array.isArray(value)
    const names = Object.keys(value)
    if (isList && names.length < value.length)
      return new Unusable('the list has holes', 'Fill it: Array.from(list)')
    const hasOwnPrototype = isList && Object.getPrototypeOf(value) !== Array.prototype
    let isOther = isProxy(value) || hasOwnPrototype
    const parts = new Map<string, unknown>()
    for (const name of names) {
      const property = Reflect.getOwnPropertyDescriptor(value, name)
      const isRead = property !== undefined && 'value' in property
      const part = isRead ? property.value : this.#get(value, name)
      const read = this.read(part, depth + 1)
      if (this.#size > MOST) return tooMany()
      if (!isRead || read !== part) isOther = true
      parts.set(name, read)
    }
    // The marks of definitions, boards and extensions: an extension's has its options as they were written.
    const marks = new Map<symbol, unknown>()
    for (const symbol of Object.getOwnPropertySymbols(value)) {
      const mark: unknown = Reflect.getOwnPropertyDescriptor(value, symbol)?.value
      const read = this.read(mark, depth + 1)
      if (read !== mark) isOther = true
      marks.set(symbol, read)
    }
    if (!isOther) return value
    const copy: object = isList ? [] : {}
    for (const [name, part] of parts)
      Object.defineProperty(copy, name, { value: part, enumerable: true, writable: true, configurable: true })
    for (const [symbol, mark] of marks)
      Object.defineProperty(copy, symbol, { value: mark, configurable: true })
    return copy
  }

  #get(value: object, name: string): unknown {
    try {
      return (value as Record<string, unknown>)[name]
    } catch (error) {
      return thrower(error)
    }
  }
}

function thrower(error: unknown): Unusable {
  return new Unusable(`the value cannot be read: ${textOfThrown(error)}`)
}

function tooMany(): Unusable {
  return new Unusable(`there are more than ${MOST} values`)
}
