/** The command as it is in the source, in a project of texts. */
import { join } from 'node:path'
import { execa } from 'execa'
import { REPOSITORY } from './repository.ts'

export interface Said {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export async function strux(root: string, ...args: readonly string[]): Promise<Said> {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ['--import', 'tsx', join(REPOSITORY, 'runtime/cli/main.ts'), '-C', root, ...args],
    { cwd: REPOSITORY, reject: false, timeout: 120_000, env: { FORCE_COLOR: '0' } },
  )
  return { exitCode, stdout, stderr }
}
