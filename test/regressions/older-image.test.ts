/** `strux run` and `strux test` say when the image is older than its definition, without an engine. */
import { chmodSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('an image older than its definition')
const project = new TempProject()
test.after(() => project.dispose())

// A machine that ends at once: what is said before is all that matters.
for (const arch of ['x86_64', 'aarch64', 'arm'])
  chmodSync(
    project.write(`bin/qemu-system-${arch}`, `#!/bin/sh\ntouch '${project.at('started')}'\nexit 3\n`),
    0o755,
  )
project.defaults = {
  env: {
    // Scripts run right here, and whoever asks for an engine finds none.
    STRUX_IN_CONTAINER: '1',
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    PATH: `${project.at('bin')}:${process.env.PATH}`,
  },
}

project.config({ test: { console: ['Reached'] } })
project.write('bsp/demo/in.txt', 'one\n')
project.write('dist/cache/demo/vmlinuz', 'a kernel')

function define(more: Record<string, unknown> = {}): void {
  project.bsp(
    [
      { id: 'always', step: 'before_bundle', run: 'true' },
      {
        id: 'disk',
        step: 'make_image',
        run: 'cat "$BSP_FOLDER/in.txt" >"$PROJECT_DIST_OUTPUT_FOLDER/rootfs.ext4"',
        cached_generated_artifacts: ['output/rootfs.ext4'],
        depends_on: ['./in.txt'],
      },
      {
        id: 'upload',
        step: 'after_build',
        run: 'true',
        depends_on: ['./in.txt'],
        cached_generated_artifacts: ['output/log'],
      },
    ],
    more,
  )
}

const said = async (...args: string[]) => (await project.strux(args)).stderr

test('nothing is said of an image that is as it would be built', async () => {
  define()
  assert.is((await project.build()).code, 0)
  for (const command of ['run', 'test']) {
    const stderr = await said(command, ...(command === 'run' ? ['--headless'] : []))
    assert.ok(project.has('started'), 'the machine was started')
    assert.not.match(stderr, /older than its definition/)
  }
})

test('a changed input is told, with the script and the way out; what runs behind the image does not matter', async () => {
  project.write('bsp/demo/in.txt', 'two\n')
  for (const command of ['run', 'test']) {
    const stderr = await said(command)
    assert.match(stderr, /warning the image is older than its definition/)
    assert.match(stderr, /\n {2}disk: \.\/in\.txt changed\n {2}hint: strux build demo .*--no-check/)
    assert.not.match(await said(command, '--no-check'), /older than its definition/)
  }
})

test('so is a changed value, and an image that nobody knows how it was made', async () => {
  project.write('bsp/demo/in.txt', 'one\n')
  define({ hostname: 'demo', display: { resolution: '640x480' } })
  assert.match(
    await said('run', '--headless'),
    /disk: the variable DISPLAY_WIDTH changed; the variable DISPLAY_HEIGHT/,
  )
  define()
  project.remove('dist/cache/demo/.build-cache.json')
  assert.match(await said('run', '--headless'), /disk: there is no record of an earlier success/)
})

test.run()
