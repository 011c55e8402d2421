/** Loading a project reads each file beside bash extensions once, however many extensions and handlers there are. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { TempProject } from '../support/project.ts'

/** The paths of the project that are read during the work. */
async function readDuring(project: TempProject, work: () => Promise<unknown>): Promise<string[]> {
  const paths: string[] = []
  const { readFileSync } = fs
  fs.readFileSync = ((path: string, ...more: []) => {
    if (String(path).startsWith(project.root)) paths.push(String(path).slice(project.root.length + 1))
    return readFileSync(path, ...more)
  }) as typeof readFileSync
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    fs.readFileSync = readFileSync
    syncBuiltinESMExports()
  }
  return paths
}

test('each file in a folder of extensions is read once', async () => {
  const project = new TempProject()
  const names = ['a', 'b', 'c', 'd']
  for (const name of names)
    project.write(
      `extensions/${name}.sh`,
      `user_config__${name}() { :; }\npost_build_image__${name}() { cat "\${EXTENSION_DIR}/data"; }\n`,
    )
  project.write('extensions/data', '')
  project.bsp([], { extensions: names })
  process.env.STRUX_IN_CONTAINER = '1'
  let handlers = 0
  const paths = await readDuring(project, async () => {
    const { value } = await loadBsp(await loadProject(project.root), 'demo')
    handlers = value?.extensions?.handlers.length ?? 0
  })
  delete process.env.STRUX_IN_CONTAINER
  assert.is(handlers, 8)
  const read = paths.filter(path => path.startsWith('extensions/'))
  assert.equal(read.sort(), [...names.map(name => `extensions/${name}.sh`), 'extensions/data'])
  await project.dispose()
})

test.run()
