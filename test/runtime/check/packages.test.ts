/** Rules about the source packages of a build together. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { sharedBuildFolders } from '../../../runtime/check/packages.ts'

const variant = (id: string, data: object) =>
  ({
    ...{ id, variant: 'target', needs: [], debian: [] },
    package: {
      data: { name: id, ...data },
      folder: 'packages',
      origin: { source: 'bsp', keys: ['packages', id] },
    },
  }) as never

test('two packages whose names and versions give one build folder are an error at the second', () => {
  const packages = [variant('a', { version: '1' }), variant('b', {}), variant('a-1', {})]
  assert.equal(
    sharedBuildFolders(packages).map(({ message, origin }) => [message, origin.keys]),
    [["the packages 'a' and 'a-1' would both be built in the folder a-1", ['packages', 'a-1']]],
  )
  assert.equal(sharedBuildFolders([variant('a', { version: '1' }), variant('a-1', { version: '1' })]), [])
  assert.equal(sharedBuildFolders(), [])
})

test.run()
