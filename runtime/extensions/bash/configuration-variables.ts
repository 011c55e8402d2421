/**
 * The shell variables of configuration hooks in bash files, and the values of the definition that they stand for. A
 * hook reads and changes them; what it changes becomes a change of the draft.
 */
import type { ShellValue } from './evaluate.ts'

/** The members of a draft that shell variables stand for; extensions/draft.ts makes it. */
export interface ShellDraft {
  bsp: Section
  project: Section
  packages?: { bsp: string[]; project: string[] }
  cthreads?: number
  host?: { packages: string[] }
}

type Section = Record<string, unknown> & {
  hostname?: unknown
  rootfs?: { packages?: readonly string[] }
  boot?: { cmdline?: string }
  image?: { table?: string; partitions?: readonly Partition[] }
}

interface Partition {
  readonly name: string
  readonly type?: string
  readonly filesystem?: string
  readonly size?: string
  readonly offset?: string
}

interface VariableRow {
  readonly names: readonly string[]
  /** The value before the hook. Without it, the variable is unset at first, and keeps its value from hook to hook. */
  readonly read?: (draft: ShellDraft) => ShellValue | undefined
  /** Called if the value differs from the one before the hook. */
  readonly write: (draft: ShellDraft, value: ShellValue, before: ShellValue) => void
  /** Called after every hook. */
  readonly always?: true
}

export const CONFIGURATION_VARIABLES: readonly VariableRow[] = [
  {
    names: ['HOST'],
    read: ({ project, bsp }) => textOf(project.hostname ?? bsp.hostname),
    write: ({ project }, value) => {
      project.hostname = flat(value)
    },
  },
  {
    names: ['EXTRA_BUILD_DEPS'],
    // Often set in an earlier hook than the one that may change the builder image.
    always: true,
    write: ({ host }, value) => {
      // A package may have a group in front of it, as in `fs-tools::zerofree`.
      if (host)
        add(
          host.packages,
          words(value).map(name => name.slice(name.indexOf('::') + 1).replace(/^:/, '')),
        )
    },
  },
  {
    names: [
      'PACKAGE_LIST_ADDITIONAL',
      'PACKAGE_LIST_BOARD',
      'PACKAGE_LIST_FAMILY',
      'PACKAGE_LIST_RELEASE',
      'PACKAGE_LIST',
      'DEBOOTSTRAP_LIST',
    ],
    write: (draft, value, before) => addPackages(draft, added(value, before)),
  },
  {
    names: ['PACKAGE_LIST_RM', 'PACKAGE_LIST_BOARD_REMOVE', 'PACKAGE_LIST_FAMILY_REMOVE', 'REMOVE_PACKAGES'],
    write: (draft, value, before) => removePackages(draft, added(value, before)),
  },
  {
    names: ['AGGREGATED_PACKAGES_IMAGE'],
    read: ({ packages }) => packages && [...packages.bsp, ...packages.project],
    write: (draft, value, before) => {
      removePackages(draft, added(before, value))
      addPackages(draft, added(value, before))
    },
  },
  {
    names: ['CTHREADS'],
    read: ({ cthreads }) => (cthreads === undefined ? undefined : `-j${cthreads}`),
    write: (draft, value) => {
      const number = /\d+/.exec(flat(value))
      if (draft.cthreads !== undefined && number) draft.cthreads = Number(number[0])
    },
  },
  {
    names: ['SERIALCON'],
    read: ({ bsp }) => consoles(bsp).join(','),
    write: ({ bsp }, value) => {
      const asked = flat(value)
        .split(/[\s,]+/)
        .filter(word => word !== '')
      const rest = argumentsOf(bsp).filter(word => !isSerialConsole(word))
      setArguments(bsp, [...rest, ...asked.map(word => `console=${word.replace(':', ',')}`)])
    },
  },
  {
    names: ['MAIN_CMDLINE', 'SRC_CMDLINE', 'GRUB_CMDLINE_LINUX_DEFAULT', 'GRUB_CMDLINE_LINUX'],
    write: ({ bsp }, value, before) => {
      const known = argumentsOf(bsp)
      setArguments(bsp, [...known, ...added(value, before).filter(word => !known.includes(word))])
    },
  },
  {
    names: ['IMAGE_PARTITION_TABLE'],
    read: ({ bsp }) => (bsp.image ? (bsp.image.table === 'mbr' ? 'msdos' : 'gpt') : undefined),
    write: ({ bsp }, value) => {
      const table = flat(value)
      if (bsp.image) bsp.image = { ...bsp.image, table: table === 'msdos' ? 'mbr' : table }
    },
  },
  {
    // With it, there is a boot partition.
    names: ['BOOTFS_TYPE'],
    read: ({ bsp }) => partition(bsp, 'boot')?.filesystem,
    write: ({ bsp }, value) => {
      const filesystem = flat(value) === 'fat' ? 'vfat' : flat(value)
      if (filesystem === '') return
      if (!partition(bsp, 'boot'))
        setPartitions(bsp, [
          { name: 'armbi_boot', type: 'boot', size: '256M' },
          ...(bsp.image?.partitions ?? []),
        ])
      changePartitions(bsp, 'boot', { filesystem })
    },
  },
  {
    names: ['BOOTSIZE'],
    // It may have been set before the partition was there.
    always: true,
    read: ({ bsp }) => mebibytes(partition(bsp, 'boot')?.size),
    write: ({ bsp }, value) => {
      if (flat(value) === '0') removePartition(bsp, 'boot')
      else setSize(bsp, 'boot', Number(flat(value)))
    },
  },
  {
    names: ['UEFISIZE'],
    read: ({ bsp }) => mebibytes(partition(bsp, 'esp')?.size),
    write: ({ bsp }, value) => {
      const size = Number(flat(value))
      if (bsp.image && !partition(bsp, 'esp') && size > 0)
        setPartitions(bsp, [{ name: 'efi', type: 'esp' }, ...(bsp.image.partitions ?? [])])
      if (size === 0) removePartition(bsp, 'esp')
      setSize(bsp, 'esp', size)
    },
  },
  {
    names: ['ROOT_FS_LABEL'],
    read: ({ bsp }) => partition(bsp, 'root')?.name,
    write: ({ bsp }, value) => changePartitions(bsp, 'root', { name: flat(value) }),
  },
  {
    names: ['ROOTFS_TYPE'],
    read: ({ bsp }) => bsp.image && (partition(bsp, 'root')?.filesystem ?? 'ext4'),
    write: ({ bsp }, value) => changePartitions(bsp, 'root', { filesystem: flat(value) }),
  },
  {
    // The free space before the first partition.
    names: ['OFFSET'],
    write: ({ bsp }, value) => {
      const [first, ...rest] = bsp.image?.partitions ?? []
      if (first) setPartitions(bsp, [{ ...first, offset: `${flat(value)}M` }, ...rest])
    },
  },
]

