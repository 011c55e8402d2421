/** The commands of a step, run by real shells of this machine. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createHostExecutor } from '../../../runtime/execute/host/host.ts'
import type { Plan, ScriptNode, StepNode } from '../../../runtime/model/plan.ts'
import type { StepBody, StepCommand } from '../../../runtime/plan/body.ts'
import type { BuildEvent } from '../../../runtime/report/events.ts'
import type { CommandContext } from '../../../runtime/run/command-context.ts'
import { runScript } from '../../../runtime/run/commands.ts'
import { runStep } from '../../../runtime/run/step-commands.ts'

const test = suite('commands of a step')
const root = mkdtempSync(join(tmpdir(), 'strux-commands-'))
test.after(() => rmSync(root, { recursive: true, force: true }))

const NODE = { kind: 'step', id: 'step', step: 'step', env: { FROM_STEP: 'yes' } } as unknown as StepNode
const guest = (at: string, text: string, sets: readonly string[] = []) =>
  ({
    ...{ kind: 'script', id: `guest at ${at}`, inside: 'step', at, runs_in: 'session', sets },
    ...{ env: {}, source: { kind: 'inline', text } },
  }) as unknown as ScriptNode

interface Ran {
  readonly lines: readonly string[]
  readonly error?: unknown
}

async function runs(
  commands: readonly StepCommand[],
  { library = '', guests = [] as ScriptNode[], signal = new AbortController().signal } = {},
): Promise<Ran> {
  const lines: string[] = []
  const place: CommandContext = {
    root,
    plan: { bsp: 'demo', nodes: [NODE, ...guests] } as unknown as Plan,
    pipeline: { steps: [], bodies: {}, vocabularies: [] },
    executor: createHostExecutor({ projectRoot: root, env: process.env }),
    report: (event: BuildEvent) => {
      if (event.type === 'node_output') lines.push(event.line)
    },
    signal,
  }
  const body: StepBody = { source: '', library, commands: () => commands }
  try {
    await runStep(
      NODE,
      body,
      async (at, inside) => {
        for (const each of guests) if (each.at === at) await runScript(each, place, await inside())
      },
      place,
    )
    return { lines }
  } catch (error) {
    return { lines, error }
  }
}

const command = (script: string, more = {}): StepCommand => ({ kind: 'run', script, ...more })
const point = (at: string, more = {}): StepCommand => ({ kind: 'point', at, ...more })

test('commands run in one shell, unless a handler works between them', async () => {
  const commands = [command('echo $$'), point('middle'), command('echo $$')]
  const [first, second] = (await runs(commands)).lines
  assert.is(first, second)
  const { lines } = await runs(commands, { guests: [guest('middle', 'echo handler')] })
  assert.is(lines.length, 3)
  assert.is(lines[1], 'handler')
  assert.is.not(lines[0], lines[2])
})

test('every shell begins with the library', async () => {
  const { lines } = await runs([command('say one'), point('middle'), command('say two')], {
    library: 'say() { echo "said $1"; }',
    guests: [guest('middle', 'type say >/dev/null 2>&1 || echo none')],
  })
  assert.equal(lines, ['said one', 'none', 'said two'])
})

test('variables that a command publishes and a handler sets or unsets reach what follows', async () => {
  const commands = [
    command('kept="a b" gone=1 mine=1; declare -A map=([k]=v); strux_publish kept gone map; kept=later'),
    point('middle', { env: { WHEN: 'now' } }),
    command('echo "$kept,${gone-unset},${mine-unset},${map[k]},${WHEN-unset}"'),
  ]
  const { lines } = await runs(commands, {
    guests: [guest('middle', 'echo "$WHEN $FROM_STEP $kept"; unset gone; map[k]=w', ['gone', 'map'])],
  })
  assert.equal(lines, ['now yes a b', 'a b,unset,unset,w,unset'])
})

test('a point with a condition is reached only if the condition holds then', async () => {
  const at = (value: string) =>
    runs(
      [command(`chosen=${value}; strux_publish chosen`), point('middle', { when: '[ "$chosen" = yes ]' })],
      {
        guests: [guest('middle', 'echo handler')],
      },
    )
  assert.equal((await at('yes')).lines, ['handler'])
  assert.equal((await at('no')).lines, [])
})

test('a command that always runs follows success and failure, and the failure is what is told', async () => {
  const cleanup = command('echo cleaned', { always: true })
  assert.equal((await runs([cleanup, command('echo work')])).lines, ['work', 'cleaned'])
  const failed = await runs([command('echo work; exit 3'), cleanup, command('echo never')])
  assert.equal(failed.lines, ['work', 'cleaned'])
  assert.match(String(failed.error), 'step failed with exit code 3')
  const twice = await runs([command('exit 3'), command('exit 4', { always: true })])
  assert.match(String(twice.error), 'exit code 3')
  assert.match(String((await runs([command('exit 4', { always: true }), command(':')])).error), 'exit code 4')
})

test('a cancelled step cleans up', async () => {
  mkdirSync(join(root, 'made'), { recursive: true })
  const controller = new AbortController()
  const started = runs(
    [command('touch made/started; sleep 60'), command('echo cleaned >made/cleaned', { always: true })],
    { signal: controller.signal },
  )
  while (!existsSync(join(root, 'made/started'))) await new Promise(resolve => setTimeout(resolve, 20))
  controller.abort(new Error('enough'))
  assert.match(String((await started).error), 'enough')
  assert.is(readFileSync(join(root, 'made/cleaned'), 'utf8'), 'cleaned\n')
})

test.run()
