/** The bootloader step: U-Boot on a tree that only imitates it, GRUB and systemd-boot from the suite's real packages. */
import { createHash } from 'node:crypto'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'
import { succeeding } from '../../support/step-ends.ts'

const test = suite('bootloader')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
  cpSync(join(REPOSITORY, 'test/fixtures/u-boot'), project.at('bsp/demo/u-boot'), { recursive: true })
})
test.after.each(() => project.dispose())

const MADE = 'dist/cache/demo/bootloader'

function define(bootloader: object, arch = 'arm64'): void {
  const u_boot = { type: 'u-boot', source: './u-boot', defconfig: 'demo_defconfig' }
  project.bsp([], {
    arch,
    boot: { bootloader: { enabled: true, ...('type' in bootloader ? {} : u_boot), ...bootloader } },
  })
}

const build = () => project.build(['--only', 'bootloader'])
const complaint = (built: Built) => built.lines('bootloader', 'stderr').join('\n')

const succeeds = succeeding({ build, complaint })

async function refused(...expected: readonly string[]): Promise<void> {
  const built = await build()
  assert.is.not(built.code, 0, 'the build must fail')
  const said = `${complaint(built)}\n${built.said}`
  for (const each of expected) assert.ok(said.includes(each), `${each}\n${said}`)
  assert.not.ok(project.has(MADE), 'nothing half-made is put in place')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function decompiled(path: string): Promise<string> {
  const { stdout } = await project.strux(['shell', '--at', 'bootloader'], {
    input: `dtc -q -I dtb -O dts ${path}\n`,
  })
  return stdout
}

test('U-Boot: configuration, patches, fragments, outputs of its O= folder', async () => {
  project.write(
    'bsp/demo/stone.patch',
    '--- a/main.c\n+++ b/main.c\n@@ -1 +1 @@\n-u-boot of stone\n+u-boot of wood\n',
  )
  define({ patches: ['stone.patch'], fragments: ['CONFIG_BOOTDELAY=0'], version: '2024.10' })
  const built = await succeeds()
  assert.match(project.read(`${MADE}/u-boot.bin`), /^u-boot of wood\nBL31= TEE= DDR=\nDEVICE_TREE=\n/)
  assert.ok(project.has(`${MADE}/spl/u-boot-spl.bin`))
  assert.match(project.read(`${MADE}/.config`), /CONFIG_BOOTDELAY=0/)
  assert.match(
    complaint(built),
    /warning: boot\.bootloader\.version is '2024\.10', but the source is 2025\.01/,
  )
  assert.equal((await build()).ran, [])
  define({ fragments: ['CONFIG_GONE=y'] })
  assert.match(complaint(await build()), /CONFIG_GONE=y \(boot\.bootloader\.fragments\[0\]\) became n/)
  assert.match(project.read(`${MADE}/u-boot.bin`), /wood/, 'what was made before stays until there is better')
})

test('without a defconfig, or with one that is not there', async () => {
  define({ defconfig: undefined })
  await refused('boot.bootloader.defconfig is missing')
  define({ defconfig: 'other_defconfig' })
  await refused("U-Boot has no configuration 'other_defconfig'")
})

test('blobs: places, checksums, make variables, the manifest', async () => {
  project.write('bsp/demo/blobs/bl31.elf', 'trusted\n')
  project.write('dist/cache/demo/ddr.bin', 'memory\n')
  project.write('dist/tee.bin', 'tee\n')
  const blobs = [
    {
      id: 'bl31.elf',
      role: 'bl31',
      path: './blobs/bl31.elf',
      required: true,
      sha256: sha256('trusted\n').toUpperCase(),
    },
    { id: 'ddr', role: 'ddr', path: 'cache/ddr.bin', make_var: 'DDR' },
    { id: 'tee', role: 'tee', path: 'tee.bin' },
    { id: 'gone', role: 'bl32', path: 'output/gone.bin' },
  ]
  define({ blobs })
  const built = await succeeds()
  assert.match(project.read(`${MADE}/u-boot.bin`), /BL31=trusted TEE=tee DDR=memory/)
  assert.is(project.read(`${MADE}/blobs/bl31/bl31.elf`), 'trusted\n')
  const place = '/project/dist/cache/demo/bootloader/blobs'
  assert.is(
    project.read(`${MADE}/blobs/manifest.tsv`),
    `bl31.elf\tbl31\t${place}/bl31/bl31.elf\nddr\tddr\t${place}/ddr/ddr\ntee\ttee\t${place}/tee/tee\n`,
  )
  assert.match(complaint(built), /warning: the blob gone is missing: dist\/output\/demo\/gone\.bin/)
  project.write('dist/cache/demo/ddr.bin', 'other\n')
  assert.ok((await build()).reasons('bootloader').join().includes('ddr.bin'))
})

test('a blob that is missing or another one fails the step', async () => {
  define({ blobs: [{ id: 'bl31', role: 'bl31', path: './none.elf', required: true }] })
  await refused('there is no blob bsp/demo/none.elf')
  project.write('bsp/demo/bl31.elf', 'tampered\n')
  define({ blobs: [{ id: 'bl31', role: 'bl31', path: './bl31.elf', sha256: sha256('trusted\n') }] })
  await refused('bsp/demo/bl31.elf does not have the given SHA-256', sha256('tampered\n'))
  define({ blobs: [{ id: '../x', role: 'bl31', path: './bl31.elf' }] })
  await refused('become file names')
})

const TREE = '/dts-v1/;\n#include "acme-chip.dtsi"\n#include "mine.dtsi"\n/ { model = "Mine"; };\n'

test("device trees among U-Boot's own", async () => {
  project.write('bsp/demo/mine.dts', '/dts-v1/;\n/include/ "mine.dtsi"\n/ { model = "Mine"; };\n')
  project.write('bsp/demo/more/second.dts', '/dts-v1/;\n/ { };\n')
  project.write('bsp/demo/mine.dtsi', '/ { panel; };\n')
  define({ device_tree: { dts: ['mine.dts', './more/second.dts'], dtsi: './mine.dtsi' } })
  await succeeds()
  const config = project.read(`${MADE}/.config`)
  assert.match(config, /CONFIG_DEFAULT_DEVICE_TREE="mine"/)
  assert.match(config, /CONFIG_OF_LIST="mine second"/)
  assert.match(config, /# CONFIG_OF_UPSTREAM is not set/)
  assert.not.match(config, /SPL_OF_LIST/)
  assert.match(project.read(`${MADE}/u-boot.bin`), /DEVICE_TREE=mine\n/)
  assert.match(project.read(`${MADE}/dts.mk`), /dtb-y \+= mine\.dtb\ndtb-y \+= second\.dtb\n/)
  assert.match(await decompiled(`${MADE}/u-boot.dtb`), /panel/)
})

test('device trees compiled outside U-Boot', async () => {
  project.write('bsp/demo/mine.dts', TREE)
  project.write('bsp/demo/inc/mine.dtsi', '/ { panel; };\n')
  define({ device_tree: { dts: 'mine.dts', include_paths: ['inc'], standalone: true } })
  await succeeds()
  assert.match(await decompiled(`${MADE}/external-dtbs/mine.dtb`), /acme,chip[\s\S]*panel/)
  assert.match(await decompiled(`${MADE}/u-boot.dtb`), /model = "Mine"/)
  assert.match(project.read(`${MADE}/.config`), /"stock"/)
  define({ device_tree: { dts: 'none.dts' } })
  assert.match((await build()).said, /there is no device tree bsp\/demo\/none\.dts/)
})

test('a tree that builds inside itself', async () => {
  project.write('bsp/demo/u-boot/IN_TREE', '')
  define({ fragments: ['CONFIG_BOOTDELAY=0'] })
  const built = await succeeds()
  assert.match(complaint(built), /ignores the folder/)
  assert.match(project.read(`${MADE}/u-boot.bin`), /stone/)
  assert.ok(project.has(`${MADE}/spl/u-boot-spl.bin`))
  assert.match(project.read(`${MADE}/.config`), /CONFIG_BOOTDELAY=0/)
})

/** Machine types of PE programs. Source: PE format specification, "Machine Types". */
const MACHINES = { x86_64: 0x8664, arm64: 0xaa64 } as const

function machineOf(path: string): number {
  const program = readFileSync(project.at(path))
  assert.is(program.toString('latin1', 0, 2), 'MZ')
  return program.readUInt16LE(program.readUInt32LE(0x3c) + 4)
}

for (const [arch, name] of [
  ['x86_64', 'BOOTX64.EFI'],
  ['arm64', 'BOOTAA64.EFI'],
] as const) {
  test(`GRUB and systemd-boot for ${arch}`, async () => {
    for (const type of ['grub', 'systemd-boot']) {
      define({ type }, arch)
      await succeeds()
      assert.is(machineOf(`${MADE}/efi/BOOT/${name}`), MACHINES[arch])
      const text = readFileSync(project.at(`${MADE}/efi/BOOT/${name}`)).toString('latin1')
      assert.is(text.includes('/grub'), type === 'grub')
      assert.is(project.has(`${MADE}/bios/core.img`), type === 'grub' && arch === 'x86_64')
      assert.equal((await build()).ran, [])
    }
  })
}

test('what only U-Boot has is said to be without effect', async () => {
  define({ type: 'systemd-boot', fragments: ['CONFIG_X=y'] }, 'x86_64')
  assert.match(
    complaint(await succeeds()),
    /warning: boot\.bootloader\.fragments has no effect for systemd-boot/,
  )
})

test.run()
