/** The kernel step on a tree that only imitates a kernel: order, configuration, patches; device trees by the real dtc. */
import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Built } from '../../support/built.ts'
import { type Script, TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'
import { refusing, succeeding } from '../../support/step-ends.ts'

const test = suite('kernel')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
  cpSync(join(REPOSITORY, 'test/fixtures/kernel'), project.at('bsp/demo/linux'), { recursive: true })
})
test.after.each(() => project.dispose())

const SOURCE = 'dist/cache/demo/kernel-source'
const MADE = 'dist/cache/demo/kernel'

function define(kernel: object = {}, scripts: readonly Script[] = []): void {
  const boot = { kernel: { custom_kernel: true, source: './linux', ...kernel } }
  project.bsp(scripts, { arch: 'arm64', boot })
}

const build = (...args: string[]) => project.build(['--only', 'kernel', ...args])
/** What the step complained about. */
const complaint = (built: Built) => built.lines('kernel', 'stderr').join('\n')

const refused = refusing({ build, complaint, isMade: () => project.has(MADE) })
const succeeds = succeeding({ build, complaint })

/** Compiled device trees, as dtc reads them back. */
async function decompiled(name: string): Promise<string> {
  const { stdout } = await project.strux(['shell', '--at', 'kernel'], {
    input: `dtc -q -I dtb -O dts ${MADE}/dtbs/${name}\n`,
  })
  return stdout
}

test('source, hook, build: what a script changes in between is built, and gone with the next source', async () => {
  const script = {
    id: 'edit',
    step: 'after_kernel_extract',
    run: `echo "// edited $(grep -c edited "$BSP_CACHE_DIR/kernel-source/main.c")" >> "$BSP_CACHE_DIR/kernel-source/main.c"`,
  }
  define({}, [script])
  const built = await succeeds()
  assert.equal(built.ran, ['edit', 'kernel'])
  assert.match(project.read(`${MADE}/Image`), /\/\/ edited 0\n/)
  assert.match(
    project.read(`${MADE}/Image`),
    /arm64 aarch64-linux-gnu- by strux@strux #1 Wed Jan {2}1 00:00:00 UTC 2025/,
  )
  assert.is(project.read(`${MADE}/kernel.img`), project.read(`${MADE}/Image`))
  assert.is(project.read(`${MADE}/modules/lib/modules/6.12.34/kernel/driver.ko`), 'module\n')
  assert.match(project.read(`${MADE}/.config`), /^CONFIG_BASE=y$/m)
  assert.equal((await build()).ran, [])

  project.write('bsp/demo/linux/left-over', '')
  await succeeds()
  assert.ok(project.has(`${SOURCE}/left-over`))
  project.remove('bsp/demo/linux/left-over')
  await succeeds()
  assert.not.ok(project.has(`${SOURCE}/left-over`), 'a source is unpacked where nothing is')
  assert.match(project.read(`${MADE}/Image`), /\/\/ edited 0\n/)
  assert.not.match(project.read(`${MADE}/Image`), /edited 1/)
})

test('fragments: files, bare names, lines; the last value counts', async () => {
  project.write('bsp/demo/configs/usb.config', '# comment\nCONFIG_USB=y\nCONFIG_LEVEL=1\n')
  project.write('bsp/demo/bare.config', 'CONFIG_BARE="a b"\r\n')
  define({
    defconfig: 'board_defconfig',
    fragments: [
      './configs/usb.config',
      'bare.config',
      'CONFIG_LEVEL=3\nCONFIG_HEX=0x10\n',
      '# CONFIG_OFF is not set',
      'CONFIG_NEEDED=n',
      'CONFIG_TRI=m',
    ],
  })
  const built = await succeeds()
  const lines = project.read(`${MADE}/.config`).split('\n')
  for (const line of [
    'CONFIG_BOARD=y',
    'CONFIG_USB=y',
    'CONFIG_LEVEL=3',
    'CONFIG_BARE="a b"',
    'CONFIG_HEX=0x10',
  ])
    assert.ok(lines.includes(line), `${line}\n${lines.join('\n')}`)
  assert.match(
    complaint(built),
    /warning: CONFIG_NEEDED=n \(boot\.kernel\.fragments\[4\]\) became y: another setting needs it/,
  )
  assert.match(complaint(built), /warning: CONFIG_TRI=m \(boot\.kernel\.fragments\[5\]\) became y/)
  assert.not.ok(project.has(`${MADE}/modules`), 'without CONFIG_MODULES there are none')
  project.write('bsp/demo/configs/usb.config', 'CONFIG_USB=m\n')
  assert.ok((await build()).reasons('kernel').join().includes('usb.config'))
})

