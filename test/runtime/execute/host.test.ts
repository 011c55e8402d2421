/** Scripts on this machine itself, as inside a builder container. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Executor, runOnce } from '../../../runtime/execute/executor.ts'
import { createHostExecutor, runFlashScript } from '../../../runtime/execute/host/host.ts'
import { builderFor } from '../../../runtime/plan/builder.ts'

const test = suite('host executor')
const builder = builderFor({ suite: 'trixie', tools: [], target: 'arm64', host: 'arm64', hostPackages: [] })
let root: string
let executor: Executor

test.before.each(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "strux host's ")))
  executor = createHostExecutor({ projectRoot: root, env: { ...process.env, STRUX_TEST_HOST: 'host' } })
})
test.after.each(() => rmSync(root, { recursive: true }))

async function run(
  script: string,
  env = {},
  signal = new AbortController().signal,
  onLine?: (line: string) => void,
) {
  const lines: string[] = []
  const code = await runOnce(
    executor,
    { script, env, builder, id: 'x' },
    (stream, line) => {
      lines.push(`${stream}: ${line}`)
      onLine?.(line)
    },
    signal,
  )
  return { code, lines }
}

test('bash -c in the project, with the environment of the executor and the script’s own', async () => {
  const { code, lines } = await run(
    'echo "$0|${BASH_SOURCE[0]:-}|$PWD|$STRUX_TEST_HOST|$A"; cat; printf err >&2; exit 4',
    { A: 'b' },
  )
  assert.equal(lines.sort(), ['stderr: err', `stdout: /bin/bash||${root}|host|b`])
  assert.is(code, 4)
})

test('a script of more than 1 MiB', async () => {
  const { code, lines } = await run(
    `${`# ${'x'.repeat(1000)}\n`.repeat(1200)}echo "$0|\${BASH_SOURCE[0]:-}|$LINENO"; exit 3`,
  )
  assert.equal(lines, ['stdout: /bin/bash||1201'])
  assert.is(code, 3)
  assert.equal(readdirSync(join(root, 'dist/.strux/run')), [])
})

test('a command has a folder for what steps make in /tmp of a container, gone afterwards', async () => {
  const { lines } = await run('echo "$STRUX_SCRATCH"; mkdir -p "$STRUX_SCRATCH/rootfs/etc"')
  const folder = lines[0]!.slice('stdout: '.length)
  assert.ok(folder.startsWith(realpathSync(tmpdir())))
  assert.not(existsSync(folder))
})

test('signals count as 128+n', async () => {
  assert.is((await run('kill -TERM $$')).code, 143)
  assert.is((await run('kill -KILL $$')).code, 137)
})

test('a process left in the background does not hold the script up', async () => {
  const started = Date.now()
  const { lines } = await run('sleep 3 & echo started')
  assert.equal(lines, ['stdout: started'])
  assert.ok(Date.now() - started < 2000)
})

test('cancel ends the whole group, also what does not listen, within two seconds', async () => {
  const cancel = new AbortController()
  const reason = new Error('stop')
  let pids: number[] = []
  let started = 0
  const error = await run(
    'trap "" TERM; (trap "" TERM; sleep 1000) & echo "$$ $!"; while true; do sleep 0.1; done',
    {},
    cancel.signal,
    line => {
      pids = line.split(' ').map(Number)
      started = Date.now()
      cancel.abort(reason)
    },
  ).catch(error => error)
  assert.is(error, reason)
  assert.ok(Date.now() - started < 2000)
  assert.is(pids.length, 2)
  for (const pid of pids) await untilGone(pid)
})

test('an aborted signal starts nothing', async () => {
  const error = await run('touch ran', {}, AbortSignal.abort('before')).catch(error => error)
  assert.is(error, 'before')
  assert.equal(readdirSync(root), [])
})

test('a flash script is a file with a name and a folder of its own', async () => {
  const file = join(root, 'flash.sh')
  writeFileSync(file, '[ "$0" = "$FILE" ] && [ "$PWD" = "$FOLDER" ] && exit 6\n')
  const env = { FILE: file, FOLDER: root }
  assert.is(await runFlashScript({ file, env, cwd: root }, new AbortController().signal), 6)
  writeFileSync(file, 'sleep 1000 & echo $! >pid; wait\n')
  const cancel = new AbortController()
  setTimeout(() => cancel.abort('stop'), 100)
  assert.is(await runFlashScript({ file, env, cwd: root }, cancel.signal).catch(error => error), 'stop')
  const pid = Number(readFileSync(join(root, 'pid'), 'utf8'))
  await untilGone(pid)
})

/** Resolves when the system has forgotten the process; its first process may take a moment to collect it. */
async function untilGone(pid: number): Promise<void> {
  const end = Date.now() + 3000
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    assert.ok(Date.now() < end, `process ${pid} is still there`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test.run()
