/** The texts of handlers that are functions, each module read once. */
import type { DeclaredExtension } from '../extensions/declared.ts'
import { withFunctionTexts } from './extension-candidate.ts'
import { FunctionTexts } from './function-text.ts'
import type { DefinitionSource } from './source.ts'

export class HandlerTexts {
  readonly #texts = new Map<DefinitionSource, FunctionTexts>()

  /** The extension with the texts that its handlers depend on. `file`: its own module, relative to the project. */
  added(declared: DeclaredExtension, source: DefinitionSource, file?: string): DeclaredExtension {
    if (source.kind === 'yaml') return declared
    const texts = this.#texts.get(source) ?? new FunctionTexts(source.module)
    this.#texts.set(source, texts)
    const handlers = {
      functions: declared.handlers.flatMap(({ source }) => (source.kind === 'function' ? [source.text] : [])),
      scripts: declared.handlers.flatMap(({ source }) => (source.kind === 'inline' ? [source.text] : [])),
    }
    return withFunctionTexts(declared, texts.ofExtension(handlers, file))
  }
}
