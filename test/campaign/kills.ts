/** Death at any moment, in projects whose scripts change files inside folders that others make. */
import { setTimeout as sleep } from 'node:timers/promises'
import { TempProject } from '../support/project.ts'
import { expect, expectPlainWords, type Trial } from './trial.ts'

const ENV = { STRUX_IN_CONTAINER: '1' }

/** A makes a folder, B and C change a file of it in place, one reads early and one late; each takes some time. */
function define(project: TempProject, inputs: readonly number[]): void {
  inputs.forEach((input, n) => {
    project.write(`bsp/demo/in${n}`, String(input))
  })
  const slow = 'pause() { sleep 0.0$((RANDOM % 9)); }; set -e; pause'
  project.bsp([
    {
      id: 'folder',
      step: 'before_build',
      run: `${slow}; rm -rf "$BSP_CACHE_DIR/d"; mkdir "$BSP_CACHE_DIR/d"; pause; for f in x y z; do echo "$f $(cat "$BSP_FOLDER/in0")" >"$BSP_CACHE_DIR/d/$f"; pause; done`,
      cached_generated_artifacts: ['cache/d'],
      depends_on: ['./in0'],
    },
    {
      id: 'early',
      step: 'before_frontend',
      run: `${slow}; cat "$BSP_CACHE_DIR"/d/* >"$PROJECT_DIST_OUTPUT_FOLDER/early.new"; pause; mv "$PROJECT_DIST_OUTPUT_FOLDER/early.new" "$PROJECT_DIST_OUTPUT_FOLDER/early"`,
      cached_generated_artifacts: ['output/early'],
      depends_on: ['cache/d'],
    },
    ...[1, 2].map(n => ({
      id: `link${n}`,
      step: 'before_bundle',
      run: `${slow}; echo "begun ${n}" >>"$BSP_CACHE_DIR/d/x"; pause; echo "link${n} $(cat "$BSP_FOLDER/in${n}")" >>"$BSP_CACHE_DIR/d/x"; pause`,
      cached_generated_artifacts: ['cache/d/x'],
      depends_on: [`./in${n}`],
    })),
    {
      id: 'late',
      step: 'make_image',
      run: `${slow}; cat "$BSP_CACHE_DIR"/d/* "$BSP_FOLDER/in3" >"$PROJECT_DIST_OUTPUT_FOLDER/late"; pause`,
      cached_generated_artifacts: ['output/late'],
      depends_on: ['cache/d/*', './in3'],
    },
  ])
}

const SCRIPTS = ['folder', 'early', 'link1', 'link2', 'late'].flatMap(id => ['--only', id])

function wanted([a, b, c, d]: readonly number[]): Record<string, string> {
  const folder = (x: string) => `${x}y ${a}\nz ${a}\n`
  const changed = `x ${a}\nbegun 1\nlink1 ${b}\nbegun 2\nlink2 ${c}\n`
  return { early: folder(`x ${a}\n`), late: `${folder(changed)}${d}` }
}

export const kills: readonly Trial[] = [
  {
    area: 'death',
    what: 'killed at random moments, with edits between, changes in place below a folder: right and settled after each',
    times: 12,
    attempt: async () => {
      const project = new TempProject()
      project.defaults = { env: ENV }
      const story: string[] = []
      const inputs = [1, 1, 1, 1]
      const pick = (count: number) => Math.floor(Math.random() * count)
      const build = () => project.build(SCRIPTS)
      try {
        define(project, inputs)
        if (Math.random() < 0.5) {
          await build()
          story.push('built')
        }
        for (let round = 0; round < 3; round++) {
          const running = project.startBuild(SCRIPTS)
          const moment = 250 + pick(1200)
          const killed = sleep(moment).then(() => running.child.kill('SIGKILL'))
          await running.ended
          await killed
          // What a killed build left running ends by itself.
          await sleep(150)
          const edited = pick(inputs.length)
          inputs[edited] = pick(3)
          project.write(`bsp/demo/in${edited}`, String(inputs[edited]))
          story.push(`killed after ${moment} ms`, `in${edited} = ${inputs[edited]}`)
        }
        const last = await build()
        expectPlainWords(last.stderr)
        expect(last.code === 0, `${story.join(', ')}: ${last.said}`)
        for (const [name, text] of Object.entries(wanted(inputs))) {
          const found = project.read(`dist/output/demo/${name}`)
          expect(found === text, `${story.join(', ')}: ${name} is\n${found}and not\n${text}`)
        }
        const again = await build()
        expect(
          again.ran.length === 0,
          `${story.join(', ')}: it does not settle, ${again.ran.join(', ')} ran again`,
        )
      } finally {
        await project.dispose()
      }
    },
  },
]
