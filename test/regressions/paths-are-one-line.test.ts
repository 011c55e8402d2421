/** A path with a line break is refused where it is written: the bash of the steps would see another file, or none. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('paths are one line')

test('in scripts, images and a host name', async () => {
  const project = new TempProject()
  try {
    project.bsp(
      [
        {
          step: 'make_image',
          location: './a\nb.sh',
          depends_on: ['./a\nb'],
          cached_generated_artifacts: ['cache/a\nb'],
        },
      ],
      {
        hostname: 'a\nb',
        image: {
          partitions: [{ name: 'data', type: 'data', size: '4M', content: './folder\n' }],
          raw: [{ file: './raw\n', offset: '32K' }],
        },
      },
    )
    const { code, stdout } = await project.strux(['check', '--json'])
    assert.is(code, 1)
    const found = JSON.parse(stdout).diagnostics.map((each: { code: string; line: number }) => {
      assert.ok(each.line > 1)
      return each.code
    })
    assert.equal(found.sort(), [...Array(5).fill('line_break'), 'shell_unsafe'])
  } finally {
    await project.dispose()
  }
})

test.run()
