/** The tree for Buildroot names partitions as the image step's bash does: both are asked. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { diskOf } from '../../../runtime/export/buildroot/disk.ts'
import { REPOSITORY } from '../../support/repository.ts'

const test = suite('disks of exported trees')

const ARCHES = ['x86_64', 'arm64', 'armhf'] as const
const TYPES = ['esp', 'boot', 'root', 'swap', 'data'] as const

/** What a line of bash prints that has the functions of the image step. */
const inStep = (line: string, env: Readonly<Record<string, string>>) =>
  execFileSync(
    'bash',
    [
      '-euc',
      `declare -A parttype=(); config() { [ "$1" = .bsp ] && echo lobby; }
       cd "$1"; . ./filesystem.sh; . ./table.sh; eval "$2"`,
      'bash',
      `${REPOSITORY}/runtime/steps/image`,
      line,
    ],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  ).trim()

const disk = (table: 'gpt' | 'mbr', arch: (typeof ARCHES)[number]) =>
  diskOf({ table, seed: 'x', partitions: TYPES.map(type => ({ name: `p-${type}`, type })) }, 'lobby', arch)

for (const table of ['gpt', 'mbr'] as const)
  for (const arch of ARCHES)
    test(`the types of partitions are those of a build: ${table}, ${arch}`, () => {
      for (const [index, { filesystem, type }] of disk(table, arch).partitions.entries())
        assert.is(type, inStep(`type_id ${TYPES[index]} ${filesystem}`, { table, TARGET_ARCH: arch }))
    })

test('a FAT partition in an MBR has its own type', () => {
  const partitions = [{ name: 'boot', type: 'boot', filesystem: 'vfat' }] as const
  const [boot] = diskOf({ table: 'mbr', partitions: [...partitions] }, 'lobby', 'arm64').partitions
  assert.is(boot?.type, inStep('type_id boot vfat', { table: 'mbr', TARGET_ARCH: 'arm64' }))
})

test('with a seed, the UUIDs of the disk and of its partitions are those of a build', () => {
  const { uuid, partitions } = disk('gpt', 'x86_64')
  const env = { seed: 'given x' }
  assert.is(uuid, inStep('uuid_of disk', env))
  for (const { name, uuid } of partitions) assert.is(uuid, inStep(`uuid_of "partition ${name}"`, env))
})

test.run()
