// Makes a fresh clone ready: npm packages, the compiled package, a container engine, QEMU. Does nothing where all is there.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync, utimesSync } from 'node:fs'
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
  // Not `npm ci`: that refuses where the registry lacks optional packages of other platforms.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
  utimesSync(installed, new Date(), new Date())
}

/** Ends with a line that says what failed, not with a stack. */
function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  say(`failed: ${command} ${args.join(' ')}`)
  process.exit(1)
}

const { compile } = await import('./compile.mjs')
if (await compile()) say('compiled lib/ and runtime/ into build/')

const reachable = () =>
  spawnSync(process.execPath, [strux, 'builder', 'status'], { cwd: root, stdio: 'ignore' }).status === 0
const programs = ['qemu-system-x86_64', 'qemu-system-aarch64']
const inPath = name =>
  `${process.env.PATH}:/usr/sbin:/sbin`.split(':').some(folder => existsSync(join(folder, name)))
if (!reachable() || !programs.every(inPath)) {
  say('no container engine answers, or QEMU is missing; trying to install what is')
  run(process.execPath, [strux, 'doctor', '--fix'])
}

// Tests run the bash of some steps right here.
const ofTests = { jq: 'jq', fakeroot: 'fakeroot', debugfs: 'e2fsprogs' }
const missing = Object.entries(ofTests).filter(([program]) => !inPath(program))
if (process.argv.includes('--tests') && missing.length > 0) {
  const packages = missing.map(([, name]) => name)
  say(`installing ${packages.join(', ')}`)
  run('apt-get', ['install', '-qq', '--yes', '--no-install-recommends', ...packages])
}
