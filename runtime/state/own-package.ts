/** The running copy of this package: where it lies, its version, and the modules that it exports to authors. */
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

/** Found by walking up, since the running code is a file of `runtime/` or one of `build/runtime/`. */
function self(): Self {
  if (found) return found
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'))
    if (manifest?.name === NAME) {
      found = { root: folder, manifest }
      return found
    }
    if (dirname(folder) === folder) throw new Error(`the package.json of ${NAME} is gone`)
  }
}

function readManifest(file: string): SelfManifest | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SelfManifest
  } catch {
    return undefined
  }
}

/** The folder of the running copy, which also holds what it copies to projects. */
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
 * The file that an import of this package means: always the running copy, so that a definition never meets a runtime of
 * another version. Undefined where the package has no such export.
 */
export function selfModule(specifier: string): string | undefined {
  const { root, manifest } = self()
  const target = manifest.exports[`.${specifier.slice(NAME.length)}`]
  if (target === undefined) return undefined
  const file = typeof target === 'string' ? target : target.default
  // A source run (tests, development) has no build/: the same module then is the TypeScript file.
  const fromSource = import.meta.url.endsWith('.ts') && file.startsWith('./build/')
  return join(root, fromSource ? file.replace('./build/', './').replace(/\.js$/, '.ts') : file)
}

/** Exports as an author would write them: `strux-bsp`, `strux-bsp/schema`. */
export function selfSpecifiers(): string[] {
  const modules = Object.keys(self().manifest.exports).filter(key => !key.endsWith('.json'))
  return modules.map(key => NAME + key.slice(1))
}

let esbuild: string | undefined

/** Read from its package.json, because loading esbuild to ask costs more than a whole warm load. */
export function esbuildVersion(): string {
  esbuild ??= (createRequire(import.meta.url)('esbuild/package.json') as { version: string }).version
  return esbuild
}
