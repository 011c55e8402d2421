/** The table of Armbian's variables in the docs has the names that handlers find set. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageFile } from '../../runtime/steps/package-files.ts'
import { REPOSITORY } from '../support/repository.ts'

test('docs and defaults name the same variables', () => {
  const docs = readFileSync(join(REPOSITORY, 'docs/bash-extensions.md'), 'utf8')
  const section = docs.slice(
    docs.indexOf("### Armbian's variables"),
    docs.indexOf('In configuration hooks these'),
  )
  const documented = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name)
  const set = packageFile('runtime/steps/extensions/armbian-defaults.sh').matchAll(/^ {2}\[([A-Z_]+)\]=/gm)
  assert.equal(
    documented,
    [...set].map(([, name]) => name),
  )
})

test.run()