/**
 * Variables without a counterpart in the definition: steps and handlers start with the values that configuration
 * hooks gave them.
 */
export const STEP_VARIABLES = [
  'INSTALL_HEADERS',
  'FIXED_IMAGE_SIZE',
  'EXTRA_ROOTFS_MIB_SIZE',
  'USE_HOOK_FOR_PARTITION',
  'EXTRA_IMAGE_SUFFIXES',
] as const

/** The effect of a helper that changes lists of packages. */
export function callPackageHelper(draft: ShellDraft, helper: string, given: readonly string[]): void {
  const names = words(given)
  if (helper === 'remove_packages') removePackages(draft, names)
  else addPackages(draft, names)
}

// Shell values as text.

export const flat = (value: ShellValue): string =>
  typeof value === 'string' ? value : words(value).join(' ')

/** The words of a text or of the elements of an array. */
export function words(value: ShellValue): string[] {
  const texts = typeof value === 'string' ? [value] : Object.values(value)
  return texts.flatMap(text => text.split(/\s+/)).filter(word => word !== '')
}

/** The words that were not there before. */
function added(value: ShellValue, before: ShellValue): string[] {
  const known = words(before)
  return words(value).filter(word => !known.includes(word))
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

// Packages.

function add(list: string[], names: readonly string[]): void {
  for (const name of names) if (!list.includes(name)) list.push(name)
}

function addPackages({ bsp, project, packages }: ShellDraft, names: readonly string[]): void {
  const known = packages?.project ?? project.rootfs?.packages ?? []
  const missing = names.filter(name => !known.includes(name))
  if (missing.length === 0) return
  const list = packages?.bsp ?? [...(bsp.rootfs?.packages ?? [])]
  add(list, missing)
  if (!packages) bsp.rootfs = { ...bsp.rootfs, packages: list }
}

function removePackages({ bsp, project, packages }: ShellDraft, names: readonly string[]): void {
  const stays = (name: string) => !names.includes(name)
  if (packages) {
    packages.bsp.splice(0, packages.bsp.length, ...packages.bsp.filter(stays))
    packages.project.splice(0, packages.project.length, ...packages.project.filter(stays))
    return
  }
  for (const section of [bsp, project]) {
    const list = section.rootfs?.packages
    if (list?.some(name => !stays(name))) section.rootfs = { ...section.rootfs, packages: list.filter(stays) }
  }
}

// Kernel arguments.

const argumentsOf = ({ boot }: Section): string[] => words(boot?.cmdline ?? '')

function setArguments(bsp: Section, words: readonly string[]): void {
  if (words.length === 0 && bsp.boot?.cmdline === undefined) return
  bsp.boot = { ...bsp.boot, cmdline: words.join(' ') }
}

const isSerialConsole = (word: string): boolean => /^console=tty[A-Za-z]/.test(word)

/** In the notation of SERIALCON: `ttyS0:115200`. */
function consoles(bsp: Section): string[] {
  return argumentsOf(bsp)
    .filter(isSerialConsole)
    .map(word => word.slice('console='.length).replace(',', ':'))
}

// Partitions.

function partition({ image }: Section, type: string): Partition | undefined {
  return image?.partitions?.find(each => each.type === type)
}

function setPartitions(bsp: Section, partitions: readonly Partition[]): void {
  if (bsp.image) bsp.image = { ...bsp.image, partitions }
}

function removePartition(bsp: Section, type: string): void {
  setPartitions(
    bsp,
    (bsp.image?.partitions ?? []).filter(each => each.type !== type),
  )
}

function setSize(bsp: Section, type: string, size: number): void {
  if (!Number.isInteger(size) || size <= 0) return
  changePartitions(bsp, type, { size: `${size}M` })
}

function changePartitions(bsp: Section, type: string, changes: Partial<Partition>): void {
  const change = (each: Partition) => (each.type === type ? { ...each, ...changes } : each)
  setPartitions(bsp, (bsp.image?.partitions ?? []).map(change))
}

const UNITS: Readonly<Record<string, number>> = { '': 1 / 1024 ** 2, K: 1 / 1024, M: 1, G: 1024 }

/** A size such as `256M`, as a number of MiB. */
function mebibytes(size: string | undefined): string | undefined {
  const parts = /^(\d+)([KMG]?)$/.exec(size ?? '')
  return parts ? String(Math.floor(Number(parts[1]) * UNITS[parts[2]!]!)) : undefined
}
