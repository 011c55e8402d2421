/** What has to compile. Read by types.test.ts together with its neighbours. */

import {
  type Arch,
  type Boot,
  type Bsp,
  type BspBody,
  type ConfigBody,
  defineBsp,
  defineConfig,
  type Hook,
  type Layer,
  type LayerBody,
  layer,
  type ProjectConfig,
  type ProjectScript,
  type Script,
  sh,
  type ToolGroup,
  without,
} from 'strux-bsp'
import type * as z from 'zod'
import type {
  BspData,
  bspSchema,
  ProjectData,
  ProjectScriptData,
  projectSchema,
  projectScriptSchema,
  ScriptData,
  scriptSchema,
} from '../../../lib/schema.ts'

import { derived, family, optional, panel, plain, scripted, several, vendorKernel } from './boards.ts'

const id = { name: 'a', description: 'd', arch: 'arm64', hostname: 'h' } as const
declare const computed: boolean
declare const text: string

// the named types say what the schemas say, and data that is read looks like data that was written
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
export const same: [
  Same<Omit<BspBody, 'extends'>, z.input<typeof bspSchema>>,
  Same<keyof BspBody, keyof z.input<typeof bspSchema> | 'extends'>,
  Same<keyof LayerBody, keyof BspBody>,
  Same<ConfigBody, z.input<typeof projectSchema>>,
  Same<keyof ConfigBody, keyof z.input<typeof projectSchema>>,
  Same<Script, z.input<typeof scriptSchema>>,
  Same<keyof Script, keyof z.input<typeof scriptSchema>>,
  Same<ProjectScript, z.input<typeof projectScriptSchema>>,
  Same<keyof ProjectScript, keyof z.input<typeof projectScriptSchema>>,
  Same<BspData, Omit<BspBody, 'extends'>>,
  Same<ProjectData, ConfigBody>,
  Same<ScriptData, Script>,
  Same<ProjectScriptData, ProjectScript>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true]

export const minimal: Bsp = defineBsp({ name: 'a', description: 'd', arch: 'host', hostname: 'h' })
defineBsp({
  name: 'full',
  description: 'd',
  arch: 'aarch64',
  hostname: 'h',
  display: { resolution: '1920x1080' },
  cage: { env: ['A=b'], hide_cursor: true },
  boot: {
    kernel: {
      custom_kernel: true,
      source: 'https://x',
      version: '6.12',
      fragments: ['a'],
      device_tree: { dts: ['x.dts'], overlays: ['y.dts'] },
    },
    bootloader: {
      enabled: true,
      type: 'u-boot',
      device_tree: { dts: 'x', dtsi: 'y', standalone: true },
      boot_method: 'extlinux',
      boot_config: 'x',
      blobs: [{ id: 'a', role: 'b', path: 'c' }],
    },
  },
  rootfs: { overlay: ['./overlay', 'shared'], packages: ['vim'] },
  runtime: { compatible_strux_api: '0.3', extensions: [{ path: './x' }, { import: 'y' }] },
  scripts: [
    {
      step: 'before_kernel',
      location: './a.sh',
      cached_generated_artifacts: ['cache/x', '../y', '.z/w'],
      depends_on: ['./y'],
      tools: ['kernel', 'cross'],
    },
    { step: 'after_kernel_extract', run: sh`echo ${1}` },
    { step: 'custom_bootloader', run: sh`x`, id: 'q', description: 'w', tools: [] },
    { step: 'make_image', location: text, cached_generated_artifacts: [text, `cache/${text}`] },
  ],
})

// computed flags are not refused
defineBsp({
  ...id,
  boot: { kernel: { custom_kernel: computed } },
  scripts: [{ step: 'before_kernel', location: 'x' }],
})
declare const choice: true | false
defineBsp({
  ...id,
  boot: { kernel: { custom_kernel: choice } },
  scripts: [{ step: 'custom_kernel', location: 'x' }],
})
defineBsp({
  ...id,
  boot: { bootloader: { enabled: !computed } },
  scripts: [{ step: 'before_bootloader', location: 'x' }],
})
declare const boot: Boot
declare const scripts: Script[]
declare const script: Script
declare const whole: BspBody
defineBsp({ ...id, boot, scripts: [...scripts, script, { step: 'before_kernel', location: 'x' }] })
defineBsp(whole)
defineBsp({ ...whole, hostname: 'other' })
defineBsp({ ...minimal, hostname: 'other' })
const kernel = { custom_kernel: true }
defineBsp({ ...id, boot: { kernel }, scripts: [{ step: 'before_kernel', location: 'x' }] })

// computed scripts
defineBsp({
  ...id,
  scripts: ['a', 'b'].map(name => ({ step: 'before_build', location: `./${name}.sh` })),
})
defineBsp({
  ...id,
  scripts: [
    { step: computed ? 'after_kernel_extract' : 'before_build', location: 'x' },
    { step: 'before_build', ...(computed ? { location: 'x' } : { run: sh`x` }) },
  ],
})
defineBsp({
  ...id,
  scripts: [
    { step: 'before_build', location: 'x' },
    ...(computed ? [{ step: 'after_build', location: 'y' } as const] : []),
  ],
})
const asConst = { ...id, scripts: [{ step: 'before_build', location: 'x' }] } as const
defineBsp(asConst)

// one mistake less: both flags on, all hooks allowed
defineBsp({
  ...id,
  boot: { kernel: { custom_kernel: true }, bootloader: { enabled: true } },
  scripts: [
    { step: 'before_kernel', location: 'x' },
    { step: 'custom_kernel', location: 'x' },
    { step: 'after_kernel', location: 'x' },
    { step: 'before_bootloader', location: 'x' },
    { step: 'custom_bootloader', location: 'x' },
    { step: 'after_bootloader', location: 'x' },
  ],
})

