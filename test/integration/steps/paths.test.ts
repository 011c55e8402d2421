/**
 * Where a path of a definition leads: the planner, which hashes what lies there, and the bash of the steps, which reads it,
 * must mean the same file. The steps' own functions run in a builder, on files that each contain their own path.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import type { PathRef } from '../../../runtime/model/plan.ts'
import { hostArch } from '../../../runtime/plan/arch.ts'
import { stepEnvironment } from '../../../runtime/plan/environment.ts'
import { packageFile, stepScript } from '../../../runtime/steps/package-files.ts'
import { STEPS } from '../../../runtime/steps/registry.ts'
import { SOURCE_SCRIPTS } from '../../../runtime/steps/source/scripts.ts'
import { TestProject } from '../execute/project.ts'

const OVERLAYS = `${stepScript('shell/checkout.sh', 'shell/inside.sh', 'rootfs_post/lay-over.sh', 'rootfs_post/device.sh')}
draft=$(mktemp -d)`
const test = suite('paths')
const project = new TestProject()
test.after(() => project.remove())

interface Row {
  readonly what: string
  readonly step: string
  readonly entries: readonly string[]
  /** What a definition says that has the entry. */
  readonly define: (entry: string) => { readonly bsp?: object; readonly project?: object }
  /** Bash that prints what the step reads for it. */
  readonly read: string
}

/** In the BSP's folder with or without `./`; beside it; through a link, which does not count; from below. */
const OWN = ['./x.NAME', './../shared/x.NAME', './sub/../x.NAME', './link/../x.NAME']
const BARE = [...OWN, 'x.NAME', '../shared/x.NAME', 'sub/x.NAME']
const PLACED = [...OWN, '../shared/x.NAME', 'cache/x.NAME', 'output/sub/x.NAME', 'x.NAME', 'cache/../x.NAME']
const named = (entries: readonly string[], ending: string) =>
  entries.map(entry => entry.replace('NAME', ending))

/** A function of a file that does other things too. */
const only = (file: string, name: string) =>
  new RegExp(`^${name}\\(\\) \\{\\n.*?^\\}\\n`, 'ms').exec(packageFile(`runtime/steps/${file}`))![0]

const PATCHES = 'place_source() { apply_patches none "${@:5}"; }\napply_patch() { cat "$2"; exit; }\n'
const kernel = (value: object) => ({ bsp: { boot: { kernel: { custom_kernel: true, ...value } } } })
const uBoot = (value: object) => ({
  bsp: { boot: { bootloader: { enabled: true, type: 'u-boot', defconfig: 'x', ...value } } },
})
const image = (value: object) => ({ bsp: { image: { partitions: [{ name: 'p', ...value }] } } })
const KERNEL_TREE = `${only('kernel/build.sh', 'install_tree')}
compile_device_tree() { cat "$1"; exit; }
include_paths=() beside=() kernel_includes=() draft=/tmp/none dtc=dtc
`
const U_BOOT = stepScript('kbuild/config.sh', 'bootloader/blobs.sh')
const U_BOOT_TREES = `list() { jq -r "$1 // [] | if type == \\"string\\" then [.] else . end | .[]" <<<"$STEP_CONFIG"; }
${only('bootloader/u-boot.sh', 'copy_device_trees')}
mkdir -p "$scratch/trees"
copy_device_trees "$scratch/trees"
cat "$scratch"/trees/x.*
`
const OF_PROJECT = ['x.NAME', './x.NAME', 'sub/x.NAME', 'sub/../x.NAME', 'link/../x.NAME']
const DEBS = `${stepScript('rootfs_post/packages.sh')}
suite=trixie debian_arch=amd64
mount() { :; }
umount() { :; }
in_chroot() { if [[ $* == *install* ]]; then cat "$ROOTFS_DIR"/tmp/strux-packages/*/*; fi; }
mkdir -p "$ROOTFS_DIR/usr/sbin" "$ROOTFS_DIR/etc"
install_packages
`

