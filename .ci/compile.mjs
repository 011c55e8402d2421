// Compiles the package into build/: lib/ module by module with declarations, runtime/ as one bundle with lazy parts.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
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
  return [...sources, join(root, 'package.json'), join(root, 'tsconfig.build.json')].every(
    file => statSync(file).mtimeMs < made,
  )
}

export async function compile() {
  if (upToDate()) return false
  const { build } = await import('esbuild')
  rmSync(join(root, 'build'), { recursive: true, force: true })
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  await build({
    absWorkingDir: root,
    entryPoints: { 'cli/main': 'runtime/cli/main.ts' },
    outdir: 'build/runtime',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Left to Node: what has files of its own beside its code, and what is loaded only now and then.
    external: ['esbuild', 'ts-morph', 'dockerode', 'execa'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  chmodSync(join(root, 'build/runtime/cli/main.js'), 0o755)
  writeFileSync(stamp, '')
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compile()
