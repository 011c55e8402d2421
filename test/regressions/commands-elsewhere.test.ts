/** Commands and options of the tool that bsp.yaml comes from are refused in one helpful line, and nothing runs. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { project, whole } from '../runtime/load/temp-project.ts'
import { Running } from '../support/process.ts'

const test = suite('commands that other tools have')

const SAID: readonly (readonly [args: string, expected: RegExp])[] = [
  ['dev --remote --clean', /there is no strux dev here.*strux run/s],
  ['types', /there is no strux types here/],
  ['introspect main.go --json', /there is no strux introspect here/],
  ['usb', /there is no strux usb here.*qemu: \{ usb/s],
  ['usb add', /there is no strux usb here/],
  ['kernel', /strux kernel menuconfig, strux kernel clean/],
  ['kernel menuconfig --save', /there is no strux kernel menuconfig here.*strux shell --at kernel/s],
  ['kernel clean --mode full', /there is no strux kernel clean here.*force_rebuild/s],
  ['update gen-keypair -f', /there is no strux update gen-keypair here/],
  ['update bundle --bsp qemu', /there is no strux update bundle here/],
  ['update send --server x --key y', /there is no strux update send here/],
  ['build qemu --local-builder', /there is no --local-builder here.*builder\.image/s],
  ['--remote-builder main build qemu', /there is no --remote-builder here.*builder: \{ image/s],
  ['build qemu --dev', /there is no strux build --dev here/],
  ['build qemu --no-chown', /there is no strux build --no-chown here.*belong to the caller/s],
  ['build --local-runtime ../x qemu', /there is no strux build --local-runtime here.*go\.mod/s],
  ['run --debug', /there is no strux run --debug here.*--headless/s],
  ['init x -t react', /there is no strux init --template here/],
  ['init x --arch arm64', /there is no strux init --arch here.*--board/s],
]

test('are answered by what to use instead', async () => {
  const root = project({ 'bsp/qemu/bsp.ts': whole('') })
  for (const [args, expected] of SAID) {
    const { code, stdout, stderr } = await new Running(root, args.split(' '), {}).ended
    assert.is(code, 2, `${args}\n${stderr}`)
    assert.match(stderr, expected)
    assert.is(stdout, '', args)
    assert.is(stderr.trim().split('\n').length, 2, stderr)
  }
})

test('are in no help', async () => {
  const root = project({})
  for (const args of [[], ['build'], ['run'], ['init']]) {
    const { stdout } = await new Running(root, [...args, '--help'], {}).ended
    assert.not.match(
      stdout,
      /^ +(dev|types|introspect|usb|kernel|update)\b|--(local|remote)-builder|--no-chown|--debug|--template/m,
    )
  }
})

test.run()
