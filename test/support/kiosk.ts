/** The kiosk template in a project of its own, on a board of this repository. */
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, type Result } from './process.ts'
import { TempProject } from './project.ts'
import { REPOSITORY } from './repository.ts'
import { takeSources } from './sources.ts'

/** What a kiosk is on: `name` is what the board's module exports. */
export interface Board {
  readonly folder: string
  readonly name: string
  /** The options that it is called with, as source. */
  readonly options?: string
}

/** No more than the template needs. */
const SMALL = { media: false, fonts: 'latin', gpu_drivers: 'gl' }

/** For what takes long: a command that takes longer hangs, in milliseconds. */
const LIMIT = 90 * 60 * 1000

/**
 * A project whose only BSP, `demo`, is on the board.
 *
 * @param more further keys of the BSP, as source
 */
export function kioskProject(board: Board, config: object = {}, more = ''): TempProject {
  const project = new TempProject()
  project.defaults = { timeout: LIMIT }
  cpSync(join(REPOSITORY, 'templates/kiosk'), project.at('kiosk'), { recursive: true })
  cpSync(join(REPOSITORY, 'boards', board.folder), project.at(`boards/${board.folder}`), { recursive: true })
  takeSources(project)
  project.config({ application: 'kiosk', rootfs: SMALL, ...config })
  project.write(
    'bsp/demo/bsp.ts',
    `import { defineBsp, sh } from 'strux-bsp'\nimport { ${board.name} } from '../../boards/${board.folder}/board.ts'\n\n` +
      `void sh\nexport default defineBsp({ name: 'demo', extends: ${board.name}(${board.options ?? ''}), ${more} })\n`,
  )
  return project
}

/** The command in this repository itself, as npm start calls it: what that has built is not built again. */
export function inRepository(...args: string[]): Promise<Result> {
  return new Promise(resolve => {
    const options = { cwd: REPOSITORY, maxBuffer: 64e6 }
    const child = execFile(process.execPath, [CLI, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? 1, stdout, stderr }),
    )
  })
}
