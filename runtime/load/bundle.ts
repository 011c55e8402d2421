/**
 * Bundles one entry and the workspace modules that it imports into one ESM text. Modules in node_modules are
 * left to Node, by the path that Node would resolve from the importer's folder.
 */
import { createHash } from 'node:crypto'
import { type Stats, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuildFailure, Loader, Message, Metafile, OnLoadResult, OnResolveResult, Plugin } from 'esbuild'
import { isSelf, selfModule } from '../state/own-package.ts'
import { COMMON_JS_DEFINES, withNames } from './common-js.ts'
import type { Asked } from './lookups.ts'

/** A workspace file, with its content when it was compiled. */
export interface BundledFile {
  readonly path: string
  readonly stat: Stats
  readonly sha256: string
}

export interface Bundle {
  readonly code: string
  readonly map: string
  readonly files: readonly BundledFile[]
  /** Modules left to Node, by absolute path. */
  readonly externals: readonly string[]
  /** Every import of a file or a package, with the folder it was resolved from. */
  readonly imports: readonly Asked[]
  /** The packages among them. */
  readonly packages: readonly { readonly from: string; readonly name: string }[]
  readonly metafile: Metafile
  readonly warnings: readonly Message[]
}

export type BundleResult =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly errors: readonly Message[]; readonly warnings: readonly Message[] }

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.json': 'json',
}

/** File types that Node 20 can load from node_modules without import attributes or a loader. */
const NODE_LOADS = new Set(['.js', '.mjs', '.cjs', '.node', '.wasm', ''])

/** Set on nested resolutions, so that the plugin does not handle its own requests. */
const NESTED = { struxNested: true }

/**
 * Appended to modules that use `import.meta`. Imports are hoisted, so the author's lines and columns do not
 * move.
 */
const META_IMPORT = '\n;import { meta as __strux_meta } from '
export const APPENDED = META_IMPORT.trim()

/** @param entry absolute real path; @param root absolute real path; esbuild's file names are relative to it */
export async function bundle(entry: string, root: string): Promise<BundleResult> {
  const esbuild = await import('esbuild')
  const files = new Map<string, BundledFile>()
  const externals = new Set<string>()
  const packages = new Map<string, { from: string; name: string }>()
  const imports: Asked[] = []
  try {
    const result = await esbuild.build({
      entryPoints: [entry],
      absWorkingDir: root,
      // esbuild never writes this file. Its name decides the base of relative paths in the source map.
      outfile: `${root}/module.mjs`,
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // As in Node: without the `module` condition and field that esbuild would add for bundlers.
      conditions: [],
      mainFields: ['main'],
      charset: 'utf8',
      sourcemap: 'external',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      logLimit: 0,
      define: { 'import.meta': '__strux_meta', ...COMMON_JS_DEFINES },
      plugins: [resolution(externals, packages, imports), reading(files), meta()],
    })
    const text = (suffix: string) => result.outputFiles.find(file => file.path.endsWith(suffix))?.text ?? ''
    return {
      ok: true,
      bundle: {
        code: withRequire(text('.mjs')),
        map: text('.map'),
        files: [...files.values()],
        externals: [...externals],
        imports,
        packages: [...packages.values()],
        metafile: result.metafile,
        warnings: result.warnings,
      },
    }
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    return { ok: false, errors: error.errors, warnings: error.warnings }
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors)
}

/**
 * CommonJS files of the workspace call `require`, which an ES module lacks. Appended at the end, because
 * declarations are hoisted.
 */
function withRequire(code: string): string {
  if (!code.includes('var __require =')) return code
  return `${code}
import { createRequire as __struxCreateRequire } from 'node:module';
function require(id) { return __struxCreateRequire(import.meta.url)(id); }
`
}

function inNodeModules(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path)
}

