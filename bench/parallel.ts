/**
 * The steps of the kiosk template that read nothing of each other, frontend to base root filesystem, one after another and
 * several at once. Everything is fetched before, so that no download is measured.
 * Each is built once: it takes minutes.
 */
import { availableParallelism } from 'node:os'
import { kioskProject } from '../test/support/kiosk.ts'
import { CLI } from '../test/support/process.ts'
import { type Row, secondsOf } from './measure.ts'

export async function parallel(): Promise<Row[]> {
  const project = kioskProject({ folder: 'qemu-x86_64', name: 'qemuX86_64' })
  try {
    const args = ['--from', 'before_frontend', '--until', 'rootfs']
    const first = await project.build(args)
    if (first.code !== 0) throw new Error(first.said)
    const jobs = Math.min(4, Math.max(2, availableParallelism()))
    const build = (count: number) =>
      secondsOf({
        argv: [process.execPath, CLI, 'build', '--clean', ...args, '--jobs', String(count)],
        cwd: project.root,
      })
    const one = await build(1)
    const several = await build(jobs)
    return [
      { what: 'independent steps, --jobs 1', value: one, unit: 's' },
      { what: `independent steps, --jobs ${jobs}`, value: several, unit: 's' },
      { what: 'several at once / one after another', value: several / one, unit: 'ratio' },
    ]
  } finally {
    await project.dispose()
  }
}
