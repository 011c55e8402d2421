/**
 * How long a script waits for its container: from the last instruction of its predecessor to its own first one. The
 * predecessor runs for three times as long as a bare `docker run --rm` of the same image, so that the next container has
 * time to start on slow machines as well. That `docker run` is the yardstick.
 */
import { TempProject } from '../test/support/project.ts'
import { median, type Row, secondsOf } from './measure.ts'

/** In seconds. */
const SHORTEST_SCRIPT = 0.6

export async function dispatch(scripts = 16): Promise<Row[]> {
  const project = new TempProject()
  try {
    // The first build makes the image, and finds out what the engine grants.
    await built(project, 1, 0)
    const { images } = JSON.parse((await project.strux(['builder', 'status', '--json'])).stdout)
    const { id } = images.find(
      (image: { id?: string; missing: string[] }) => image.id && image.missing.length === 0,
    )
    const bare: number[] = []
    const runBare = async (times: number) => {
      for (let count = 0; count < times; count++)
        bare.push(await secondsOf({ argv: ['docker', 'run', '--rm', id, 'true'], cwd: project.root }))
    }
    const half = Math.ceil(scripts / 2)
    await runBare(half)
    await built(project, scripts, Math.max(SHORTEST_SCRIPT, 3 * median(bare)))
    await runBare(half)
    const time = (file: string) => Number(project.read(`dist/${file}`).replace(',', '.'))
    const waits = Array.from({ length: scripts - 1 }, (_, n) => time(`begin-${n + 1}`) - time(`end-${n}`))
    return [
      { what: 'dispatch of the next script', value: median(waits), unit: 's' },
      { what: 'docker run --rm IMAGE true', value: median(bare), unit: 's' },
      { what: 'dispatch / docker run', value: median(waits) / median(bare), unit: 'ratio' },
    ]
  } finally {
    await project.dispose()
  }
}

/** Builds that many scripts, each of which takes so many seconds. */
async function built(project: TempProject, scripts: number, seconds: number): Promise<void> {
  project.bsp(
    Array.from({ length: scripts }, (_, n) => ({
      id: `s${n}`,
      step: 'before_bundle',
      run: `echo "$EPOCHREALTIME" >"dist/begin-${n}"\nsleep ${seconds.toFixed(2)}\necho "$EPOCHREALTIME" >"dist/end-${n}"`,
    })),
  )
  const { code, said } = await project.build()
  if (code !== 0) throw new Error(said)
}
