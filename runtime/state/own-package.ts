/** The running copy of this package: its folder, its version, and the modules that it exports to authors. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAME = 'strux-bsp'

interface SelfManifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

interface Self {
  readonly root: string
  readonly manifest: SelfManifest
}

let found: Self | undefined

/** Found by walking up, because the running code lies in `runtime/` or in `build/runtime/`. */
function self(): Self {
  if (found) return found
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'))
    if (manifest?.name === NAME) {
      found = { root: folder, manifest }
      return found
    }
    if (dirname(folder) === folder) throw new Error(`the package.json of ${NAME} was not found`)
  }
}

function readManifest(file: string): SelfManifest | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SelfManifest
  } catch {
    return undefined
  }
}

/** The folder of the running copy, which also holds the files that it copies to projects. */
export function packageRoot(): string {
  return self().root
}

export function selfVersion(): string {
  return self().manifest.version
}

/** True for `strux-bsp` and `strux-bsp/…`. */
export function isSelf(specifier: string): boolean {
  return specifier === NAME || specifier.startsWith(`${NAME}/`)
}

/**
 * The file for an import of this package: always in the running copy, so that a definition never meets a
 * runtime of another version. Undefined if the package has no such export.
 */
export function selfModule(specifier: string): string | undefined {
  const { root, manifest } = self()
  const target = manifest.exports[`.${specifier.slice(NAME.length)}`]
  if (target === undefined) return undefined
  const file = typeof target === 'string' ? target : target.default
  // When running from source (tests, development) there is no build/: use the TypeScript file instead.
  const fromSource = import.meta.url.endsWith('.ts') && file.startsWith('./build/')
  return join(root, fromSource ? file.replace('./build/', './').replace(/\.js$/, '.ts') : file)
}

/** Exports as an author would write them: `strux-bsp`, `strux-bsp/schema`. */
export function selfSpecifiers(): string[] {
  const modules = Object.keys(self().manifest.exports).filter(key => !key.endsWith('.json'))
  return modules.map(key => NAME + key.slice(1))
}

let esbuild: string | undefined

/** Read from its package.json, because loading esbuild takes longer than a whole warm load. */
export function esbuildVersion(): string {
  esbuild ??= (createRequire(import.meta.url)('esbuild/package.json') as { version: string }).version
  return esbuild
}
