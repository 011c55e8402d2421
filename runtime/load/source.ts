/** Where a definition was written: two languages, one question. */

import type { YamlDocument } from '../yaml/document.ts'
import type { SourceModule } from './compile.ts'
import type { Diagnostic, Finding } from './diagnostic.ts'

interface Locator {
  /** Findings as diagnostics, in the same order. */
  locate(findings: readonly Finding[]): Promise<Diagnostic[]>
}

export interface ModuleSource extends Locator {
  readonly kind: 'module'
  readonly module: SourceModule
}

export interface YamlSource extends Locator {
  readonly kind: 'yaml'
  /** The parsed file, comments included. */
  readonly document: YamlDocument
}

export type DefinitionSource = ModuleSource | YamlSource

/** @param exported what the module exported; its lists tell how many elements a spread adds */
export function moduleSource(module: SourceModule, exported?: unknown): ModuleSource {
  return {
    kind: 'module',
    module,
    async locate(findings) {
      const { locate } = await import('./locate.ts')
      return locate(findings, module, exported)
    },
  }
}

/** @param base the keys above those of the findings: `bsp` in a bsp.yaml */
export function yamlSource(document: YamlDocument, base: readonly string[]): YamlSource {
  return {
    kind: 'yaml',
    document,
    locate: async findings => findings.map(finding => inDocument(document, finding, base)),
  }
}

export function inDocument(
  document: YamlDocument,
  { origin, at, board: _, ...said }: Finding,
  base: readonly string[],
): Diagnostic {
  // What the file says may be of any length, and some messages repeat it.
  const message = said.message.length > 500 ? `${said.message.slice(0, 499)}…` : said.message
  return { ...said, message, ...document.place([...base, ...origin.keys], at) }
}
