/** `strux extensions`, `strux hooks`, and `--enable` of the commands that plan. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IMAGE_HOOKS } from '../../../lib/hooks/image.ts'
import { VOCABULARIES } from '../../../lib/hooks/vocabularies.ts'
import { REPOSITORY } from '../../support/repository.ts'
import { strux } from '../../support/run-cli.ts'
import { project } from '../load/temp-project.ts'

const root = project({
  'bsp/qemu/bsp.ts': `import { defineBsp } from 'strux-bsp'
export default defineBsp({ name: 'q', description: 'd', arch: 'x86_64', hostname: 'h',
  extensions: ['motd'], skip_hooks: ['pre_customize_image__b'] })
`,
  'extensions/motd.ts': `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({
  name: 'motd', description: 'A message',
  hooks: {
    user_config: draft => { draft.bsp.hostname = 'lobby' },
    pre_customize_image: [{ name: 'b', run: sh\`x\` }, { name: 'a', order: 4, run: sh\`y\` }],
    image_tweaks_pre_customize: { name: 'old', run: sh\`y\` },
    post_build_image: () => {},
  },
})
`,
  'extensions/late.ts': `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'late', hooks: {
  run_after_build: { name: 'x', replaces: 'pre_customize_image__old', run: sh\`x\` } } })
`,
})

test('strux extensions lists handlers in calling order, what is left out and by whom, what is never called', async () => {
  const { exitCode, stdout } = await strux(root, 'extensions', '--enable', 'late')
  assert.is(exitCode, 0)
  assert.is(
    stdout,
    `extensions of qemu
  motd  extensions/motd.ts  by bsp/qemu/bsp.ts  A message
  late  extensions/late.ts  by --enable
handlers, in calling order
  user_config
    1/1   500  motd  motd, extensions/motd.ts:5
  pre_customize_image
    1/1     4  a  motd, extensions/motd.ts:6
  run_after_build
    1/1   500  x  late, extensions/late.ts:3
never called in this build
  post_build_image__motd  this build has no step Disk image
left out
  pre_customize_image__b    skipped by bsp/qemu/bsp.ts      extensions/motd.ts:6
  pre_customize_image__old  replaced by run_after_build__x  extensions/motd.ts:7`,
  )
})

test('a plan and the report of a build tell what is left out', async () => {
  const { stdout } = await strux(root, 'plan', '--enable', 'late')
  assert.match(
    stdout,
    /left out\n +pre_customize_image__b +skipped by bsp\/qemu\/bsp\.ts\n +pre_customize_image__old +replaced by run_after_build__x/,
  )
  const plan = JSON.parse((await strux(root, 'plan', '--json', '--enable', 'late')).stdout)
  assert.equal(plan.left_out[0], { id: 'pre_customize_image__b', why: 'skipped', by: 'bsp/qemu/bsp.ts' })
})

test('strux extensions --json', async () => {
  const { stdout } = await strux(root, 'extensions', 'qemu', '--json')
  const { extensions, handlers, skipped, never } = JSON.parse(stdout)
  assert.equal(extensions, [
    {
      ...{ name: 'motd', description: 'A message', kind: 'project', file: 'extensions/motd.ts' },
      ...{ folder: 'extensions', added_by: 'bsp/qemu/bsp.ts', options: {} },
    },
  ])
  assert.equal(handlers[2], {
    ...{ id: 'pre_customize_image__old', hook: 'pre_customize_image' },
    ...{ called_as: 'image_tweaks_pre_customize', position: 2, total: 2, order: 500, name: 'old' },
    ...{ extension: 'motd', file: 'extensions/motd.ts', line: 7 },
  })
  assert.equal(
    [skipped[0].id, skipped[0].why, skipped[0].by],
    ['pre_customize_image__b', 'skipped', 'bsp/qemu/bsp.ts'],
  )
  assert.equal(never, [{ id: 'post_build_image__motd', reason: 'this build has no step Disk image' }])
})

test('--enable of commands that plan', async () => {
  const ids = async (...args: string[]) => {
    const { stdout } = await strux(root, ...args, '--json')
    return (JSON.parse(stdout).nodes as { id: string }[]).map(({ id }) => id)
  }
  assert.not.ok((await ids('plan')).includes('run_after_build__x'))
  assert.ok((await ids('plan', '--enable', 'motd,late')).includes('run_after_build__x'))
  assert.ok((await ids('build', '--dry-run', '--enable', 'late')).includes('run_after_build__x'))
  const why = await strux(root, 'why', 'run_after_build__x', '--enable', 'late')
  assert.is(why.exitCode, 0, why.stderr)
  const check = await strux(root, 'check', '--enable', 'lat')
  assert.is(check.exitCode, 2)
  assert.match(check.stderr, "there is no extension 'lat'\n  hint: did you mean 'late'? extensions: ")
})

test('plan --layers shows what a handler has changed', async () => {
  const { stdout } = await strux(root, 'plan', '--layers')
  assert.match(stdout, /hostname +'lobby' +motd: user_config__motd/)
  assert.match(stdout, /description +'d' +qemu/)
})

test('strux hooks: all vocabularies, one of them, one hook by name or alias', async () => {
  const all = JSON.parse((await strux(root, 'hooks', '--json')).stdout) as {
    vocabulary: string
    name: string
  }[]
  assert.equal(
    all.map(({ vocabulary, name }) => `${vocabulary} ${name}`),
    VOCABULARIES.flatMap(({ name, hooks }) => hooks.map(hook => `${name} ${hook.name}`)),
  )
  const one = await strux(root, 'hooks', 'config_prepare_image_size')
  assert.match(one.stdout, 'Choose the size of the image')
  assert.match(one.stdout, /FIXED_IMAGE_SIZE +number, settable/)
  const none = await strux(root, 'hooks', 'prepare_image_siz')
  assert.equal([none.exitCode, none.stderr.split('\n')[1]], [2, "  hint: Did you mean 'prepare_image_size'?"])
})

test('strux hooks image --markdown is the reference', async () => {
  const { stdout } = await strux(root, 'hooks', 'image', '--markdown')
  const page = readFileSync(join(REPOSITORY, 'docs/reference/image-hooks.md'), 'utf8')
  for (const { name, doc } of IMAGE_HOOKS) {
    for (const text of [stdout, page])
      assert.ok(text.includes(`[\`${name}\`](#${name})`) && text.includes(doc), name)
  }
  assert.ok(page.includes(stdout.slice(stdout.indexOf('| Hook'), stdout.indexOf('### ')).trim()))
})

test.run()