test('a line that does not take fails the step and names its fragment', async () => {
  project.write('bsp/demo/a.config', 'CONFIG_GONE=y\n')
  define({ fragments: ['a.config', 'CONFIG_USB=y\nCONFIG_GONE_TOO=m'] })
  await refused(
    'CONFIG_GONE=y (a.config) became n',
    'CONFIG_GONE_TOO=m (boot.kernel.fragments[1]) became n',
    'There is no such symbol',
  )
})

test('what is no fragment is refused', async () => {
  define({ fragments: ['configs/usb.config'] })
  await refused("boot.kernel.fragments[0], line 1: 'configs/usb.config' is not a line", 'begins with ./')
  define({ fragments: ['./configs/none.config'] })
  await refused('there is no fragment bsp/demo/configs/none.config')
  define({ defconfig: 'other_defconfig' })
  await refused("the kernel has no configuration 'other_defconfig'")
})

test("a configuration of the BSP's own takes the place of the defconfig", async () => {
  project.write('bsp/demo/configs/kernel.config', 'CONFIG_OWN=y\n')
  define({ fragments: ['CONFIG_MORE=y'] })
  await succeeds()
  assert.is(project.read(`${MADE}/.config`), 'CONFIG_OWN=y\nCONFIG_MORE=y\n')
})

const patch = (from: string, to: string) =>
  `--- a/main.c\n+++ b/main.c\n@@ -1 +1 @@\n-int main(void) { return ${from}; }\n+int main(void) { return ${to}; }\n`

test('patches in their order; one that is taken out is out', async () => {
  project.write('bsp/demo/patches/1.patch', patch('1', '2'))
  project.write('bsp/demo/patches/2.patch', patch('2', '3'))
  define({ patches: ['./patches/1.patch', 'patches/2.patch'] })
  await succeeds()
  assert.match(project.read(`${MADE}/Image`), /return 3/)
  assert.is(project.read('bsp/demo/linux/main.c'), 'int main(void) { return 1; }\n')
  define({ patches: ['./patches/1.patch'] })
  await succeeds()
  assert.match(project.read(`${MADE}/Image`), /return 2/)
  project.write('bsp/demo/linux/main.c', 'int main(void) { return 2; }\n')
  assert.match(
    complaint(await succeeds()),
    /warning: bsp\/demo\/patches\/1\.patch is already in the source; remove the patch/,
  )
})

