/** What the shell variables of configuration hooks mean in the definition. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { applyVariables } from '../../../runtime/extensions/bash/configuration.ts'
import {
  CONFIGURATION_VARIABLES,
  callPackageHelper,
  type ShellDraft,
} from '../../../runtime/extensions/bash/configuration-variables.ts'

const draft = (bsp: object = {}, project: object = {}, more: object = {}): ShellDraft =>
  structuredClone({ bsp, project, ...more }) as ShellDraft

function read(from: ShellDraft, name: string) {
  return CONFIGURATION_VARIABLES.find(({ names }) => names.includes(name))!.read?.(from)
}

/** The draft after a hook has given the variable this value. */
function after(from: ShellDraft, name: string, value: string | string[], before?: string | string[]) {
  const old = before ?? read(from, name)
  applyVariables(from, old === undefined ? {} : { [name]: old }, { [name]: value })
  return from
}

test('packages: text or array, new words only; removals from all lists', () => {
  const rootfs = { packages: ['a', 'b'] }
  assert.equal(after(draft({ rootfs }), 'PACKAGE_LIST_ADDITIONAL', ' c  d ').bsp.rootfs?.packages, [
    ...rootfs.packages,
    'c',
    'd',
  ])
  assert.equal(after(draft(), 'PACKAGE_LIST_BOARD', ['c d', 'e'], ['c d']).bsp.rootfs?.packages, ['e'])
  const removed = after(draft({ rootfs }, { rootfs: { packages: ['b', 'c'] } }), 'PACKAGE_LIST_RM', 'b')
  assert.equal([removed.bsp.rootfs?.packages, removed.project.rootfs?.packages], [['a'], ['c']])
})

test('helpers add to the BSP what the project has not, and to the complete lists where these are there', () => {
  const plain = draft({}, { rootfs: { packages: ['jq'] } })
  callPackageHelper(plain, 'add_packages_to_image', ['curl jq', 'git'])
  assert.equal(plain.bsp.rootfs?.packages, ['curl', 'git'])
  const lists = { packages: { bsp: ['a'], project: ['b', 'c'] } }
  const complete = draft({}, {}, lists)
  callPackageHelper(complete, 'add_packages_to_rootfs', ['d'])
  callPackageHelper(complete, 'remove_packages', ['a', 'c'])
  assert.equal(complete.packages, { bsp: ['d'], project: ['b'] })
})

test('the aggregated list is read and written as a whole', () => {
  const from = draft({}, {}, { packages: { bsp: ['a', 'b'], project: ['c'] } })
  assert.equal(read(from, 'AGGREGATED_PACKAGES_IMAGE'), ['a', 'b', 'c'])
  assert.equal(after(from, 'AGGREGATED_PACKAGES_IMAGE', ['b', 'c', 'd']).packages, {
    bsp: ['b', 'd'],
    project: ['c'],
  })
})

test('BOOTFS_TYPE asks for a boot partition; BOOTSIZE is its size, set before or after', () => {
  const root = { name: 'root', type: 'root' }
  const from = () => draft({ image: { partitions: [root] } })
  const boot = { name: 'armbi_boot', type: 'boot', filesystem: 'ext4', size: '256M' }
  assert.equal(after(from(), 'BOOTFS_TYPE', 'ext4').bsp.image?.partitions, [boot, root])
  const both = from()
  applyVariables(both, {}, { BOOTSIZE: '64', BOOTFS_TYPE: 'fat' })
  const small = { ...boot, filesystem: 'vfat', size: '64M' }
  assert.equal(both.bsp.image?.partitions, [small, root])
  const later = from()
  applyVariables(later, { BOOTSIZE: '64' }, { BOOTSIZE: '64', BOOTFS_TYPE: 'fat' })
  assert.equal(later.bsp.image?.partitions, [small, root])
  assert.equal(after(later, 'BOOTSIZE', '0').bsp.image?.partitions, [root])
  assert.equal(after(from(), 'BOOTFS_TYPE', '').bsp.image?.partitions, [root])
  assert.equal(after(from(), 'BOOTSIZE', '64').bsp.image?.partitions, [root])
  assert.is(after(draft(), 'BOOTFS_TYPE', 'ext4').bsp.image, undefined)
})

test('host packages: also those of an earlier hook', () => {
  const from = draft({}, {}, { host: { packages: ['x'] } })
  assert.equal(after(from, 'EXTRA_BUILD_DEPS', ' qemu-utils x', ' qemu-utils x').host?.packages, [
    'x',
    'qemu-utils',
  ])
  after(draft(), 'EXTRA_BUILD_DEPS', 'lost-without-host')
})

test('host name, parallel jobs', () => {
  assert.is(read(draft({ hostname: 'one' }, { hostname: 'two' }), 'HOST'), 'two')
  assert.is(after(draft({ hostname: 'one' }), 'HOST', 'three').project.hostname, 'three')
  assert.is(read(draft({}, {}, { cthreads: 4 }), 'CTHREADS'), '-j4')
  assert.is(after(draft({}, {}, { cthreads: 4 }), 'CTHREADS', '-j2').cthreads, 2)
})

test('serial consoles and kernel arguments', () => {
  const boot = { cmdline: 'quiet console=ttyS0,115200 console=tty1' }
  assert.is(read(draft({ boot }), 'SERIALCON'), 'ttyS0:115200')
  assert.is(
    after(draft({ boot }), 'SERIALCON', 'ttyS2:1500000,ttyAMA0').bsp.boot?.cmdline,
    'quiet console=tty1 console=ttyS2,1500000 console=ttyAMA0',
  )
  assert.is(after(draft({ boot }), 'MAIN_CMDLINE', 'quiet rw').bsp.boot?.cmdline, `${boot.cmdline} rw`)
})

test('partition table and partitions, in MiB', () => {
  const partitions = [
    { name: 'boot', type: 'boot', size: '1G' },
    { name: 'root', type: 'root' },
  ]
  const from = () => draft({ image: { partitions } })
  assert.is(read(from(), 'BOOTSIZE'), '1024')
  assert.equal(after(from(), 'BOOTSIZE', '512').bsp.image?.partitions?.[0], {
    ...partitions[0],
    size: '512M',
  })
  assert.equal(after(from(), 'UEFISIZE', '64').bsp.image?.partitions?.[0], {
    name: 'efi',
    type: 'esp',
    size: '64M',
  })
  const withEsp = draft({ image: { partitions: [{ name: 'efi', type: 'esp', size: '64M' }, ...partitions] } })
  assert.is(read(withEsp, 'UEFISIZE'), '64')
  assert.equal(after(withEsp, 'UEFISIZE', '0').bsp.image?.partitions, partitions)
  assert.is(after(from(), 'IMAGE_PARTITION_TABLE', 'msdos').bsp.image?.table, 'mbr')
  assert.is(after(from(), 'ROOT_FS_LABEL', 'armbi_root').bsp.image?.partitions?.[1]?.name, 'armbi_root')
  assert.is(after(from(), 'ROOTFS_TYPE', 'squashfs').bsp.image?.partitions?.[1]?.filesystem, 'squashfs')
  assert.is(after(from(), 'BOOTFS_TYPE', 'fat').bsp.image?.partitions?.[0]?.filesystem, 'vfat')
  assert.is(after(from(), 'OFFSET', '16').bsp.image?.partitions?.[0]?.offset, '16M')
  assert.is(after(draft(), 'BOOTSIZE', '512').bsp.image, undefined)
})

test.run()