// names of the types that an author may want
export const hook: Hook = 'make_image'
export const arch: Arch = 'amd64'
export const groups: readonly ToolGroup[] = [
  ...(['image', 'cross', 'kernel', 'bootloader', 'rootfs', 'go', 'node', 'wayland'] as const),
]

// projects
export const config: ProjectConfig = defineConfig({ name: 'p', project_version: '1.0.0', bsp: 'qemu' })
defineConfig({
  name: 'p',
  project_version: '1.0.0-rc.1',
  bsp: 'qemu',
  bsps: ['bsp/*/bsp.ts', 'boards/*.ts'],
  application: 'app',
  hostname: 'h',
  boot: { splash: { enabled: true, logo: './assets/logo.png', color: '000000' } },
  update: { enabled: true, auto_bundle: false },
  display: {
    monitors: [
      { path: '/', resolution: '1920x1080', transform: 90 },
      { path: '/b', transform: 'flipped-90' },
    ],
  },
  rootfs: { overlay: './overlay', packages: ['vim'] },
  scripts: [
    { location: './a.sh' },
    {
      step: 'rootfs_post',
      run: sh`x`,
      id: 'b',
      description: 'c',
      depends_on: ['./d'],
      cached_generated_artifacts: ['e'],
    },
  ],
  qemu: { enabled: true, network: true, usb: [{ vendor_id: '0bda', product_id: '1234' }], flags: ['-m 2G'] },
  build: {
    host_packages: ['x'],
    cache: { enabled: true, force_rebuild: ['rootfs'], ignore_patterns: ['*.md'] },
  },
  builder: { image: 'mine:1', suite: 'trixie', mirror: 'http://mirror.example/debian' },
  dev: {
    server: { fallback_hosts: [{ host: '10.0.0.1', port: 8000 }], use_mdns_on_client: true, client_key: 'k' },
    inspector: { enabled: true, port: 9223 },
    usb: { enabled: true, subnet: '192.168.7.0/24' },
  },
})
defineConfig({ ...config, bsp: 'other' })

// ---- layers -----------------------------------------------------------------------------------------------------------

// what layers give need not be repeated, and their objects need not be repeated in full
defineBsp({ extends: family() })
defineBsp({ extends: [vendorKernel(), layer({ name: 'n', description: 'd' })] })
defineBsp({ ...id, extends: vendorKernel(), boot: { kernel: { fragments: ['CONFIG_USB=y'] } } })
export const onLayer: Bsp = defineBsp({ name: 'n', description: 'd', extends: vendorKernel({ ram: 4 }) })
// what a layer switches on
defineBsp({ ...id, extends: vendorKernel(), scripts: [{ step: 'before_kernel', location: 'x' }] })
defineBsp({
  ...id,
  extends: [panel({ resolution: '800x480', touch: true }), vendorKernel()],
  scripts: [{ step: 'after_kernel', location: 'x' }],
})
defineBsp({ ...id, extends: derived(), scripts: [{ step: 'before_kernel', location: 'x' }] })
defineBsp({
  ...id,
  extends: optional(),
  scripts: [
    { step: 'before_kernel', location: 'x' },
    { step: 'after_bootloader', location: 'x' },
  ],
})
defineBsp({ ...id, extends: several({ vendor: true }), scripts: [{ step: 'before_kernel', location: 'x' }] })
defineBsp({
  ...id,
  extends: scripted(),
  boot: { kernel: { custom_kernel: true }, bootloader: { enabled: computed } },
})
defineBsp({ ...id, extends: [scripted(), optional({ custom: true })] })
defineBsp({
  ...id,
  extends: computed ? vendorKernel() : panel({ resolution: '1x1', touch: false }),
  scripts: [{ step: 'before_kernel', location: 'x' }],
})
declare const anyLayer: Layer
declare const anyLayers: readonly Layer[]
defineBsp({ extends: anyLayer, scripts: [{ step: 'before_kernel', location: 'x' }] })
defineBsp({ extends: anyLayers, scripts: [{ step: 'before_kernel', location: 'x' }] })
defineBsp({ ...id, extends: [], scripts: [] })
// a layer's hooks may be switched on by a BSP
layer({ boot: { kernel: { defconfig: 'x' } }, scripts: [{ step: 'before_kernel', location: 'x' }] })
layer({ rootfs: { overlay: ['./overlay', text] } })
layer({ rootfs: { overlay: text } })
layer({
  scripts: [
    { step: 'custom_bootloader', location: 'x' },
    { step: 'after_kernel_extract', location: 'x' },
  ],
})
// what is removed
defineBsp({
  extends: family(),
  scripts: [without('a'), { step: 'make_image', run: sh`true` }, without('b')],
})
defineBsp({
  ...id,
  extends: scripted(),
  scripts: [without('custom'), without('before_bootloader:./fetch.sh')],
})
defineBsp({
  ...id,
  boot: { kernel: { custom_kernel: true }, bootloader: { enabled: true } },
  extends: scripted(),
  scripts: [without('custom'), { step: 'after_kernel_extract', location: 'x' }],
})
defineBsp({ extends: family(), scripts: computed ? [without('a')] : [] })
defineBsp({ extends: family(), scripts: [...(computed ? [without('a')] : []), ...scripts] })
layer({ extends: family(), scripts: [without('a')] })
// options
vendorKernel()
vendorKernel({})
plain()