const ROWS: readonly Row[] = [
  {
    what: 'fragments of a kernel',
    step: 'kernel',
    entries: named([...OWN, 'x.NAME'], 'config'),
    define: entry => kernel({ fragments: [entry] }),
    read: `${stepScript('kbuild/config.sh')}
collect_fragments '."boot.kernel".fragments' boot.kernel.fragments
cat "\${fragments[0]}"`,
  },
  {
    what: 'patches of a kernel',
    step: 'kernel',
    entries: named(BARE, 'patch'),
    define: entry => kernel({ source: './tree', patches: [entry] }),
    read: PATCHES + stepScript('kernel/extract.sh'),
  },
  {
    what: 'a source folder',
    step: 'kernel',
    entries: ['./tree', '../shared/tree', './link/../tree'],
    define: entry => kernel({ source: entry }),
    read: `unpack_source "$scratch/tree" "$(config '."boot.kernel".source')" "$BSP_FOLDER"\ncat "$scratch/tree/file"`,
  },
  {
    what: 'device trees of a kernel',
    step: 'kernel',
    entries: named(OWN, 'dts'),
    define: entry => kernel({ device_tree: { dts: entry } }),
    read: `${KERNEL_TREE}install_tree "$(config '."boot.kernel".device_tree.dts')" dtb`,
  },
  {
    what: 'overlays of a kernel',
    step: 'kernel',
    entries: named(OWN, 'dtso'),
    define: entry => kernel({ device_tree: { overlays: [entry] } }),
    read: `${KERNEL_TREE}install_tree "$(config '."boot.kernel".device_tree.overlays[0]')" dtbo`,
  },
  {
    what: 'fragments of U-Boot',
    step: 'bootloader',
    entries: named([...OWN, 'x.NAME'], 'config'),
    define: entry => uBoot({ fragments: [entry] }),
    read: `${U_BOOT}
collect_fragments '."boot.bootloader".fragments' boot.bootloader.fragments
cat "\${fragments[0]}"`,
  },
  {
    what: 'blobs',
    step: 'bootloader',
    entries: named(PLACED, 'bin'),
    define: entry => uBoot({ blobs: [{ id: 'x', role: 'bl31', path: entry, required: true }] }),
    read: `${U_BOOT}
draft=$scratch
stage_blobs
cat "$scratch/blobs/bl31/x"`,
  },
  {
    what: 'device trees of U-Boot',
    step: 'bootloader',
    entries: named(BARE, 'dts'),
    define: entry => uBoot({ device_tree: { dts: entry } }),
    read: U_BOOT_TREES,
  },
  {
    what: 'folders of device trees of U-Boot',
    step: 'bootloader',
    entries: ['./tree', '../shared/tree', 'tree'],
    define: entry => uBoot({ device_tree: { include_paths: [entry] } }),
    read: U_BOOT_TREES.replace('x.*', 'file'),
  },
  {
    what: 'patches of Cage',
    step: 'cage',
    entries: named(OF_PROJECT, 'patch'),
    define: entry => ({ project: { cage: { source: './tree', patches: [entry] } } }),
    read: `${PATCHES}${stepScript('cage/compile.sh')}compile_cage`,
  },
  {
    what: 'files of partitions',
    step: 'image',
    entries: named(PLACED, 'img'),
    define: entry => image({ file: entry }),
    read: `cat "$(placed_path "$(config '.image.partitions[0].file')")"`,
  },
  {
    what: 'overlays of a BSP',
    step: 'rootfs_post',
    entries: ['./tree', 'overlays/tree', './link/../tree', './../shared/tree'],
    define: entry => ({ bsp: { rootfs: { overlay: entry } } }),
    read: `${OVERLAYS}\nmkdir -p "$ROOTFS_DIR"\napply_overlays\ncat "$ROOTFS_DIR/file"`,
  },
  {
    what: 'overlays of the project',
    step: 'rootfs_post',
    entries: ['./tree', 'overlays/tree', 'link/../tree'],
    define: entry => ({ project: { rootfs: { overlay: entry } } }),
    read: `${OVERLAYS}\nmkdir -p "$ROOTFS_DIR"\napply_overlays\ncat "$ROOTFS_DIR/file"`,
  },
  {
    what: 'package files of a BSP',
    step: 'rootfs_post',
    entries: named([...OWN, 'x.NAME', 'sub/x.NAME'], 'deb'),
    define: entry => ({ bsp: { rootfs: { packages: [entry] } } }),
    read: DEBS,
  },
  {
    what: 'package files of the project',
    step: 'rootfs_post',
    entries: named(OF_PROJECT, 'deb'),
    define: entry => ({ project: { rootfs: { packages: [entry] } } }),
    read: DEBS,
  },
  {
    what: 'the logo',
    step: 'rootfs_post',
    entries: named(OF_PROJECT, 'png'),
    define: entry => ({ project: { boot: { splash: { enabled: true, logo: entry, color: '000000' } } } }),
    read: `${stepScript('rootfs_post/splash.sh')}
mkdir -p "$ROOTFS_DIR"/{strux,etc/systemd/system}
install_splash
cat "$ROOTFS_DIR/strux/logo.png"`,
  },
]

