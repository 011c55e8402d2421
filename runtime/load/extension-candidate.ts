/** Extensions that were found for a wish, before they are ordered: what they are, and whether two are the same. */
import { posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DeclaredExtension, DeclaredHandler, Locate } from '../extensions/declared.ts'
import type { EnabledExtension } from '../model/extensions.ts'
import type { ExtensionWish } from './extension-wishes.ts'

/** An extension that a wish leads to. */
export interface Candidate {
  readonly declared: DeclaredExtension
  readonly enabled: EnabledExtension
  readonly wish: ExtensionWish
  readonly locate: Locate
  /** The files of the definition that it was found in. */
  readonly files: ReadonlySet<string>
}

export function enabledAs(
  { name, description, options, on_failure }: DeclaredExtension,
  place: Pick<EnabledExtension, 'folder' | 'file' | 'kind' | 'addedBy'>,
): EnabledExtension {
  return {
    name,
    ...(description !== undefined && { description }),
    ...place,
    options,
    ...(on_failure && { on_failure }),
  }
}

/** Relative to the project: the file that an URL names, which may be copied into the project. */
export function fileIn(place: { readonly folder: string }, url: string, root: string): string {
  const path = fileURLToPath(new URL(url))
  const inside = relative(root, path).split(sep).join('/')
  const isInside = posix.dirname(inside) === place.folder
  return isInside ? inside : `${place.folder}/${posix.basename(inside)}`
}

/** The text of a package's function: the package's version stands for all that it imports. */
export function withVersion(declared: DeclaredExtension, version: string): DeclaredExtension {
  return withFunctionTexts(declared, text => `${text}\n// ${version}`)
}

export function withFunctionTexts(
  declared: DeclaredExtension,
  complete: (text: string) => string,
): DeclaredExtension {
  const handlers = declared.handlers.map(
    (handler): DeclaredHandler =>
      handler.source.kind === 'function'
        ? { ...handler, source: { ...handler.source, text: complete(handler.source.text) } }
        : handler,
  )
  return { ...declared, handlers }
}

export function withOptions(candidate: Candidate, given: Readonly<Record<string, unknown>>): Candidate {
  const { declared, enabled } = candidate
  const options = { ...enabled.options, ...given }
  return { ...candidate, declared: { ...declared, options }, enabled: { ...enabled, options } }
}

/** Whether two wishes lead to one extension: modules are evaluated for each definition that imports them. */
export function isSame(a: Candidate, b: Candidate): boolean {
  if (a.enabled.file !== undefined && a.enabled.file === b.enabled.file) return true
  const file = a.enabled.file ?? b.enabled.file
  if (file !== undefined && a.files.has(file) && b.files.has(file)) return true
  return JSON.stringify(shapeOf(a.declared)) === JSON.stringify(shapeOf(b.declared))
}

function shapeOf({ handlers }: DeclaredExtension): unknown {
  return handlers.map(({ source, ...rest }) => ({
    ...rest,
    source: source.kind === 'function' ? source.text.split('\n// ', 1)[0] : source,
  }))
}

export function twoOf(name: string, known: Candidate, other: Candidate) {
  return {
    code: 'duplicate_extension',
    message: `the extension '${name}' of ${other.wish.by} is not the one of ${known.wish.by}`,
    hint: 'rename one of them, or enable only one',
  }
}
