/** How a script runs in a container: what it sees, what comes back. Needs a container engine. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { builder, containersOf, TestProject } from './project.ts'

const test = suite('docker executor')
let project: TestProject

test.before(async () => {
  project = new TestProject()
  await project.run('true')
})
test.after(async () => {
  await project.remove()
  assert.equal(await containersOf(project.root), [])
})

test('a script is bash -c: $0, no BASH_SOURCE, no arguments, project as working directory', async () => {
  const { stdout, code } = await project.run('echo "$0|${BASH_SOURCE[0]:-}|$#|$PWD|$(id -u)"')
  assert.equal(stdout, ['/bin/bash||0|/project|0'])
  assert.is(code, 0)
})

test('its environment: what it was given, the marks of the builder, nothing of the host', async () => {
  process.env.STRUX_TEST_SECRET = 'host'
  const script = 'echo "$A"; echo "$STRUX_IN_CONTAINER $DEBIAN_FRONTEND"; echo "[${STRUX_TEST_SECRET:-}]"'
  const { stdout } = await project.run(script, { A: 'a b\'c"$d\nsecond line' })
  assert.equal(stdout, ['a b\'c"$d', 'second line', '1 noninteractive', '[]'])
})

test('standard input is empty', async () => {
  assert.equal((await project.run('cat; echo end')).stdout, ['end'])
})

test('the certificates of this machine are there and read-only', async () => {
  const { stdout } = await project.run(
    'echo "$SSL_CERT_FILE $NODE_EXTRA_CA_CERTS"; grep -c BEGIN "$SSL_CERT_FILE" >/dev/null && echo readable; (echo x >>"$SSL_CERT_FILE") 2>/dev/null || echo protected',
  )
  const path = '/run/strux-host/ca-certificates.crt'
  assert.equal(stdout, [`${path} ${path}`, 'readable', 'protected'])
})

test('a script of more than 1 MiB keeps its $0, BASH_SOURCE and line numbers', async () => {
  const filler = `# ${'x'.repeat(1000)}\n`.repeat(1200)
  const { stdout, code } = await project.run(`${filler}echo "$0|\${BASH_SOURCE[0]:-}|$LINENO"\nexit 5`)
  assert.equal(stdout, ['/bin/bash||1201'])
  assert.is(code, 5)
  assert.equal(readdirSync(join(project.root, 'dist/.strux/run')), [])
})

test('exit codes, also of signals', async () => {
  const codes = []
  for (const script of [
    'exit 0',
    'exit 1',
    'exit 42',
    'exit 255',
    'kill -TERM $$',
    'kill -KILL $$',
    'nosuchcommand',
  ]) {
    codes.push((await project.run(script)).code)
  }
  assert.equal(codes, [0, 1, 42, 255, 143, 137, 127])
})

test('lines of both streams: CRLF, no line end at the end, bytes that are not UTF-8', async () => {
  const { stdout, stderr } = await project.run(
    "printf 'one\\r\\ntw\\303'; sleep 0.1; printf '\\266\\n\\377\\n\\nlast'; printf 'err\\nend' >&2",
  )
  assert.equal(stdout, ['one', 'twö', '\uFFFD', '', 'last'])
  assert.equal(stderr, ['err', 'end'])
})

test('much output arrives whole and in order', async () => {
  const { stdout } = await project.run('seq 1 300000')
  assert.is(stdout.length, 300_000)
  assert.ok(stdout.every((line, index) => line === String(index + 1)))
})

test('a line without an end does not fill the memory', async () => {
  const { stdout } = await project.run('head -c 20000000 /dev/zero | tr "\\0" x')
  assert.is(stdout.join('').length, 20_000_000)
  assert.ok(stdout.every(line => line.length <= 256 * 1024))
})

test('two scripts never share a container, nor processes', async () => {
  project.executor.prepare(builder)
  await project.run('touch /tmp/trace; sleep 1000 & disown; hostname')
  const { stdout } = await project.run('ls /tmp; ls -d /proc/[0-9]* | wc -l')
  assert.is(stdout.length, 1)
})

test('a process left in the background does not hold the script up', async () => {
  const started = Date.now()
  await project.run('sleep 60 & echo started')
  assert.ok(Date.now() - started < 1800, `${Date.now() - started} ms`)
})

test('orphans are collected', async () => {
  const { stdout } = await project.run(
    'for i in 1 2 3; do (sleep 0.05 &); done; sleep 0.5; grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l',
  )
  assert.equal(stdout, ['0'])
})

test('mounts, loop devices and device nodes work', async () => {
  const { code, lines } = await project.run(`set -e
    truncate -s 8M /tmp/disk.img && mke2fs -q /tmp/disk.img && mkdir /tmp/m
    mount -o loop /tmp/disk.img /tmp/m && touch /tmp/m/x && umount /tmp/m
    mknod /tmp/null c 1 3 && echo x >/tmp/null
    mount -t tmpfs none /tmp/m`)
  assert.is(code, 0, lines.join('\n'))
})

test('git works in a project that is not root’s', async () => {
  const { lines, code } = await project.run(
    'mkdir -p repo && cd repo && git init -q . && chown -R 1234:1234 . && git status --short',
  )
  assert.is(code, 0, lines.join('\n'))
})

test('a prepared container is used, and only once', async () => {
  project.executor.prepare(builder)
  await new Promise(resolve => setTimeout(resolve, 1500))
  const [spare] = await containersOf(project.root)
  let first = 0
  const started = performance.now()
  // The engine mounts files of the container's own folder.
  const own = String.raw`grep -o -m1 'containers/[0-9a-f]\{64\}' /proc/self/mountinfo`
  const { stdout } = await project.run(own, {}, undefined, () => {
    first ||= performance.now() - started
  })
  assert.is(stdout[0], `containers/${spare}`)
  const plain = performance.now()
  execFileSync('docker', ['run', '--rm', project.executor.imageId(builder)!, 'true'])
  console.log(
    `  first line after ${first.toFixed(0)} ms; docker run --rm: ${(performance.now() - plain).toFixed(0)} ms`,
  )
  assert.is.not((await project.run('cat /etc/hostname')).stdout[0], stdout[0])
})

test('a prepared container that died is replaced', async () => {
  project.executor.prepare(builder)
  await new Promise(resolve => setTimeout(resolve, 1500))
  for (const id of await containersOf(project.root)) execFileSync('docker', ['rm', '-f', id])
  assert.equal((await project.run('echo here')).stdout, ['here'])
})

test('commands run beside each other', async () => {
  const outcomes = await Promise.all(['a', 'b', 'c'].map(name => project.run(`sleep 0.2; echo ${name}`)))
  assert.equal(
    outcomes.map(({ stdout }) => stdout[0]),
    ['a', 'b', 'c'],
  )
})

test('what the engine grants is remembered', () => {
  const remembered = JSON.parse(readFileSync(join(project.root, 'dist/.strux/engine.json'), 'utf8')) as object
  assert.equal(Object.values(remembered), [project.executor.granted()])
})

test('a shell takes commands from a pipe and gives its exit code', async () => {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const terminal = {
    stdin: Readable.from([Buffer.from('echo "$NODE"; pwd; echo oops >&2; exit 3\n')]),
    stdout,
    stderr,
  }
  const code = await project.executor.shell({ builder, env: { NODE: 'x' }, id: 'x' }, terminal)
  assert.is(code, 3)
  assert.is(String(stdout.read()), 'x\n/project\n')
  assert.is(String(stderr.read()), 'oops\n')
})

test('a shell at the end of its input ends', async () => {
  const stdout = new PassThrough()
  const terminal = { stdin: Readable.from([Buffer.from('echo ls')]), stdout, stderr: new PassThrough() }
  assert.is(await project.executor.shell({ builder, env: {}, id: 'x' }, terminal), 0)
  assert.is(String(stdout.read()), 'ls\n')
})

test('a shell refuses a terminal for input alone', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const terminal = { stdin, stdout: new PassThrough(), stderr: new PassThrough() }
  try {
    await project.executor.shell({ builder, env: {}, id: 'x' }, terminal)
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, 'terminal for its output')
  }
})

test.run()
