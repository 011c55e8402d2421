/** Programs that strux starts on this machine end with it, also when it is killed: nothing is written afterwards. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/process.ts'
import { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('programs end with strux')
const HERE = { env: { STRUX_IN_CONTAINER: '1' } }
let project: TempProject

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

/** Bash that writes to a file of dist/ without end, and keeps its own number in another. */
const writer = (name: string) =>
  `echo $BASHPID >dist/${name}.pid; trap "" HUP INT TERM; while :; do echo x >>dist/${name}; sleep 0.02; done`

/** Ways to start a writer from a script. */
const WAYS: Record<string, (text: string) => string> = {
  'the script itself': text => text,
  'a process in the background': text => `(${text}) & wait`,
  'a grandchild, whose parent has ended': text => `( (${text}) & ) ; sleep 1000`,
  'one with a session of its own': text => `setsid bash -c '${text}' & wait`,
  'one with a session of its own and no environment': text =>
    `env -i PATH="$PATH" setsid bash -c '${text}' & wait`,
  'a daemon': text => `setsid bash -c '(${text}) </dev/null >/dev/null 2>&1 & '; sleep 1000`,
  'a daemon below a daemon, with another working folder': text =>
    `setsid bash -c 'setsid bash -c "cd /; cd $PWD; ${text.replaceAll('"', '\\"').replaceAll('$', '\\$')}" & ' & sleep 1000`,
}

for (const [what, start] of Object.entries(WAYS)) {
  test(what, async () => {
    project.bsp([{ id: 'w', step: 'before_bundle', run: `echo begun\n${start(writer('out'))}` }])
    const running = project.startBuild([], HERE)
    await running.until('the writer writes', () => existsSync(project.at('dist/out')))
    running.child.kill('SIGKILL')
    await running.ended
    const pid = Number(readFileSync(project.at('dist/out.pid'), 'utf8'))
    await until(`${what} has ended`, 20_000, () => !alive(pid))
    const { size } = statSync(project.at('dist/out'))
    await sleep(100)
    assert.is(statSync(project.at('dist/out')).size, size)
  })
}

test('a process that a script leaves in the background ends before the next node, as in a container', async () => {
  project.bsp([
    { id: 'a', step: 'before_bundle', run: `(${writer('out')}) >/dev/null 2>&1 &\nsleep 0.2` },
    {
      id: 'b',
      step: 'before_bundle',
      run: 'before=$(<dist/out); sleep 0.2; [ "$before" = "$(<dist/out)" ] && echo ended',
    },
  ])
  const built = await project.build([], HERE)
  assert.is(built.code, 0, built.said)
  assert.equal(built.lines('b'), ['ended'])
})

test('a flash script is asked to end, and has time for it', async () => {
  project.bsp([
    {
      id: 'f',
      step: 'flash_script',
      run: `trap "sleep 0.3; echo whole >${project.at('written')}; exit 1" TERM
echo begun >${project.at('begun')}; while :; do sleep 0.05; done`,
    },
  ])
  const running = project.start(['flash'], HERE)
  await running.until('it has begun', () => project.has('begun'))
  running.child.kill('SIGKILL')
  await running.ended
  await until('it has ended in order', 20_000, () => project.has('written'))
})

/**
 * A process that starts a program in one of the guard's ways, and waits. The program writes its number to the standard
 * output, and this process a line once the guard knows the program: a kill between the two would go unnoticed.
 */
const STARTER = (ending: string, program: string) => `
import { spawn } from 'node:child_process'
import { endingWithThisProcess } from '${join(REPOSITORY, 'runtime/state/guard.ts')}'
const options = { stdio: ['ignore', 'inherit', 'inherit'] }
endingWithThisProcess(() => spawn('/bin/bash', ['-c', ${JSON.stringify(program)}], options), '${ending}')
setTimeout(() => console.error('known'), 50)
setInterval(() => {}, 1000)`

for (const [ending, program, least] of [
  ['tree', 'trap "" TERM; (trap "" TERM; echo $BASHPID; while :; do sleep 0.1; done) & wait', 0],
  ['cleanly', 'trap "exit 0" TERM; (echo $BASHPID; sleep 1000) & wait', 0],
  ['cleanly', 'trap "" TERM; (trap "" TERM; echo $BASHPID; while :; do sleep 0.1; done) & wait', 3],
] as const) {
  test(`${ending}: a program in the session of strux, with its child: ${program.slice(0, 16)}`, async () => {
    const file = project.write('starter.mts', STARTER(ending, program))
    const starter = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const first = (stream: NodeJS.ReadableStream) =>
      new Promise<string>(resolve => stream.once('data', text => resolve(String(text))))
    try {
      const [pid] = await Promise.all([first(starter.stdout).then(Number), first(starter.stderr)])
      assert.ok(alive(pid))
      starter.kill('SIGKILL')
      const started = Date.now()
      await until('the child has ended', 20_000, () => !alive(pid))
      assert.ok(Date.now() - started >= least * 1000)
    } finally {
      // A program that still runs would hold this process.
      for (const stream of [starter.stdout, starter.stderr]) stream.destroy()
    }
  })
}

function alive(pid: number): boolean {
  try {
    // A process that nobody has collected yet has ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test.run()
