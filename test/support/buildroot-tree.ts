/** A copy of test/fixtures/buildroot-tree in a temporary project, and its packages. */
import { cpSync } from 'node:fs'
import { treeShell } from '../../runtime/buildroot/evaluate.ts'
import { type TreePackages, treePackages } from '../../runtime/buildroot/tree-packages.ts'
import { TempProject } from './project.ts'
import { REPOSITORY } from './repository.ts'

/** The folder of the tree in the project. */
export const TREE = 'br-external'

export function treeProject(): TempProject {
  const project = new TempProject()
  cpSync(`${REPOSITORY}/test/fixtures/buildroot-tree`, project.at(TREE), { recursive: true })
  return project
}

/**
 * Its packages for x86_64.
 * @param first bash that runs in the tree's shell before anything else
 */
export function packagesOf(
  project: TempProject,
  options: Parameters<typeof treePackages>[0]['options'] = {},
  first = '',
): Promise<TreePackages> {
  const place = treeShell({ projectRoot: project.root, config: {} as never, notice: () => {} })
  return treePackages({
    ...{ projectRoot: project.root, tree: TREE, options, target: 'x86_64', ownKernel: false },
    place: {
      ...place,
      async open() {
        const shell = await place.open()
        return { run: (script, files) => shell.run(`${first}\n${script}`, files), close: () => shell.close() }
      },
    },
  })
}
