/** What must not compile: every directive stands directly above the property that is wrong. */
import { defineBoard, defineBsp, defineConfig, layer, Sh, sh, without } from 'strux-bsp'
import { family, panel, plain, scripted, vendorKernel } from './boards.ts'

const id = { name: 'a', description: 'd', arch: 'arm64', hostname: 'h' } as const
const project = { name: 'p', project_version: '1.0.0', bsp: 'a' } as const

// unknown hook
defineBsp({
  ...id,
  scripts: [
    {
      // @ts-expect-error
      step: 'before_kernal',
      location: 'x',
    },
  ],
})
// kernel hooks
defineBsp({
  ...id,
  scripts: [
    { step: 'before_build', location: 'x' },
    {
      // @ts-expect-error
      step: 'before_kernel',
      location: 'x',
    },
    {
      location: 'x',
      // @ts-expect-error
      step: 'after_kernel_extract',
    },
    {
      // @ts-expect-error
      step: 'after_kernel',
      run: sh`x`,
    },
    {
      // @ts-expect-error
      step: 'custom_kernel',
      run: sh`x`,
    },
  ],
})
defineBsp({
  ...id,
  scripts: [
    {
      // @ts-expect-error
      step: 'before_kernel',
      location: 'x',
    },
  ],
  boot: { kernel: { custom_kernel: false } },
})
// bootloader hooks
defineBsp({
  ...id,
  boot: { kernel: { custom_kernel: true }, bootloader: { enabled: false } },
  scripts: [
    { step: 'before_kernel', location: 'x' },
    {
      // @ts-expect-error
      step: 'before_bootloader',
      location: 'x',
    },
    {
      // @ts-expect-error
      step: 'custom_bootloader',
      location: 'x',
    },
    {
      // @ts-expect-error
      step: 'after_bootloader',
      location: 'x',
    },
  ],
})
// after_kernel_extract with a custom_kernel script
defineBsp({
  ...id,
  boot: { kernel: { custom_kernel: true } },
  scripts: [
    {
      // @ts-expect-error
      step: 'after_kernel_extract',
      location: 'x',
    },
    { step: 'custom_kernel', location: 'x' },
  ],
})
// artifacts and locations that cannot be where they say
defineBsp({
  ...id,
  scripts: [
    {
      step: 'before_build',
      location: './fine.sh',
      cached_generated_artifacts: [
        'cache/a',
        // @ts-expect-error
        './cache/b',
        // @ts-expect-error
        '/cache/c',
      ],
      depends_on: ['./fine'],
    },
    {
      step: 'before_build',
      // @ts-expect-error
      location: '/scripts/a.sh',
    },
  ],
})
// both, neither
defineBsp({
  ...id,
  scripts: [
    {
      step: 'before_build',
      run: sh`x`,
      // @ts-expect-error
      location: 'x',
    },
    {
      // @ts-expect-error
      step: 'before_build',
      description: 'nothing to run',
    },
  ],
})
// inline scripts are nominal
defineBsp({
  ...id,
  scripts: [
    {
      step: 'before_build',
      // @ts-expect-error
      run: 'echo',
    },
    {
      step: 'before_build',
      // @ts-expect-error
      run: { text: 'echo' },
    },
    { step: 'before_build', run: new Sh('echo') },
  ],
})
// @ts-expect-error
sh`${undefined}`
// @ts-expect-error
sh`${{ a: 1 }}`
// tools
defineBsp({
  ...id,
  scripts: [
    {
      step: 'before_build',
      location: 'x',
      // @ts-expect-error
      tools: ['image', 'knife'],
    },
  ],
})
// unknown keys
defineBsp({
  ...id,
  // @ts-expect-error
  hostnam: 'x',
})
defineBsp({
  ...id,
  boot: {
    // @ts-expect-error
    kernl: { custom_kernel: true },
  },
})
defineBsp({
  ...id,
  boot: {
    kernel: {
      custom_kernel: true,
      // @ts-expect-error
      defcnfig: 'x',
    },
  },
})
defineBsp({
  ...id,
  boot: {
    kernel: {
      custom_kernel: true,
      device_tree: {
        dts: 'x',
        // @ts-expect-error
        overlay: ['x'],
      },
    },
  },
})
defineBsp({
  ...id,
  scripts: [
    {
      step: 'before_build',
      location: 'x',
      // @ts-expect-error
      depend_on: ['x'],
    },
  ],
})
defineBsp({
  ...id,
  cage: {
    // @ts-expect-error
    hide: true,
  },
})
// overlays: one or several in a BSP, one in a project
defineBsp({
  ...id,
  rootfs: {
    // @ts-expect-error
    overlay: 5,
  },
})
defineBsp({
  ...id,
  // @ts-expect-error
  rootfs: { overlay: ['./overlay', 5] },
})
defineConfig({
  name: 'p',
  project_version: '1.0.0',
  bsp: 'q',
  rootfs: {
    // @ts-expect-error
    overlay: ['overlay'],
  },
})
// values and missing keys
defineBsp({
  ...id,
  // @ts-expect-error
  arch: 'amd46',
})
defineBsp({
  ...id,
  display: {
    // @ts-expect-error
    resolution: '1920*1080',
  },
})
defineBsp({
  ...id,
  boot: {
    // @ts-expect-error
    kernel: { defconfig: 'x' },
  },
})
// @ts-expect-error
defineBsp({
  description: 'd',
  arch: 'arm64',
  hostname: 'h',
})
// independent mistakes are reported together
defineBsp({
  ...id,
  scripts: [
    {
      // @ts-expect-error
      step: 'before_kernel',
      location: 'x',
    },
    {
      // @ts-expect-error
      step: 'before_krnl',
      location: 'x',
    },
    {
      step: 'before_build',
      location: 'x',
      // @ts-expect-error
      dpends: 'x',
    },
    {
      step: 'before_build',
      // @ts-expect-error
      location: 'x',
      run: sh`x`,
    },
  ],
})
// projects
defineConfig({
  ...project,
  // @ts-expect-error
  bps: 'x',
})
defineConfig({
  ...project,
  build: {
    cache: {
      // @ts-expect-error
      enable: false,
    },
  },
})
defineConfig({
  ...project,
  boot: {
    // @ts-expect-error
    splash: { enabled: true },
  },
})
// @ts-expect-error
defineConfig({ name: 'p', bsp: 'q' })
defineConfig({
  ...project,
  scripts: [
    {
      // @ts-expect-error
      location: 'x',
      run: sh`x`,
    },
    // @ts-expect-error
    { description: 'nothing to run' },
    {
      // @ts-expect-error
      step: 'rootfs_post',
    },
    {
      // @ts-expect-error
      step: 'make_image',
      location: 'x',
    },
    {
      location: 'x',
      // @ts-expect-error
      cached_generated_artifacts: ['./x'],
    },
  ],
})

