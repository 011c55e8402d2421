import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('called scripts')
let project: TempProject
test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

interface Found {
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly file: string
  readonly line: number
}

async function check(scripts: readonly (object | string)[], more: object = {}): Promise<Found[]> {
  project.bsp([], { post_image: { scripts, ...more } })
  const { stdout } = await project.strux(['check', '--json'])
  return JSON.parse(stdout).diagnostics.filter((each: { code: string }) => each.code !== 'no_application')
}

function script(path: string, text: string, mode = 0o755): string {
  project.write(path, text, mode)
  return path
}

test('a shell script without set -e is a warning at its line; other interpreters are not', async () => {
  const found = await check([
    script('board/loose.sh', '#!/bin/sh\ntrue\n'),
    { location: script('board/none.sh', 'set -u\ntrue\n') },
    { run: 'cp a b' },
    script('board/strict.sh', '#!/bin/bash\n\nset -euo pipefail\n'),
    script('board/option.sh', '#!/bin/sh -e\n'),
    script('board/long.sh', '#!/bin/bash\n  set -o errexit\n'),
    script('board/flags.sh', '#!/usr/bin/env bash\nset -u -e\n'),
    script('board/tool.py', '#!/usr/bin/env python3\nprint(1)\n'),
    script('board/compiled', '\x7fELF\0\0'),
  ])
  assert.equal(
    found.map(each => each.code),
    ['script_without_errexit', 'script_without_errexit', 'script_without_errexit'],
  )
  const lines = project.read('bsp/demo/bsp.ts').split('\n')
  assert.equal(
    found.map(each => /loose|none|cp a b/.exec(lines[each.line - 1]!)?.[0]),
    ['loose', 'none', 'cp a b'],
  )
})

test('a file that is not executable is an error, and a missing one too', async () => {
  const found = await check([script('board/plain.sh', '#!/bin/sh\nset -e\n', 0o644), './gone.sh'])
  assert.equal(
    found.map(each => [each.severity, each.code]),
    [
      ['error', 'script_not_executable'],
      ['error', 'script_missing'],
    ],
  )
  assert.match(found[1]!.message, /bsp\/demo\/gone\.sh/)
})

test('paths begin at the project, with ./ in the folder of the BSP; they stay inside', async () => {
  assert.equal(
    await check([
      script('a.sh', '#!/bin/sh -e\n'),
      `./${script('bsp/demo/b.sh', '#!/bin/sh -e\n').slice(9)}`,
    ]),
    [],
  )
  const [outside, folder] = await check(['../x.sh', { location: 'a.sh', cwd: '../..' }])
  assert.is(outside!.code, 'path_escapes')
  assert.is(folder!.code, 'path_escapes')
})

test('the plan calls the scripts after the image, in order, after make_image and before after_build', async () => {
  script('a.sh', '#!/bin/sh -e\n')
  project.bsp(
    [
      { step: 'after_build', id: 'last', run: 'true' },
      { step: 'make_image', id: 'make', run: 'true' },
    ],
    { post_image: { scripts: ['a.sh', { id: 'second', run: 'set -e', runs_in: 'host' }, 'a.sh'] } },
  )
  const { nodes, flash } = JSON.parse((await project.strux(['plan', '--json'])).stdout)
  const order = nodes.map((node: { id: string }) => node.id)
  assert.equal(order.slice(order.indexOf('make')), [
    'make',
    'post_image:a.sh',
    'second',
    'post_image:a.sh#2',
    'last',
  ])
  assert.is(nodes.find((node: { id: string }) => node.id === 'second').runs_in, 'host')
  assert.equal(flash, [])
})

test.run()
