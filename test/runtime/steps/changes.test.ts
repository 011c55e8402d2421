/** Change this, and these run again: every kind of input of every step, with the real table of steps. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StepName } from '../../../lib/hooks/build.ts'
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import type { StepBodies, StepBody } from '../../../runtime/plan/body.ts'
import { STEPS } from '../../../runtime/steps/registry.ts'
import { bspWith, PROJECT, SimulatedProject, simulatedBody } from '../../support/simulated.ts'

const test = suite('changes')
const SOURCES = {
  'frontend/index.html': 'page',
  'main.go': 'package main',
  'overlay/etc/motd': 'hello',
  'bsp/demo/files/etc/issue': 'hello',
  'shared/etc/issue': 'hello',
  'bsp/demo/configs/more.config': 'CONFIG_A=y',
  'bsp/demo/patches/kernel.patch': 'patch',
  'bsp/demo/dts/board.dts': 'tree',
  'bsp/demo/patches/u-boot.patch': 'patch',
  'bsp/demo/loader.bin': 'loader',
  'bsp/demo/content/a.txt': 'a',
  'compositor/meson.build': 'project()',
  'tool.deb': 'deb',
  'logo.png': 'logo',
}
const CONFIG: ProjectData = {
  ...PROJECT,
  boot: { splash: { enabled: true, logo: 'logo.png', color: '000000' } },
  rootfs: { overlay: 'overlay', packages: ['curl', './tool.deb'] },
  cage: { source: './compositor' },
}
const BSP: BspData = bspWith([], {
  rootfs: { overlay: ['./files', 'shared'] },
  cage: { env: ['A=1'] },
  boot: {
    cmdline: 'quiet',
    kernel: {
      custom_kernel: true,
      defconfig: 'defconfig',
      fragments: ['./configs/more.config', 'CONFIG_B=y'],
      patches: ['./patches/kernel.patch'],
      device_tree: { dts: './dts/board.dts' },
    },
    bootloader: { enabled: true, type: 'u-boot', defconfig: 'x', patches: ['./patches/u-boot.patch'] },
  },
  image: {
    partitions: [
      { name: 'root', type: 'root' },
      { name: 'data', content: './content' },
    ],
    raw: [{ file: './loader.bin', offset: '32K' }],
  },
})

const AFTER_ROOTFS: StepName[] = ['rootfs_post', 'image']
const ALL = [
  'frontend',
  'application',
  'cage',
  'wpe',
  'client',
  'kernel',
  'bootloader',
  'rootfs',
  ...AFTER_ROOTFS,
]

/** What changes: a file, or the definitions; and which steps run then, in any order. */
const TABLE: readonly {
  readonly what: string
  readonly file?: string
  readonly config?: Partial<ProjectData>
  readonly bsp?: Partial<BspData>
  readonly body?: StepName
  readonly run: readonly string[]
}[] = [
  { what: 'a file of the frontend', file: 'frontend/index.html', run: ['frontend', ...AFTER_ROOTFS] },
  { what: 'main.go', file: 'main.go', run: ['application', ...AFTER_ROOTFS] },
  { what: 'a file of the compositor', file: 'compositor/meson.build', run: ['cage', ...AFTER_ROOTFS] },
  { what: "the compositor's environment", bsp: { cage: { env: ['A=2'] } }, run: ['cage', ...AFTER_ROOTFS] },
  {
    what: 'a fragment of the kernel',
    file: 'bsp/demo/configs/more.config',
    run: ['kernel', ...AFTER_ROOTFS],
  },
  { what: 'a patch of the kernel', file: 'bsp/demo/patches/kernel.patch', run: ['kernel', ...AFTER_ROOTFS] },
  { what: 'a device tree', file: 'bsp/demo/dts/board.dts', run: ['kernel', ...AFTER_ROOTFS] },
  { what: 'a patch of U-Boot', file: 'bsp/demo/patches/u-boot.patch', run: ['bootloader'] },
  { what: "the project's overlay", file: 'overlay/etc/motd', run: AFTER_ROOTFS },
  { what: "the BSP's overlay", file: 'bsp/demo/files/etc/issue', run: AFTER_ROOTFS },
  { what: "the BSP's other overlay", file: 'shared/etc/issue', run: AFTER_ROOTFS },
  {
    what: 'the order of the overlays',
    bsp: { rootfs: { overlay: ['shared', './files'] } },
    run: AFTER_ROOTFS,
  },
  { what: 'an overlay less', bsp: { rootfs: { overlay: './files' } }, run: AFTER_ROOTFS },
  {
    what: 'overlays written in another way',
    bsp: { rootfs: { overlay: ['./files', './../../shared/', 'bsp/demo/../../shared'] } },
    run: [],
  },
  { what: 'a package file', file: 'tool.deb', run: AFTER_ROOTFS },
  { what: 'the logo', file: 'logo.png', run: AFTER_ROOTFS },
  {
    what: 'no splash',
    config: { boot: { splash: { enabled: false, logo: 'logo.png', color: '000000' } } },
    run: ['rootfs', ...AFTER_ROOTFS],
  },
  {
    what: 'a list of packages',
    config: { rootfs: { overlay: 'overlay', packages: ['wget', './tool.deb'] } },
    run: AFTER_ROOTFS,
  },
  { what: 'the host name', config: { hostname: 'other' }, run: AFTER_ROOTFS },
  { what: 'a monitor', config: { display: { monitors: [{ path: '/two' }] } }, run: AFTER_ROOTFS },
  { what: 'a file beside the partitions', file: 'bsp/demo/loader.bin', run: ['image'] },
  { what: 'a folder for a partition', file: 'bsp/demo/content/a.txt', run: ['image'] },
  { what: "the kernel's arguments", bsp: { boot: { ...BSP.boot, cmdline: 'debug' } }, run: ['image'] },
  { what: 'the body of a step', body: 'client', run: ['client', ...AFTER_ROOTFS] },
  { what: 'the architecture', bsp: { arch: 'arm64' }, run: ALL.filter(step => step !== 'frontend') },
  { what: 'nothing', run: [] },
]

/** Each makes what it declares, anew every time. */
let runs = 0
function bodies(project: SimulatedProject, changed?: StepName): StepBodies {
  const body = (step: string): StepBody =>
    simulatedBody(step === changed ? `${step} 2` : step, node => {
      for (const { path } of node.artifacts) project.write(path, `${step} ${++runs}`)
    })
  return Object.fromEntries(STEPS.map(({ name }) => [name, body(name)]))
}

for (const { what, file, config, bsp, body, run } of TABLE) {
  test(`${what}: ${run.join(', ') || 'nothing runs'}`, async () => {
    const project = new SimulatedProject()
    try {
      for (const [path, text] of Object.entries(SOURCES)) project.write(path, text)
      const first = await project.build({ bsp: BSP, project: CONFIG, bodies: bodies(project) })
      assert.ok(first.ok, String(first.error))
      assert.equal([...first.order].sort(), [...ALL].sort())
      if (file) project.write(file, `${project.read(file)} changed`)
      const settings = {
        bsp: { ...BSP, ...bsp } as BspData,
        project: { ...CONFIG, ...config },
        bodies: bodies(project, body),
      }
      const foretold = await project.dryRun(settings)
      const { order } = await project.build(settings)
      assert.equal([...order].sort(), [...run].sort())
      // Undecided is what may run: whether it does is known once what it reads is made.
      for (const [id, { action }] of foretold)
        if (action === 'run') assert.ok(run.includes(id), `foretold ${id}: ${action}`)
    } finally {
      project.dispose()
    }
  })
}

test.run()
