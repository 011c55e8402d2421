/** Scripts on this machine itself see of the caller's environment what they would see in a container, and no more. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('scripts see no caller environment')
const SECRET = 'npm_0123456789abcdef'

test('with STRUX_IN_CONTAINER=1, in a build and in a shell', async () => {
  const project = new TempProject()
  project.defaults = {
    env: {
      STRUX_IN_CONTAINER: '1',
      CFLAGS: '-O0',
      NPM_TOKEN: SECRET,
      SOURCE_DATE_EPOCH: '1',
      LC_ALL: 'de_DE.UTF-8',
      https_proxy: 'http://proxy:1',
      LANG: 'C.UTF-8',
    },
  }
  try {
    project.bsp([{ id: 'show', step: 'make_image', run: 'env' }])
    const built = await project.build(['--only', 'show'])
    const lines = built.lines('show')
    const names = new Set(lines.map(line => line.split('=')[0]!))
    for (const name of ['PATH', 'HOME', 'https_proxy', 'HTTPS_PROXY', 'LANG', 'STEP', 'DEBIAN_FRONTEND'])
      assert.ok(names.has(name), name)
    for (const name of ['CFLAGS', 'NPM_TOKEN', 'SOURCE_DATE_EPOCH', 'LC_ALL'])
      assert.not(names.has(name), name)
    assert.not(built.stdout.includes(SECRET))
    const shell = await project.strux(['shell', '--at', 'show'], { ...project.defaults, input: 'env\n' })
    assert.match(shell.stdout, /^STEP=make_image$/m)
    assert.not.match(shell.stdout, SECRET)
  } finally {
    await project.dispose()
  }
})

test.run()
