/** Whose the files are after a build by a user who is not root. Needs a container engine, and root to become that user. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { containersOf, TestProject, until } from './project.ts'

const test = suite('ownership')
const CHILD = join(import.meta.dirname, 'child.ts')
const UID = 12345
let root: string

test.before(async () => {
  assert.is(process.getuid?.(), 0, 'these tests become another user, which takes root')
  const project = new TestProject()
  await project.run('true')
  await project.remove()
})

test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'strux-owner-'))
  chmodSync(root, 0o755)
  chownSync(root, UID, UID)
  writeFileSync(join(root, 'roots.txt'), 'root')
  writeFileSync(join(root, 'callers.txt'), 'caller')
  chownSync(join(root, 'callers.txt'), UID, UID)
  writeFileSync(`${root}-outside`, 'outside')
})
test.after.each(() => {
  rmSync(root, { recursive: true, force: true })
  rmSync(`${root}-outside`, { force: true })
  rmSync(`${root}-order`, { force: true })
})

/** Everything that root owns in the project, relative to it. */
function rootOwned(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    const own = lstatSync(path).uid === 0 ? [path.slice(root.length + 1)] : []
    return entry.isDirectory() ? [...own, ...rootOwned(path)] : own
  })
}

function start(order: object) {
  // Access to the engine is what its socket's group gives.
  const gid = statSync('/var/run/docker.sock').gid
  writeFileSync(`${root}-order`, JSON.stringify({ root, ...order }))
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, `${root}-order`], {
    uid: UID,
    gid,
    cwd: import.meta.dirname,
    env: { ...process.env, HOME: root },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', chunk => {
    text += chunk
  })
  const ended = new Promise<string>(resolve => child.on('close', () => resolve(text)))
  return { child, ended, said: (words: string) => text.includes(words) }
}

const MAKE_FILES = `mkdir -p dist/cache/deep src && echo x >dist/cache/deep/file && echo x >new.txt && echo x >src/new.txt
  ln -s ../../roots.txt dist/cache/link && ln -s /etc/passwd dist/absolute && mkfifo dist/pipe
  echo more >>roots.txt && echo more >>callers.txt && chmod 600 dist/cache/deep/file
`

function assertClaimed(): void {
  assert.equal(rootOwned(), ['roots.txt'])
  assert.is(lstatSync(join(root, 'dist/cache/deep/file')).uid, UID)
  assert.is(lstatSync(join(root, 'src/new.txt')).uid, UID)
  assert.is(statSync('/etc/passwd').uid, 0)
  assert.equal(
    readdirSync(join(root, 'dist/.strux')).filter(name => name.startsWith('unclaimed')),
    [],
  )
}

test('after success', async () => {
  assert.match(await start({ script: MAKE_FILES }).ended, 'code: 0')
  assertClaimed()
})

test('after failure', async () => {
  assert.match(await start({ script: `${MAKE_FILES} exit 4` }).ended, 'code: 4')
  assertClaimed()
})

test('after cancel', async () => {
  const text = await start({ script: `${MAKE_FILES} echo ready; sleep 1000`, cancelAfter: 10 }).ended
  assert.match(text, 'error: cancelled')
  assertClaimed()
})

test('after kill -9: the next build repairs first', async () => {
  const killed = start({ script: `${MAKE_FILES} echo ready; sleep 1000` })
  await until('the script runs', 60_000, () => killed.said('line: ready'))
  killed.child.kill('SIGKILL')
  await killed.ended
  await until('no container', 5000, async () => (await containersOf(root)).length === 0)
  assert.ok(rootOwned().includes('dist/cache/deep/file'))
  assert.ok(rootOwned().includes('new.txt'))
  // What root itself makes in the meantime stays root's only where it is older than the killed build.
  const text = await start({ script: 'stat -c "%u %n" dist/cache/deep/file new.txt roots.txt' }).ended
  assert.match(text, `line: ${UID} dist/cache/deep/file`)
  assert.match(text, `line: ${UID} new.txt`)
  assert.match(text, 'line: 0 roots.txt')
  assertClaimed()
})

test('a dist folder that root made earlier is no obstacle', async () => {
  mkdirSync(join(root, 'dist/.strux'), { recursive: true })
  writeFileSync(join(root, 'dist/old'), 'old')
  assert.match(await start({ script: MAKE_FILES }).ended, 'code: 0')
  assertClaimed()
})

test('a file that appears under a name with a line end and blanks', async () => {
  assert.match(await start({ script: `mkdir dist -p; touch $'a b\\n c.txt' $'dist/x\\ny'` }).ended, 'code: 0')
  assert.equal(rootOwned(), ['roots.txt'])
})

test('no symlink is followed out of the project', async () => {
  mkdirSync(join(root, 'dist'))
  chownSync(join(root, 'dist'), UID, UID)
  symlinkSync(`${root}-outside`, join(root, 'dist/way-out'))
  assert.match(await start({ script: 'ln -s /project/roots.txt dist/link; true' }).ended, 'code: 0')
  assert.is(statSync(`${root}-outside`).uid, 0)
  assert.is(lstatSync(join(root, 'dist/way-out')).uid, UID)
  assert.equal(rootOwned(), ['roots.txt'])
})

test('a long script leaves nothing behind', async () => {
  assert.match(await start({ script: `${'# filler\n'.repeat(30_000)}touch dist/x` }).ended, 'code: 0')
  assert.ok(existsSync(join(root, 'dist/x')))
  assert.equal(rootOwned(), ['roots.txt'])
})

test.run()
