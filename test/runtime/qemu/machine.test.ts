/** QEMU's command line and a screen's pictures, without QEMU. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import { guestFiles } from '../../../runtime/qemu/files.ts'
import { type MachineFacts, type MachineOptions, machineArguments } from '../../../runtime/qemu/machine.ts'
import {
  colorAt,
  difference,
  isDrawn,
  isNear,
  type Picture,
  placeOn,
  readPpm,
} from '../../../runtime/qemu/screen.ts'
import { chooseDisplay } from '../../../runtime/qemu/window.ts'

const test = suite('qemu')
const PROJECT: ProjectData = { name: 'p', project_version: '1.0.0', bsp: 'b' }
const BSP = { name: 'b', description: 'b', arch: 'x86_64', hostname: 'b' } as BspData
const OPTIONS: MachineOptions = {
  kvm: false,
  display: 'none',
  qmp: '/run/qmp',
  consoleLog: '/run/console',
  forwards: [],
  keepChanges: false,
}

function words(facts: Partial<MachineFacts> = {}, options: Partial<MachineOptions> = {}): string {
  const files = { disk: '/d.img', kernel: '/vmlinuz', initrd: '/initrd' }
  const all = {
    project: PROJECT,
    bsp: BSP,
    arch: 'x86_64' as const,
    files,
    cmdline: 'root=/dev/vda',
    ...facts,
  }
  return machineArguments(all, { ...OPTIONS, ...options }).join(' ')
}

test('starts the kernel itself, emulated, and forgets what the guest writes', () => {
  assert.match(words(), '-kernel /vmlinuz -initrd /initrd -append root=/dev/vda')
  assert.match(words(), '-machine q35 -accel tcg,thread=multi -cpu max,avx=off,avx2=off')
  assert.match(words(), 'snapshot=on')
  assert.match(words({}, { keepChanges: true }), 'snapshot=off')
  assert.match(words({}, { kvm: true }), '-accel kvm -cpu host')
})

test('firmware starts the disk: UEFI with variables of its own, or a file', () => {
  const uefi = words({ files: { disk: '/d,1.img', uefi: { code: '/code', vars: '/vars' } } })
  assert.match(uefi, 'if=pflash,unit=0,format=raw,readonly=on,file=/code')
  assert.match(uefi, 'if=pflash,unit=1,format=raw,file=/vars')
  assert.match(uefi, 'file=/d,,1.img', 'a comma is written twice')
  assert.not.match(uefi, '-kernel')
  assert.match(words({ files: { disk: '/d', firmware: '/u-boot.bin' }, arch: 'arm64' }), '-bios /u-boot.bin')
})

test('the screen has the resolution of the first monitor, else that of the board', () => {
  assert.match(words(), 'xres=1280,yres=800')
  assert.match(words({ bsp: { ...BSP, display: { resolution: '800x480' } } }), 'xres=800,yres=480')
  const display = { monitors: [{ path: '/', resolution: '1920x1080' as const }, { path: '/two' }] }
  assert.match(words({ project: { ...PROJECT, display } }), 'xres=1920,yres=1080,max_outputs=2')
})

test('the network can be switched off, and leads to ports of the guest', () => {
  assert.match(words({}, { forwards: [{ host: 4000, guest: 80 }] }), 'hostfwd=tcp:127.0.0.1:4000-:80')
  const qemu = {
    enabled: true,
    network: false,
    usb: [{ vendor_id: '0bda', product_id: '8153' }],
    flags: ['-device usb-audio'],
  }
  const off = words({ project: { ...PROJECT, qemu } })
  assert.match(off, '-nic none')
  assert.match(off, 'usb-host,vendorid=0x0bda,productid=0x8153')
  assert.match(off, /-device usb-audio$/)
})

test('says which file of the build is missing, and how it is made; a splash needs arguments of its own', () => {
  const root = mkdtempSync(join(tmpdir(), 'strux-qemu-test-'))
  try {
    const facts = { root, bspName: 'b', project: PROJECT, bsp: BSP, arch: 'x86_64' as const }
    assert.throws(() => guestFiles(facts), /there is no dist\/output\/b\/rootfs\.ext4/)
    for (const file of ['dist/output/b/rootfs.ext4', 'dist/cache/b/vmlinuz']) {
      mkdirSync(join(root, dirname(file)), { recursive: true })
      writeFileSync(join(root, file), '')
    }
    assert.not.match(guestFiles(facts).cmdline, 'splash')
    const boot = { splash: { enabled: true, logo: 'logo.png', color: '000000' } }
    const bsp: BspData = { ...BSP, boot: { cmdline: 'splash debug' } }
    const shown = guestFiles({ ...facts, project: { ...PROJECT, boot }, bsp }).cmdline
    assert.match(shown, /^root=\/dev\/vda rw splash debug plymouth\.ignore-serial-consoles quiet /)
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('a window needs a desktop, and a QEMU that has windows', () => {
  const offered = 'Available display backend types:\nnone\negl-headless\ngtk\nsdl\n'
  assert.is(chooseDisplay(offered, { DISPLAY: ':0' }, 'linux'), 'gtk')
  assert.is(chooseDisplay('none\nsdl\n', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), 'sdl')
  assert.is(chooseDisplay('none\ncocoa\n', {}, 'darwin'), 'cocoa')
  assert.throws(() => chooseDisplay(offered, {}, 'linux'), /no desktop to open a window on/)
  assert.throws(
    () => chooseDisplay('none\negl-headless\n', { DISPLAY: ':0' }, 'linux'),
    /without gtk and sdl/,
  )
  assert.match(words({}, { display: 'gtk' }), /-display gtk .*/)
  assert.match(words({}, { display: 'gtk' }), 'stdio,id=console')
})

const picture = (width: number, colors: readonly string[]): Picture => ({
  width,
  height: colors.length / width,
  pixels: Buffer.from(colors.join(''), 'hex'),
})

test('reads a PPM, and knows one that is not complete', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strux-qemu-test-'))
  const file = join(folder, 'x.ppm')
  try {
    writeFileSync(file, Buffer.concat([Buffer.from('P6\n2 1\n255\n'), Buffer.from('0a0b0c102030', 'hex')]))
    const read = readPpm(file)!
    assert.equal([read.width, read.height, colorAt(read, 1, 0)], [2, 1, '102030'])
    writeFileSync(file, 'P6\n2 1\n255\nabc')
    assert.is(readPpm(file), undefined)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a few words on black are nothing drawn; a page is', () => {
  const dark = Array(99).fill('000000')
  assert.not(isDrawn(picture(10, [...dark, 'ffffff'])))
  assert.ok(isDrawn(picture(10, [...dark.slice(0, 90), ...Array(10).fill('010000')])))
})

test('places, colours and differences', () => {
  assert.equal(
    [placeOn(101, '50%'), placeOn(101, '7'), placeOn(101, '900'), placeOn(101, '100%')],
    [50, 7, 100, 100],
  )
  assert.ok(isNear('102030', '0c1c2c', 4))
  assert.not(isNear('102030', '102035', 4))
  const [a, b] = [picture(2, ['000000', '000000']), picture(2, ['000000', '000001'])]
  assert.equal(
    [difference(a, a), difference(a, b), difference(a, picture(1, ['000000', '000000']))],
    [0, 0.5, 1],
  )
})

test.run()
