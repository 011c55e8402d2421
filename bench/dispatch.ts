/**
 * How long a script waits for its container: from the last instruction of its predecessor, which runs for more than half a
 * second, to its own first one. Beside it, a bare `docker run --rm` of the same image.
 */
import { TempProject } from '../test/support/project.ts'
import { median, type Row, secondsOf } from './measure.ts'

const SCRIPTS = 16

export async function dispatch(): Promise<Row[]> {
  const project = new TempProject()
  try {
    project.bsp(
      Array.from({ length: SCRIPTS }, (_, n) => ({
        id: `s${n}`,
        step: 'before_bundle',
        run: `echo "$EPOCHREALTIME" >"dist/begin-${n}"\nsleep 0.6\necho "$EPOCHREALTIME" >"dist/end-${n}"`,
      })),
    )
    // The first one makes the image, and finds out what the engine grants.
    for (const _ of ['first', 'measured']) {
      const built = await project.build()
      if (built.code !== 0) throw new Error(built.said)
    }
    const time = (file: string) => Number(project.read(`dist/${file}`).replace(',', '.'))
    const waits = Array.from({ length: SCRIPTS - 1 }, (_, n) => time(`begin-${n + 1}`) - time(`end-${n}`))
    const { images } = JSON.parse((await project.strux(['builder', 'status', '--json'])).stdout)
    const { id } = images.find(
      (image: { id?: string; missing: string[] }) => image.id && image.missing.length === 0,
    )
    const bare: number[] = []
    for (let count = 0; count < SCRIPTS - 1; count++) {
      bare.push(await secondsOf({ argv: ['docker', 'run', '--rm', id, 'true'], cwd: project.root }))
    }
    return [
      { what: 'dispatch of the next script', value: median(waits), unit: 's' },
      { what: 'docker run --rm IMAGE true', value: median(bare), unit: 's' },
      { what: 'dispatch / docker run', value: median(waits) / median(bare), unit: 'ratio' },
    ]
  } finally {
    await project.dispose()
  }
}
