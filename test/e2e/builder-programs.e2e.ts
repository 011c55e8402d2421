/**
 * `strux extensions check` knows the programs of a builder image with all tool groups.
 * `REWRITE=1 npm run test:e2e -- builder-programs` writes the list.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TOOL_GROUPS } from '../../lib/tools.ts'
import { openConfinedContainer } from '../../runtime/confined/confined-container.ts'
import { namesOfProgram } from '../../runtime/extensions/bash/needs.ts'
import { hostArch } from '../../runtime/plan/arch.ts'
import { builderFor } from '../../runtime/plan/builder.ts'
import { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'

const LIST = join(REPOSITORY, 'runtime/extensions/bash/builder-programs.txt')

/** What bash can run in the builder: programs, builtins and keywords. */
async function commandsOfBuilder(): Promise<string[]> {
  const project = new TempProject()
  const host = hostArch()
  const builder = builderFor({ suite: 'trixie', tools: TOOL_GROUPS, target: host, host, hostPackages: [] })
  const shell = await openConfinedContainer({ projectRoot: project.root, builder, notice: () => {} })
  try {
    const { stdout } = await shell.run('compgen -c', [])
    return stdout.toString().trim().split('\n')
  } finally {
    await shell.close()
    await project.dispose()
  }
}

test('the list has the programs of the builder, without versions and cross-compilation prefixes', async () => {
  assert.is(hostArch(), 'x86_64', 'run this on x86_64: names such as `i386` are different on other machines')
  const plain = (await commandsOfBuilder()).map(name => namesOfProgram(name).at(-1)!)
  const expected = [...new Set(plain)].sort()
  if (process.env.REWRITE === '1') writeFileSync(LIST, `${expected.join('\n')}\n`)
  assert.equal(readFileSync(LIST, 'utf8').trim().split('\n'), expected)
})

test.run()
