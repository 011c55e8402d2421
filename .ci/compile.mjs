// Compiles the package into build/: lib/ module by module with declarations, runtime/ as one bundle with lazy parts.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'build/.stamp')

/** True where build/ is newer than everything it is made of. */
function upToDate() {
  if (!existsSync(stamp)) return false
  const made = statSync(stamp).mtimeMs
  const sources = ['lib', 'runtime'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true }).map(name => join(root, folder, name)),
  )
  const settings = ['package.json', 'tsconfig.build.json', '.ci/compile.mjs'].map(name => join(root, name))
  return [...sources, ...settings].every(file => statSync(file).mtimeMs < made)
}

/** The licences of the packages whose code is in the bundle. */
function licenses(inputs) {
  const folders = inputs.map(file => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean)
  return [...new Set(folders)]
    .sort()
    .map(folder => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      const file = readdirSync(join(root, folder)).find(each => /^licen[cs]e/i.test(each))
      const text = file ? readFileSync(join(root, folder, file), 'utf8') : license
      return `${name} ${version}\n\n${text.trim()}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** Compiles where build/ is out of date. Made beside it and put in place at the end: whoever runs it finds old or new. */
export async function compile() {
  if (upToDate()) return false
  const draft = join(root, `node_modules/.build-${process.pid}`)
  try {
    await compileInto(draft)
    rmSync(join(root, 'build'), { recursive: true, force: true })
    renameSync(draft, join(root, 'build'))
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return true
}

/**
 * Puts everything that a build loads into one file. By itself, esbuild makes a file for each combination of lazy parts
 * that share a module: 40 files to find and read at every start. A lazy part that imports the whole engine shares all
 * of it. The import costs nothing, because the engine is loaded before any lazy part.
 */
const oneFileForTheEngine = {
  name: 'one file for the engine',
  setup(build) {
    const engine = join(root, 'runtime/engine.ts')
    const lazyParts = lazyModules(join(root, 'runtime'))
    build.onLoad({ filter: /\/runtime\/.*\.ts$/ }, ({ path }) => {
      if (!lazyParts.has(path)) return undefined
      return { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(engine)}`, loader: 'ts' }
    })
  },
}

/** The modules that others load with `await import('…')`. */
function lazyModules(folder) {
  const files = readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.ts'))
  return new Set(
    files.flatMap(name => {
      const file = join(folder, name)
      const calls = readFileSync(file, 'utf8').matchAll(/\bimport\('(\.[^']+)'\)/g)
      return [...calls].map(([, path]) => join(dirname(file), path))
    }),
  )
}

async function compileInto(folder) {
  const { build } = await import('esbuild')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const projects = [
    ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'lib')],
    ['-p', 'runtime/tsconfig.json', '--outDir', folder],
  ]
  for (const project of projects)
    execFileSync(process.execPath, [tsc, ...project], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: { 'cli/main': 'runtime/cli/main.ts', engine: 'runtime/engine.ts' },
    outdir: join(folder, 'runtime'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Half the text to read at every start; names stay, for the stacks that --verbose shows.
    minifyWhitespace: true,
    minifySyntax: true,
    // Left to Node: what has files of its own beside its code, and what is loaded only now and then.
    external: ['esbuild', 'ts-morph', 'dockerode', 'execa'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [oneFileForTheEngine],
    logLevel: 'warning',
  })
  chmodSync(join(folder, 'runtime/cli/main.js'), 0o755)
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licenses(Object.keys(metafile.inputs)))
  writeFileSync(join(folder, '.stamp'), '')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compile()
