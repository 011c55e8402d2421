/**
 * The author's modules as syntax trees. ts-morph takes half a second to load and is needed only for
 * diagnostics, so nothing here imports it before `openSources` is called.
 */
import { join } from 'node:path'
import type { Node, SourceFile } from 'ts-morph'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { projectPath, type SourceModule } from './compile.ts'

export type TsMorph = typeof import('ts-morph')

export interface Sources {
  readonly morph: TsMorph
  readonly entry: SourceFile
  /** The position of a node. `length` ends at the end of the node's first line. */
  place(node: Node): Pick<Diagnostic, 'file' | 'line' | 'column' | 'length'>
}

export async function openSources(module: SourceModule): Promise<Sources> {
  const morph = await import('ts-morph')
  const { ts, Project } = morph
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
    compilerOptions: {
      allowJs: true,
      noLib: true,
      types: [],
      resolveJsonModule: true,
      allowImportingTsExtensions: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    },
    // Resolve imports as the compiler did.
    resolutionHost: () => ({
      resolveModuleNames: (names, from) => names.map(name => resolved(name, from)),
    }),
  })
  const imports = new Map(module.inputs.map(input => [input.file, input.imports]))
  const resolved = (name: string, from: string) => {
    const file = imports.get(projectPath(module.root, from))?.[name]
    if (file === undefined) return undefined
    const extension = /\.d\.[cm]?ts$|\.[a-z]+$/.exec(file)?.[0] as typeof ts.Extension.Ts
    return { resolvedFileName: join(module.root, file), extension, isExternalLibraryImport: false }
  }
  for (const { file } of module.inputs) project.addSourceFileAtPathIfExists(join(module.root, file))
  return {
    morph,
    entry: project.getSourceFileOrThrow(join(module.root, module.entry)),
    place(node) {
      const source = node.getSourceFile()
      const { line, column } = source.getLineAndColumnAtPos(node.getStart())
      const length = node.getText().split(/\r?\n/, 1)[0]!.length
      return { file: projectPath(module.root, source.getFilePath()), line, column, length }
    },
  }
}

/** The expression that the module exports by default, directly or by re-export; undefined if there is none. */
export function defaultExport({ entry, morph: { Node } }: Sources): Node | undefined {
  const exported = entry.getDefaultExportSymbol()
  const symbol = exported?.isAlias() ? (exported.getAliasedSymbol() ?? exported) : exported
  const declaration = symbol?.getDeclarations()[0]
  if (Node.isExportAssignment(declaration)) return declaration.getExpression()
  if (Node.isVariableDeclaration(declaration)) return declaration.getInitializer() ?? declaration
  return declaration
}
