// Makes a fresh clone ready: npm packages, the compiled package, a container engine. Does nothing where all is there.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const strux = join(root, 'build/runtime/cli/main.js')
const say = text => process.stderr.write(`setup: ${text}\n`)
const time = file => (existsSync(file) ? statSync(file).mtimeMs : 0)

// npm writes this file last, so it tells whether an installation was finished.
const installed = join(root, 'node_modules/.package-lock.json')
if (time(installed) < Math.max(time(join(root, 'package-lock.json')), time(join(root, 'package.json')))) {
  say('installing npm packages')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] })
}

const { compile } = await import('./compile.mjs')
if (await compile()) say('compiled lib/ and runtime/ into build/')

const reachable = () =>
  spawnSync(process.execPath, [strux, 'builder', 'status'], { cwd: root, stdio: 'ignore' }).status === 0
if (!reachable()) {
  say('no container engine answers; trying to install and start one')
  execFileSync(process.execPath, [strux, 'doctor', '--fix'], { cwd: root, stdio: ['ignore', 2, 2] })
}