test('a patch that is missing or does not apply fails the step', async () => {
  define({ patches: ['none.patch'] })
  await refused('there is no patch bsp/demo/none.patch')
  project.write('bsp/demo/bad.patch', patch('1', '2') + patch('8', '9').replaceAll('main.c', 'Makefile'))
  define({ patches: ['bad.patch'] })
  await refused('the patch bsp/demo/bad.patch does not apply:', /Makefile: Hunk #1 FAILED at 1/)
  project.write('bsp/demo/bad.patch', 'no patch at all\n')
  await refused('the patch bsp/demo/bad.patch does not apply:', /Only garbage/)
})

test("device trees: the kernel's, the BSP's with their includes, and overlays", async () => {
  project.write('bsp/demo/dts/panel.dtsi', '/ { panel { width = <PANEL_WIDTH>; }; };\n')
  project.write('bsp/demo/shared/panel.h', '#define PANEL_WIDTH 800\n')
  project.write(
    'bsp/demo/dts/mine.dts',
    '/dts-v1/;\n#include "chip.dtsi"\n#include "panel.h"\n#include "panel.dtsi"\n#include "common.dtsi"\n/ { model = "Mine"; };\n',
  )
  project.write(
    'bsp/demo/overlays/led.dtso',
    '/dts-v1/;\n/plugin/;\n#include <dt-bindings/acme.h>\n&pin { number = <(ACME_PIN + 1)>; };\n',
  )
  project.write('bsp/demo/common/common.dtsi', '/ { common; };\n')
  const before = listing('bsp/demo')
  define({
    device_tree: {
      dts: ['board', './dts/mine.dts', 'other/twin.dtb', './common/common.dtsi'],
      overlays: ['./overlays/led.dtso'],
      include_paths: ['./shared'],
    },
  })
  await succeeds()
  assert.equal(listing(`${MADE}/dtbs`), ['board.dtb', 'led.dtbo', 'mine.dtb', 'twin.dtb'])
  assert.match(await decompiled('board.dtb'), /model = "In tree"/)
  assert.match(await decompiled('twin.dtb'), /model = "Twin B"/)
  const mine = await decompiled('mine.dtb')
  for (const each of [/model = "Mine"/, /width = <0x320>/, /number = <0x07>/, /__symbols__/, /common;/])
    assert.match(mine, each)
  assert.match(await decompiled('led.dtbo'), /number = <0x08>[\s\S]*__fixups__/)
  assert.equal(listing('bsp/demo'), before, 'nothing is made in the folder of the BSP')

  project.write('bsp/demo/dts/panel.dtsi', '/ { panel { width = <(PANEL_WIDTH * 2)>; }; };\n')
  assert.ok((await succeeds()).reasons('kernel').join().includes('dtsi'))
  assert.match(await decompiled('mine.dtb'), /width = <0x640>/)
})

test('device trees that cannot be found, told apart or trusted', async () => {
  define({ device_tree: { dts: 'twin' } })
  await refused('the kernel has several device trees called twin', 'acme/twin', 'other/twin')
  define({ device_tree: { dts: 'nowhere' } })
  await refused('the kernel has no device tree source nowhere.dts for arm64')
  define({ device_tree: { dts: './none.dts' } })
  await refused('there is no device tree bsp/demo/none.dts')
  project.write('bsp/demo/a/x.dts', '/dts-v1/;\n/ { };\n')
  project.write('bsp/demo/b/x.dts', '/dts-v1/;\n/include/ "../secret.dtsi"\n')
  project.write('bsp/demo/secret.dtsi', '/ { };\n')
  define({ device_tree: { dts: ['./a/x.dts', './b/x.dts'] } })
  await refused('two device trees are called x.dtb')
  define({ device_tree: { dts: './b/x.dts' } })
  await refused('x.dts includes bsp/demo/secret.dtsi', 'include_paths')
  project.write('bsp/demo/a/x.dts', '/dts-v1/;\n/ { broken };\n')
  define({ device_tree: { dts: './a/x.dts' } })
  await refused('bsp/demo/a/x.dts cannot be compiled', /x\.dts:2/)
})

const VENDOR = `
function custom_kernel_config__100_vendor() {
  opts_y+=("LISTED" "GONE")
  opts_m+=("RADIO")
  opts_n+=("BASE")
  opts_val["LEVEL"]="3"
  opts_val["NAME"]="two words"
  kernel_config_modifying_hashes+=("LISTED=y")
  if [[ -f .config ]]; then
    kernel_config_set_y DIRECT
    kernel_config_set_m CONFIG_PLUGGED
    kernel_config_set_n OFF
    kernel_config_set_val NUMBER 0x10
    kernel_config_set_string TEXT hello
  fi
  display_alert "Linux" "\${KERNEL_MAJOR_MINOR}"
}
`
const TYPED = `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'typed', hooks: { custom_kernel_config: [
  { name: 'script', order: 600, run: sh\`test -f Makefile; opts_y+=(SCRIPTED)\` },
  { name: 'function', order: 700, run: async ({ values, set, sh }) => {
    await sh\`grep CONFIG_DIRECT=y .config\`
    await set({ opts_y: [...values.opts_y, 'TYPED'], opts_val: { ...values.opts_val, LEVEL: '4' } })
  } },
] } })
`

test('handlers of custom_kernel_config change the configuration before the kernel is compiled', async () => {
  project.write('extensions/vendor.sh', VENDOR)
  project.write('extensions/typed.ts', TYPED)
  project.write('bsp/demo/off.config', 'CONFIG_OFF=y\n')
  const boot = { kernel: { custom_kernel: true, source: './linux', fragments: ['off.config'] } }
  project.bsp([], { arch: 'arm64', boot, extensions: ['vendor', 'typed'] })
  const built = await succeeds()
  const lines = project.read(`${MADE}/.config`).split('\n')
  const wanted = [
    'LISTED=y',
    'RADIO=m',
    'LEVEL=4',
    'NAME="two words"',
    'DIRECT=y',
    'PLUGGED=m',
    'NUMBER=0x10',
  ]
  for (const line of [...wanted, 'TEXT="hello"', 'SCRIPTED=y', 'TYPED=y'])
    assert.ok(lines.includes(`CONFIG_${line}`), `${line}\n${lines.join('\n')}`)
  for (const name of ['BASE', 'OFF']) assert.not.ok(lines.includes(`CONFIG_${name}=y`), name)
  assert.match(
    complaint(built),
    /warning: CONFIG_GONE=y \(custom_kernel_config\) became n: there is no such symbol/,
  )
  assert.match(built.lines('custom_kernel_config__100_vendor', 'stderr').join('\n'), 'Linux [ 6.12 ]')
  assert.equal((await build()).ran, [])

  project.write('extensions/vendor.sh', VENDOR.replace('RADIO', 'ANTENNA'))
  const again = await succeeds()
  assert.ok(again.reasons('kernel').join().includes('custom_kernel_config__100_vendor'))
  assert.ok(project.read(`${MADE}/.config`).includes('CONFIG_ANTENNA=m'))
  assert.not.ok(project.read(`${MADE}/.config`).includes('RADIO'))
})

function listing(folder: string): string[] {
  return execFileSync('find', ['.', '-type', 'f', '-not', '-name', 'bsp.ts', '-printf', '%P\n'], {
    cwd: project.at(folder),
    encoding: 'utf8',
  })
    .split('\n')
    .filter(name => name !== '')
    .sort()
}

test.run()