function resolution(
  externals: Set<string>,
  packages: Map<string, { from: string; name: string }>,
  imports: Asked[],
): Plugin {
  return {
    name: 'strux-resolution',
    setup(build) {
      build.onResolve(
        { filter: /.*/, namespace: 'file' },
        async (args): Promise<OnResolveResult | undefined> => {
          if (args.kind === 'entry-point' || args.pluginData === NESTED) return undefined
          if (args.path.startsWith(META_SCHEME))
            return { path: args.path.slice(META_SCHEME.length), namespace: META }
          if (isBuiltin(args.path)) return { path: args.path, external: true, sideEffects: false }
          const leave = (path: string): OnResolveResult => {
            externals.add(path)
            // Node's `require` accepts no file URLs, its `import` no Windows paths.
            return { path: args.kind.startsWith('require') ? path : pathToFileURL(path).href, external: true }
          }
          if (isSelf(args.path)) {
            const own = selfModule(args.path)
            if (own !== undefined) return leave(own)
          }
          imports.push({ from: args.resolveDir, specifier: args.path })
          const name = packageName(args.path)
          if (name !== undefined) packages.set(`${args.resolveDir}\0${name}`, { from: args.resolveDir, name })
          const { resolveDir, importer, kind, namespace } = args
          const resolved = await build.resolve(args.path, {
            resolveDir,
            importer,
            kind,
            namespace,
            with: args.with,
            pluginData: NESTED,
          })
          // esbuild's own resolution reports errors with their position, and applies the tsconfig to workspace
          // files.
          if (resolved.errors.length > 0 || resolved.external || resolved.namespace !== 'file')
            return undefined
          // `exports` of a package.json may name a path that no specifier shows.
          imports.push({ from: args.resolveDir, specifier: resolved.path })
          if (!inNodeModules(resolved.path) || !NODE_LOADS.has(extname(resolved.path))) return undefined
          return leave(resolved.path)
        },
      )
    },
  }
}

/** The package name (`@scope/name` or `name`) of an import; undefined for paths and URLs. */
function packageName(specifier: string): string | undefined {
  return /^(@[^/\\:]+\/)?[^./\\:@#][^/\\:]*(?=\/|$)/.exec(specifier)?.[0]
}

/** Reads the files itself, so that the record matches exactly what was compiled. */
function reading(files: Map<string, BundledFile>): Plugin {
  return {
    name: 'strux-reading',
    setup(build) {
      build.onLoad({ filter: /\.([cm]?[jt]s|[jt]sx|json)$/, namespace: 'file' }, async args => {
        const stat = statSync(args.path)
        const content = await readFile(args.path)
        files.set(args.path, {
          path: args.path,
          stat,
          sha256: createHash('sha256').update(content).digest('hex'),
        })
        const extension = extname(args.path)
        const loaded: OnLoadResult = {
          contents: content,
          loader: LOADERS[extension] ?? 'js',
          resolveDir: dirname(args.path),
        }
        if (extension === '.json') return loaded
        const original = content.toString('utf8')
        const text = withNames(original, args.path)
        if (text !== original) return { ...loaded, contents: text }
        if (!/\bimport\s*\.\s*meta\b/.test(text)) return loaded
        return { ...loaded, contents: `${text}${META_IMPORT}${JSON.stringify(META_SCHEME + args.path)};\n` }
      })
    },
  }
}

const META = 'strux-meta'
const META_SCHEME = `${META}:`

/** The `import.meta` of one module in the bundle: it describes the author's file, not the compiled one. */
function meta(): Plugin {
  return {
    name: 'strux-meta',
    setup(build) {
      build.onLoad({ filter: /.*/, namespace: META }, args => {
        const url = pathToFileURL(args.path).href
        const values = { url, filename: fileURLToPath(url), dirname: dirname(args.path) }
        return {
          loader: 'js',
          resolveDir: dirname(args.path),
          contents: `import { createRequire, isBuiltin } from 'node:module';
import { pathToFileURL } from 'node:url';
export const meta = {
  __proto__: null,
  ...${JSON.stringify(values)},
  resolve(id) {
    if (/^[./]|^[a-z][a-z0-9+.-]+:/i.test(id)) return new URL(id, meta.url).href;
    return isBuiltin(id) ? 'node:' + id : pathToFileURL(createRequire(meta.url).resolve(id)).href;
  },
};
`,
        }
      })
    },
  }
}