const BSP = { name: 'demo', description: 'A test', arch: 'host', hostname: 'demo' }
const PROJECT = { name: 'test', project_version: '1.0.0', bsp: 'demo' }

function factsOf(row: Row, entry: string) {
  const { bsp = {}, project: ofProject = {} } = row.define(entry)
  return {
    bsp: { ...BSP, ...bsp } as BspData,
    project: { ...PROJECT, ...ofProject } as ProjectData,
    bspName: 'demo',
    bspFolder: 'bsp/demo',
    application: '.',
    target: hostArch(),
    host: hostArch(),
    handled: new Set<string>(),
    version: '0.0.0',
  }
}

/** Everywhere that a rule could mean, one file of each name; a comment in every language that reads them. */
function writeFiles(): void {
  const folders = ['.', 'sub', 'bsp', 'bsp/demo', 'bsp/demo/sub', 'bsp/shared', 'shared', 'overlays']
  const built = ['dist', 'dist/cache', 'dist/cache/demo', 'dist/output/demo/sub', 'dist/shared', 'elsewhere']
  for (const folder of [...folders, ...built]) {
    for (const ending of ['config', 'patch', 'bin', 'dts', 'dtso', 'img', 'deb', 'png'])
      write(join(folder, `x.${ending}`))
    write(join(folder, 'tree/file'))
    write(join(folder, 'tree/Makefile'))
  }
  mkdirSync(join(project.root, 'elsewhere/inner'))
  for (const folder of ['.', 'bsp/demo'])
    symlinkSync('/project/elsewhere/inner', join(project.root, folder, 'link'))
}

function write(path: string): void {
  const file = join(project.root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `# ${path}\n`)
}

/** The same for all steps, and then what reads the entry, with words about it left out. */
function bash(row: Row, entry: string): string {
  const config = STEPS.find(step => step.name === row.step)!.config(factsOf(row, entry))
  const quoted = `'${JSON.stringify(config).replaceAll("'", `'\\''`)}'`
  return `(
export STEP_NAME=${row.step} STEP_CONFIG=${quoted}
${stepScript(...SOURCE_SCRIPTS)}
scratch=$(mktemp -d) ROOTFS_DIR=$(mktemp -d) WORK=$(mktemp -d)
${row.read}
) 2>&1 | grep -v -e STRUX_PROGRESS -e ^warning:
echo '--'
`
}

test('planner and steps mean the same files', async () => {
  writeFiles()
  const cases = ROWS.flatMap(row => row.entries.map(entry => ({ row, entry })))
  const script = cases.map(({ row, entry }) => bash(row, entry)).join('\n')
  const env = stepEnvironment(factsOf(ROWS[0]!, ''), '/project')
  const { stdout, stderr } = await project.run(script, env)
  const read = `${stdout.join('\n')}\n`.split(/^--\n/m)
  const wrong: string[] = []
  for (const [index, { row, entry }] of cases.entries()) {
    const seen = read[index]?.trim() ?? ''
    const hashed = STEPS.find(step => step.name === row.step)!.inputs(factsOf(row, entry))
    const isHashed = ({ path }: PathRef) => seen === `# ${path}` || seen === `# ${path}/file`
    if (!hashed.some(isHashed)) {
      const paths = hashed.map(({ path }) => path).filter(path => !/rootfs-base|cache\/app/.test(path))
      wrong.push(`${row.what}, ${entry}: read ${seen || '(nothing)'}, of ${paths.join(' ')}`)
    }
  }
  assert.equal(wrong, [], [...wrong, ...stderr].join('\n'))
  assert.ok(cases.length > 60)
})

test.run()