// ---- layers -----------------------------------------------------------------------------------------------------------

defineBsp({
  ...id,
  extends: panel({ resolution: '1x1', touch: true }),
  scripts: [
    {
      // @ts-expect-error nothing below switches the kernel on
      step: 'before_kernel',
      location: 'x',
    },
  ],
})
defineBsp({
  ...id,
  extends: [panel({ resolution: '1x1', touch: true }), plain()],
  scripts: [
    {
      // @ts-expect-error
      step: 'before_kernel',
      location: 'x',
    },
  ],
})
// a layer replaces the kernel build
defineBsp({
  ...id,
  extends: scripted(),
  boot: { kernel: { custom_kernel: true }, bootloader: { enabled: true } },
  scripts: [
    {
      // @ts-expect-error
      step: 'after_kernel_extract',
      location: 'x',
    },
  ],
})
// a layer whose scripts nothing enables
defineBsp({
  ...id,
  // @ts-expect-error
  extends: scripted(),
})
defineBsp({
  ...id,
  boot: { kernel: { custom_kernel: true } },
  extends: [
    vendorKernel(),
    // @ts-expect-error
    scripted(),
  ],
})
// what is no layer
defineBsp({
  ...id,
  // @ts-expect-error not called
  extends: vendorKernel,
})
defineBsp({
  ...id,
  // @ts-expect-error not made by layer()
  extends: { hostname: 'x' },
})
// what nobody gives
// @ts-expect-error
defineBsp({
  extends: vendorKernel(),
  name: 'n',
})
// with layers the checks of a BSP's own values go on
defineBsp({
  extends: family(),
  // @ts-expect-error
  hostnam: 'x',
})
defineBsp({
  extends: family(),
  boot: {
    kernel: {
      // @ts-expect-error
      defcnfig: 'x',
    },
  },
})
defineBsp({
  extends: family(),
  scripts: [
    without('a'),
    {
      step: 'make_image',
      location: 'x',
      // @ts-expect-error
      depend_on: ['x'],
    },
    {
      // @ts-expect-error
      step: 'before_kernel',
      location: 'x',
    },
    // @ts-expect-error not made by without()
    { without: 'a' },
  ],
})
// @ts-expect-error
without(5)
// layers
layer({
  // @ts-expect-error
  hostnam: 'x',
})
layer({
  boot: {
    kernel: {
      // @ts-expect-error
      custom_kernel: 'yes',
    },
  },
})
layer({
  scripts: [
    {
      // @ts-expect-error
      step: 'before_kernal',
      location: 'x',
    },
  ],
})
layer({
  extends: scripted(),
  scripts: [
    {
      // @ts-expect-error
      step: 'after_kernel_extract',
      location: 'x',
    },
    {
      step: 'before_kernel',
      run: sh`x`,
      // @ts-expect-error
      location: 'x',
    },
  ],
})
// options of boards
panel({
  // @ts-expect-error
  resolution: 'big',
  touch: true,
})
// @ts-expect-error
panel()
vendorKernel({
  // @ts-expect-error
  rom: 4,
})
// @ts-expect-error it takes none
plain({ rom: 4 })
// boards
defineBoard(import.meta.url, () =>
  layer({
    // @ts-expect-error
    hostnam: 'x',
  }),
)
// @ts-expect-error not made by layer()
defineBoard(import.meta.url, () => ({ hostname: 'x' }))
// @ts-expect-error without an annotation the options are unknown
defineBoard(import.meta.url, o => layer({ hostname: o.name }))
