/** Clocks that jump: what was written in the future, or in the past, is neither believed nor doubted for that alone. */
import { utimesSync } from 'node:fs'
import { TempProject } from '../support/project.ts'
import { expect, expectPlainWords, type Trial } from './trial.ts'

/** A module that moves the clock of a process: ms. */
function moved(project: TempProject, by: number): string {
  const file = project.write(
    `clock${by}.mjs`,
    `const now = Date.now, Real = Date
     globalThis.Date = class extends Real { constructor(...all) { all.length ? super(...all) : super(now() + ${by}) } static now() { return now() + ${by} } }`,
  )
  return `--import ${file}`
}

const HOUR = 3_600_000
const JUMPS = [
  [HOUR, 0],
  [0, HOUR],
  [HOUR, -HOUR],
  [-24 * 365 * HOUR, 0],
  [24 * 365 * HOUR, 0],
] as const

export const clock: readonly Trial[] = [
  {
    area: 'clock',
    what: 'a change after a jump is seen, one before it is not seen twice',
    times: JUMPS.length,
    attempt: async n => {
      const [first, second] = JUMPS[n]!
      const project = new TempProject()
      try {
        project.bsp([
          {
            id: 'make',
            step: 'make_image',
            run: 'cat "$BSP_FOLDER"/in/* >"$PROJECT_DIST_OUTPUT_FOLDER/a"',
            cached_generated_artifacts: ['output/a'],
            depends_on: ['./in'],
          },
        ])
        for (let file = 0; file < 10; file++) project.write(`bsp/demo/in/${file}`, 'one')
        const build = (by: number) =>
          project.build(['--only', 'make'], {
            env: { STRUX_IN_CONTAINER: '1', NODE_OPTIONS: moved(project, by) },
          })
        const outcome = async (by: number) => {
          const built = await build(by)
          expectPlainWords(built.stderr)
          expect(built.code === 0, built.said)
          return built.outcomes.make
        }
        expect((await outcome(first)) === 'ran', 'the first build runs')
        expect((await outcome(second)) === 'skipped', 'nothing has changed')
        // Of the same size, and with the times of the file that it replaces.
        project.write('bsp/demo/in/3', 'two')
        expect((await outcome(second)) === 'ran', 'a change after the jump is missed')
        project.write('bsp/demo/in/4', 'two')
        utimesSync(project.at('bsp/demo/in/4'), new Date(), new Date(Date.now() + first))
        expect((await outcome(second)) === 'ran', 'a change with a time of before the jump is missed')
        expect((await outcome(first)) === 'skipped', 'it does not settle')
        expect(project.read('dist/output/demo/a') === 'oneoneonetwotwooneoneoneoneone', 'a wrong product')
      } finally {
        await project.dispose()
      }
    },
  },
  {
    area: 'clock',
    what: 'the lock of a process that was killed when the clock was ahead is free',
    times: 1,
    attempt: async () => {
      const project = new TempProject()
      try {
        project.bsp([
          {
            id: 'wait',
            step: 'make_image',
            run: 'echo waiting; while [ ! -e dist/go ]; do sleep 0.05; done',
          },
        ])
        const env = { STRUX_IN_CONTAINER: '1' }
        const ahead = project.startBuild(['--only', 'wait'], {
          env: { ...env, NODE_OPTIONS: moved(project, HOUR) },
        })
        await ahead.line('waiting')
        ahead.child.kill('SIGKILL')
        await ahead.ended
        project.write('dist/go', '')
        const { code, said } = await project.build(['--only', 'wait', '--no-wait'], { env })
        expect(code === 0, said)
      } finally {
        await project.dispose()
      }
    },
  },
]
