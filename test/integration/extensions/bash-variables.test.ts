/** Handlers of bash extensions share variables, within a step and from one step to a later one. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HandlerSession } from '../../support/handler-session.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('variables of bash extensions')
const project = new TempProject()
const session = new HandlerSession(project)
test.after(async () => {
  await session.close()
  await project.dispose()
})

const LATE = { hook: 'pre_umount_final_image', source: { after: 'rootfs_post' } } as const

test('texts, arrays and maps reach later handlers, also in a later step', async () => {
  const text = `declare -g COUNT="\${COUNT:-0}"
declare -A sizes
pre_customize_image__test() {
  COUNT=$((COUNT + 1))
  sizes[root]='1 "2"'
  declare -g -a words=('a b' $'c\\nd')
  local mine=1
}
pre_umount_final_image__test() { declare -p COUNT sizes words; echo "[$mine]"; }
`
  const file = 'extensions/shared.sh'
  for (const _ of [1, 2]) assert.is((await session.file(text, { file })).code, 0)
  const expected = `declare -- COUNT="2"\ndeclare -A sizes=([root]="1 \\"2\\"" )\ndeclare -a words=([0]="a b" [1]=$'c\\nd')\n[]`
  const sameStep = await session.file(text, { file, source: { function: 'pre_umount_final_image__test' } })
  assert.is(sameStep.stdout, expected)
  await session.renew()
  // The step ran in an earlier build; now only the later step runs.
  const later = await session.file(text, { file, ...LATE })
  assert.is(later.stdout, expected)
})

test('read-only globals reach later handlers, also where a file declares one', async () => {
  const text = `declare -gr OF_FILE=f
pre_customize_image__test() { declare -gr ONE=1; declare -gra DEPS=(a b); }
pre_umount_final_image__test() { echo "$OF_FILE $ONE \${DEPS[1]}"; (ONE=2) 2>/dev/null || echo 'read-only'; }
`
  const file = 'extensions/constants.sh'
  assert.is((await session.file(text, { file })).code, 0)
  const source = { function: 'pre_umount_final_image__test' }
  assert.is((await session.file(text, { file, source })).stdout, 'f 1 b\nread-only')
})

test('Armbian’s variables are there, and a handler may change them for later ones', async () => {
  const text = `pre_customize_image__test() { echo "$NETWORKING_STACK $CRYPTROOT_ENABLE $BOOT_FS_LABEL $USE_CCACHE"; VENDOR=mine; }
pre_umount_final_image__test() { echo "$VENDOR $NETWORKING_STACK"; }
`
  const file = 'extensions/defaults.sh'
  assert.is((await session.file(text, { file })).stdout, 'systemd-networkd no armbi_boot no')
  const source = { function: 'pre_umount_final_image__test' }
  assert.is((await session.file(text, { file, source })).stdout, 'mine systemd-networkd')
})

test('a function whose last command returns a code fails with a reason', async () => {
  const text = '# A comment.\npre_customize_image__test() {\n  echo x\n  [[ -f /nowhere ]] && echo y\n}\n'
  const { code, stderr } = await session.file(text, { file: 'extensions/last.sh' })
  assert.is(code, 1)
  assert.match(
    stderr,
    'error: extensions/last.sh:2: exit code 1: the last command of pre_customize_image__test returned 1',
  )
})

test('a step that runs again starts from the configuration, not from its last run', async () => {
  const text = 'pre_customize_image__test() { echo "$COUNT"; COUNT=$((COUNT + 1)); }\n'
  const source = { variables: '[[ "$strux_known" == *" COUNT "* ]] || declare -- COUNT="5"' }
  await session.renew()
  for (const expected of ['5', '6']) assert.is((await session.file(text, { source })).stdout, expected)
  await session.renew()
  assert.is((await session.file(text, { source })).stdout, '5')
})

test("the step's own variables win, and those that a hook may set are kept for the step", async () => {
  const set = 'rootdevice=/dev/mapper/root; SDCARD=/wrong; PRIVATE=1'
  await session.handler(set, { sets: ['rootdevice'], hook: 'prepare_root_device' })
  const seen = await session.handler('echo "$rootdevice $SDCARD $PRIVATE"', { hook: 'format_partitions' })
  assert.is(seen.stdout, '/dev/mapper/root /sdcard 1')
})

test('files that an extension enables are read before its own', async () => {
  project.write('extensions/base.sh', 'base_tool() { echo "from $1"; }\n')
  const { stdout } = await session.file(
    'enable_extension base\npre_customize_image__test() { base_tool "${EXTENSION_DIR##*/}"; }\n',
    { file: 'extensions/top.sh', source: { files: ['extensions/base.sh', 'extensions/top.sh'] } },
  )
  assert.is(stdout, 'from extensions')
})

test('read-only variables of a file do not matter', async () => {
  const text = 'declare -r FIXED=1\npre_customize_image__test() { echo "$FIXED"; }\n'
  for (const _ of [1, 2]) assert.is((await session.file(text)).stdout, '1')
})

test.run()
