/** Code of authors shares the process with strux: it cannot end it, hold it, or write into its output. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMIT_VARIABLE } from '../../runtime/authored/guard.ts'
import { diagnose, loadBsp, loadProject } from '../../runtime/load/project.ts'
import { project, summary, whole } from '../runtime/load/temp-project.ts'
import { strux } from '../support/run-cli.ts'

const test = suite('definitions cannot end the command')

const BSP = 'bsp/qemu/bsp.ts'

/** The definition has the code before it, in line 1. */
async function said(code: string, more = '', files: Readonly<Record<string, string>> = {}) {
  const root = project({ [BSP]: whole(more, code), ...files })
  const loaded = await loadBsp(await loadProject(root), 'qemu')
  const diagnostics = await diagnose(loaded)
  return { diagnostics, lines: summary(root, diagnostics).map(line => line.trim()) }
}

/** Column of the code in line 1. */
const START = whole('').split('\n')[0]!.length + 1

async function withLimit<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  process.env[LIMIT_VARIABLE] = String(seconds)
  try {
    return await work()
  } finally {
    delete process.env[LIMIT_VARIABLE]
  }
}

const ENDS = {
  'process.exit(0)': 8,
  'process.exit()': 8,
  'process.abort()': 8,
  'process.kill(process.pid)': 8,
  "process.kill(0, 'SIGTERM')": 8,
  'try { process.exit(0) } catch {}': 14,
  'process.nextTick(() => process.exit(0))': 31,
}
for (const [code, column] of Object.entries(ENDS)) {
  test(`${code} is an error at its place`, async () => {
    const { lines } = await said(code)
    assert.equal(lines, [`process_ended ${BSP}:1:${START + column}`])
  })
}

test('what is left behind in the process is an error, and put back', async () => {
  const before = [process.cwd(), process.exitCode, process.env.NO_COLOR]
  for (const code of ['process.exitCode = 3', "process.chdir('/')", "process.env.NO_COLOR = 'x'"]) {
    const { lines } = await said(code)
    assert.is(lines.length, 1, code)
    assert.match(lines[0]!, `process_changed ${BSP}:1:`)
    assert.equal([process.cwd(), process.exitCode, process.env.NO_COLOR], before)
  }
  // Variables of the author's own, as dotenv sets them, are there for the next definition.
  assert.equal((await said("process.env.MY_OWN_VARIABLE = 'x'")).lines, [])
  assert.is(process.env.MY_OWN_VARIABLE, 'x')
  delete process.env.MY_OWN_VARIABLE
})

test('errors that nobody waits for', async () => {
  const { lines, diagnostics } = await said("Promise.reject(new Error('lost'))")
  assert.equal(lines, [`unhandled_rejection ${BSP}:1:${START + 15}`])
  assert.match(diagnostics[0]!.message, 'lost')
  assert.equal((await said("queueMicrotask(() => { throw new Error('micro') })")).lines, [
    `evaluation_error ${BSP}:1:${START + 29}`,
  ])
  assert.equal((await said("Promise.reject(new Error('seen')).catch(() => {})")).lines, [])
  assert.equal((await said('Promise.reject(undefined)')).lines, [`unhandled_rejection ${BSP}:1:1`])
})

test('a loop, a wait and a process without an end, each at its place', async () => {
  await withLimit(0.3, async () => {
    const cases = {
      'for (;;) {}': 0,
      'await null; while (true) Math.random()': 12,
      "import { execSync } from 'node:child_process'; execSync('sleep 60')": 47,
      '/^(a+)+$/.test(`${"a".repeat(40)}b`)': 10,
      'setInterval(() => {}, 50).unref(); setTimeout(() => {}, 3000); await new Promise(() => {})': 63,
    }
    for (const [code, column] of Object.entries(cases)) {
      const { lines, diagnostics } = await said(code)
      assert.is(lines.length, 1, code)
      assert.match(lines[0]!, `evaluation_unfinished ${BSP}:1:${START + column}`)
      assert.match(diagnostics[0]!.hint!, LIMIT_VARIABLE)
    }
    const getter = await said('', 'get boot() { for (;;) {} },')
    assert.equal(getter.lines, [`evaluation_unfinished ${BSP}:4:14`])
  })
})

test('handlers of extensions run under the same rules', async () => {
  const extension = (code: string) => ({
    'extensions/mine.ts': `import { defineExtension } from 'strux-bsp'
export default defineExtension({ name: 'mine', hooks: {
  extension_prepare_config: draft => { void draft; ${code} },
} })`,
  })
  const cases = {
    'process.exit(0)': 'process_ended',
    'for (;;) {}': 'evaluation_unfinished',
    'process.exitCode = 4': 'process_changed',
    'throw null': 'handler_failed',
    'throw { toString() { throw 1 } }': 'handler_failed',
    "Object.defineProperty(draft.bsp, 'name', { enumerable: true, get() { throw new Error('x') } })":
      'not_data',
    'draft.bsp = draft.bsp.boot = draft.bsp as never': 'not_data',
  }
  await withLimit(0.3, async () => {
    for (const [code, expected] of Object.entries(cases)) {
      const { diagnostics } = await said('', "extensions: ['mine'],", extension(code))
      assert.is(diagnostics[0]?.code, expected, code)
      assert.is(diagnostics[0]!.file, 'extensions/mine.ts')
    }
  })
})

test('the command: exit code 1, output of definitions on standard error, no stack', async () => {
  const root = project({
    [BSP]: whole(
      '',
      "console.log('a line'); process.stdout.write('more'); process.on('exit', () => { process.exitCode = 7; throw 1 })",
    ),
  })
  const fine = await strux(root, 'plan', '--json')
  assert.is(fine.exitCode, 0, fine.stderr)
  assert.is(JSON.parse(fine.stdout).bsp, 'qemu')
  assert.match(fine.stderr, /a line\nmore/)
  const never = project({ [BSP]: whole('', 'await new Promise(() => {})') })
  const { exitCode, stdout, stderr } = await strux(never, 'check', '--json')
  assert.is(exitCode, 1)
  const [found] = JSON.parse(stdout).diagnostics
  assert.equal([found.code, found.file, found.line], ['evaluation_unfinished', BSP, 1])
  assert.is(stderr, '')
})

test('an error in a timer ends the command with its place, whatever the command does', async () => {
  const root = project({
    [BSP]: whole('', "setTimeout(() => { throw new Error('too late') }, 1)"),
    'bsp/second/bsp.ts': whole('', 'await new Promise(resolve => setTimeout(resolve, 300))'),
  })
  // The second definition is still evaluated when the timer of the first fires.
  const { exitCode, stderr, stdout } = await strux(root, 'check')
  assert.is(exitCode, 1)
  assert.match(stderr + stdout, /too late/)
  assert.not.match(stderr, /\n +at /)
})

test.run()
