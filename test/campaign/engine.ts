/** Engines that stop, hang, or lose a container, in front of a real one that goes on. */
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineProxy } from '../support/engine-proxy.ts'
import type { Result, Running } from '../support/process.ts'
import { TempProject } from '../support/project.ts'
import { expect, expectPlainWords, type Trial } from './trial.ts'

/** A build whose engine is in trouble has to end within: ms. */
const PATIENCE = 75_000

async function behindProxy(
  trouble: (proxy: EngineProxy, running: Running, project: TempProject) => Promise<void> | void,
  expected: (result: Result) => void,
  options: { readonly wait?: boolean } = {},
): Promise<void> {
  const project = new TempProject()
  const proxy = new EngineProxy()
  await proxy.open()
  try {
    const run =
      'echo running; for ((i = 0; i < 3000; i++)); do [ ! -e dist/go ] || break; sleep 0.1; done; echo made >"$BSP_CACHE_DIR/a"'
    project.bsp([{ id: 'work', step: 'before_bundle', run, cached_generated_artifacts: ['cache/a'] }])
    const env = { DOCKER_HOST: proxy.address }
    const running = project.startBuild(['--only', 'work'], { env, timeout: PATIENCE * 2 })
    if (options.wait !== false) await running.line('running')
    await trouble(proxy, running, project)
    const started = Date.now()
    const late = sleep(PATIENCE, 'late' as const, { ref: false })
    const result = await Promise.race([running.ended, late])
    expect(result !== 'late', `it goes on for more than ${PATIENCE / 1000} s:\n${running.stderr}`)
    expectPlainWords(result.stderr)
    expected(result)
    expect(Date.now() - started < PATIENCE, 'late')
    // The real engine took no notice, and the next build makes everything good.
    await proxy.close()
    project.write('dist/go', '')
    const next = await project.build(['--only', 'work'])
    expect(next.code === 0 && next.outcomes.work === 'ran', `no build afterwards: ${next.said}`)
  } finally {
    await proxy.close().catch(() => {})
    await project.dispose()
  }
}

const failed = (pattern: RegExp) => (result: Result) => {
  expect(result.code === 1, `exit code ${result.code}: ${result.stderr}`)
  expect(pattern.test(result.stderr), `it does not say why:\n${result.stderr}`)
}

/** At which request of the build the engine falls silent. */
const SILENT_AFTER = [0, 3, 5, 8]

export const engineTrials: readonly Trial[] = [
  {
    area: 'engine',
    what: 'it stops in the middle of a script',
    times: 1,
    attempt: () => behindProxy(proxy => proxy.goAway(), failed(/engine|container/i)),
  },
  {
    area: 'engine',
    what: 'it hangs in the middle of a script',
    times: 1,
    attempt: () => behindProxy(proxy => proxy.hang(), failed(/engine .*(answer|reach)/i)),
  },
  {
    area: 'engine',
    what: 'it hangs, and the user presses Ctrl-C',
    times: 1,
    attempt: () =>
      behindProxy(
        async (proxy, running) => {
          proxy.hang()
          await sleep(500)
          running.child.kill('SIGINT')
        },
        ({ code, stderr }) => expect(code === 130, `${code}: ${stderr}`),
      ),
  },
  {
    area: 'engine',
    what: 'it falls silent at the first requests of a build, one by one',
    times: SILENT_AFTER.length,
    attempt: n =>
      behindProxy(
        proxy => {
          proxy.silentAfter = SILENT_AFTER[n]!
        },
        failed(/engine .*(answer|reach)/i),
        { wait: false },
      ),
  },
  {
    area: 'engine',
    what: 'the container of a script is removed by hand, killed, or stopped',
    times: 3,
    attempt: n =>
      behindProxy(
        async (_proxy, _running, project) => {
          const how = [['rm', '--force'], ['kill'], ['stop', '--time', '0']][n]!
          for (const id of await project.containers())
            execFileSync('docker', [...how, id], { stdio: 'ignore' })
        },
        failed(/container/i),
      ),
  },
]
