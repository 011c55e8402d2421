/**
 * What Node gives to CommonJS files, for those that are bundled: `__dirname`, `__filename`, `require.resolve`, calls of
 * `require` with a computed name, `module.filename`. `require` of a literal is left to the compiler, which bundles the
 * file. All additions are on the first line, so that line numbers stay the same.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Values of `define` of esbuild. Nothing that strux runs is the main module. */
export const COMMON_JS_DEFINES = {
  'require.main': 'undefined',
  'require.resolve': '__strux_require.resolve',
  'require.cache': '__strux_require.cache',
  'require.extensions': '__strux_require.extensions',
}

const NAMES =
  /\b(__dirname|__filename|require\s*\.|require\s*\(\s*[^\s'"`)]|module\s*\.\s*(id|filename|path|paths|require)\b)/

/** The text of the file with the names that it uses; unchanged for an ES module, or if it uses none. */
export function withNames(text: string, path: string): string {
  if (!NAMES.test(text) || !isCommonJs(text, path)) return text
  const name = JSON.stringify(path)
  const declared = [
    `__filename = ${name}`,
    `__dirname = ${JSON.stringify(dirname(path))}`,
    `__strux_require = require('node:module').createRequire(${name})`,
  ]
  const facts = `module.id = module.filename = __filename; module.path = __dirname; module.paths = __strux_require.resolve.paths('x'); module.require = __strux_require;`
  const usesModule = /\bmodule\s*\.\s*(id|filename|path|paths|require)\b/.test(text)
  const called = text.replaceAll(/(?<![.\w$])require(\s*\(\s*[^\s'"`)])/g, '__strux_require$1')
  // A first line with `#!` has to stay the first.
  const first = called.startsWith('#!') ? '//' : ''
  return `var ${declared.join(', ')}; ${usesModule ? facts : ''} ${first}${called}`
}

/** As Node decides it: by the file's extension, the nearest package.json, and where that says nothing, the syntax. */
function isCommonJs(text: string, path: string): boolean {
  if (/\.c[jt]s$/.test(path)) return true
  if (!/\.jsx?$/.test(path)) return false
  return packageType(dirname(path)) !== 'module' && !hasModuleSyntax(text)
}

function packageType(start: string): unknown {
  for (let folder = start; ; folder = dirname(folder)) {
    try {
      return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: unknown }).type
    } catch {
      // None here.
    }
    if (dirname(folder) === folder || basename(folder) === 'node_modules') return undefined
  }
}

/** Whether the file imports or exports, outside of comments and texts. */
function hasModuleSyntax(text: string): boolean {
  const code = text.replaceAll(
    /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
    match => (match.startsWith('/') ? '' : "''"),
  )
  return /(?:^|[;}\n])\s*(?:import(?!\s*[(.])|export)\b|\bimport\s*\.\s*meta\b/.test(code)
}
