/** A board made by scripts alone, built with containers: a card with a GPT, a FAT and an ext4 filesystem. */
import { cpSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('scripts only')
let project: TempProject

test.before(() => {
  project = new TempProject()
  cpSync(join(REPOSITORY, 'test/fixtures/data-card'), project.root, {
    recursive: true,
    filter: file => !['node_modules', 'dist'].includes(basename(file)),
  })
})
test.after(() => project.dispose())

const CARD = 'dist/output/data-card/card.img'
const NOTES = 'bsp/data-card/content/notes/calibration.txt'
const IDS = [
  'before_bundle:./scripts/compile-overlay.sh',
  'data-filesystem',
  'make_image:./scripts/make-image.sh',
  'checksums',
]

/** Runs commands in a builder container, where the tools for images are. */
async function look(commands: string): Promise<string> {
  const input = `set -e\n${commands}\n`
  const { code, stdout, stderr } = await project.strux(['shell', '--at', 'checksums'], { input })
  assert.is(code, 0, `${stdout}${stderr}`)
  return stdout
}

/** A command that copies a partition of the card to a file. */
const cut = (number: number, to: string) =>
  `dd if=${CARD} of=${to} bs=512 status=none $(sfdisk --json ${CARD} | jq -r '.partitiontable.partitions[${number}] | "skip=\\(.start) count=\\(.size)"')`

test('is sound', async () => {
  const { code, stdout } = await project.strux(['check', '--json'])
  assert.is(code, 0, stdout)
  const { ok, diagnostics } = JSON.parse(stdout)
  assert.ok(ok)
  // Only the scripts of this project are ever built.
  assert.equal(
    diagnostics.map((each: { code: string }) => each.code),
    ['no_application'],
  )
})

test('its scripts build it; the second time there is nothing to do', async () => {
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.equal(built.ran, IDS, built.said)
  assert.ok(built.events.some(event => event.type === 'progress'))
  const again = await project.build()
  assert.equal(again.ran, [], again.said)
  assert.is(Object.keys(again.outcomes).length, IDS.length)
})

test('the card has a valid GPT with a FAT and an ext4 partition', async () => {
  const { partitiontable } = JSON.parse(await look(`sfdisk --verify ${CARD} >&2\nsfdisk --json ${CARD}`))
  assert.is(partitiontable.label, 'gpt')
  assert.equal(
    partitiontable.partitions.map((each: { name: string; size: number }) => [
      each.name,
      (each.size * 512) >> 20,
    ]),
    [
      ['boot', 8],
      ['data', 8],
    ],
  )
})

test('the FAT filesystem holds the overlay, which is a device tree', async () => {
  const text = await look(
    `${cut(0, '/tmp/boot')}\nfsck.vfat -n /tmp/boot >&2\nmcopy -i /tmp/boot ::sensor.dtbo /tmp/x.dtbo\ndtc -I dtb -O dts /tmp/x.dtbo 2>/dev/null`,
  )
  assert.match(text, 'ti,tmp102')
})

test('the ext4 filesystem is clean and holds the notes', async () => {
  const text = await look(
    `${cut(1, '/tmp/data')}\ne2fsck -fn /tmp/data >&2\ne2label /tmp/data\ndebugfs -R 'cat /notes/calibration.txt' /tmp/data 2>/dev/null`,
  )
  assert.is(text, `data\n${project.read(NOTES)}`)
})

test('the checksum is right', async () => {
  assert.match(await look('cd dist/output/data-card && sha256sum --check SHA256SUMS'), 'card.img: OK')
})

test('an edit of the notes: what depends on them runs again, and nothing else', async () => {
  writeFileSync(project.at(NOTES), 'offset: 17\n')
  const built = await project.build()
  assert.equal(built.ran, IDS.slice(1), built.said)
  const text = await look(
    `${cut(1, '/tmp/data')}\ndebugfs -R 'cat /notes/calibration.txt' /tmp/data 2>/dev/null`,
  )
  assert.is(text, 'offset: 17\n')
})

test('flash refuses what is not a block device', async () => {
  const { code, stderr } = await project.strux(['flash'], { input: '/dev/null\n' })
  assert.is(code, 1)
  assert.match(stderr, '/dev/null is not a block device')
})

test.run()
