/** Fetched sources of this repository, for tests that would fetch them again. */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TempProject } from './project.ts'
import { REPOSITORY } from './repository.ts'

const SOURCES = 'dist/cache/.sources'

/** Gives the project what this repository has fetched for its own builds, as far as it has. */
export function takeSources(project: TempProject): void {
  const sources = join(REPOSITORY, SOURCES)
  if (existsSync(sources)) cpSync(sources, project.at(SOURCES), { recursive: true })
}
