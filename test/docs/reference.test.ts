/** The reference pages are generated: what is committed is what the generator makes now. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { referencePages } from '../../.ci/reference.ts'
import { HOOK_NAMES } from '../../lib/hooks/build.ts'
import { PACKAGE_HOOK_NAMES } from '../../lib/hooks/package.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const pages = referencePages()

for (const [file, text] of pages) {
  test(`${file} is what the generator makes (node --import tsx .ci/reference.ts)`, () => {
    assert.fixture(readFileSync(join(root, file), 'utf8'), text)
  })
}

test('there are no other pages in docs/reference', () => {
  const found = readdirSync(join(root, 'docs/reference')).map(name => `docs/reference/${name}`)
  assert.equal(found.sort(), [...pages.keys()].sort())
})

test('every hook and every key of a definition is on its page', () => {
  for (const name of HOOK_NAMES) assert.match(pages.get('docs/reference/hooks.md')!, `| \`${name}\` |`)
  for (const name of PACKAGE_HOOK_NAMES)
    assert.match(pages.get('docs/reference/package-hooks.md')!, `| \`${name}\` |`)
  for (const key of ['`depends_on`', '## `boot.bootloader.blobs[]`', '`custom_kernel` (required)']) {
    assert.match(pages.get('docs/reference/bsp.md')!, key)
  }
  assert.match(pages.get('docs/reference/config.md')!, '`build.cache.enabled` | `true`')
})

test.run()
