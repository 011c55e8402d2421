/** The source of a definition, in either language. */

import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { CompiledModule } from './compile.ts'

interface Locator {
  /** Converts findings to diagnostics, in the same order. */
  locate(findings: readonly Finding[]): Promise<Diagnostic[]>
}

export interface ModuleSource extends Locator {
  readonly kind: 'module'
  readonly module: CompiledModule
}

export interface YamlSource extends Locator {
  readonly kind: 'yaml'
  /** Relative to the project. */
  readonly file: string
  /** The parsed file, comments included. */
  document(): Promise<YamlDocument>
}

export type DefinitionSource = ModuleSource | YamlSource

/** @param exported the module's export; the lengths of its lists tell how many elements a spread adds */
export function moduleSource(module: CompiledModule, exported?: unknown): ModuleSource {
  return {
    kind: 'module',
    module,
    async locate(findings) {
      const { locate } = await import('./locate.ts')
      return locate(findings, module, exported)
    },
  }
}

/** @param open parses the file, @param base the keys above those of the findings: `bsp` in a bsp.yaml */
export function yamlSource(
  file: string,
  open: () => Promise<YamlDocument>,
  base: readonly string[],
): YamlSource {
  let opened: Promise<YamlDocument> | undefined
  const document = () => (opened ??= open())
  const locate: Locator['locate'] = async findings => {
    const parsed = await document()
    return findings.map(finding => inDocument(parsed, finding, base))
  }
  return { kind: 'yaml', file, document, locate }
}

export function inDocument(
  document: YamlDocument,
  { origin, at, board: _, ...said }: Finding,
  base: readonly string[],
): Diagnostic {
  // The file's text may have any length, and some messages repeat it.
  const message = said.message.length > 500 ? `${said.message.slice(0, 499)}…` : said.message
  return { ...said, message, ...document.place([...base, ...origin.keys], at) }
}
