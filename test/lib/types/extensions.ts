/** Extensions: what has to compile, and what must not. */
import { defineBsp, defineConfig, defineExtension, type Extension, layer, sh } from 'strux-bsp'

export const motd = defineExtension({
  name: 'motd',
  description: 'A message of the day',
  url: import.meta.url,
  options: { text: 'Welcome', lines: 2, list: ['a'], nested: { deep: true } },
  requires: ['other'],
  hooks: {
    user_config: draft => {
      const lines: number = draft.options.lines
      draft.bsp.hostname = `${draft.options.text}-${lines}`
      draft.bsp.rootfs ??= {}
      draft.bsp.rootfs.packages = [...(draft.bsp.rootfs.packages ?? []), 'figlet']
      draft.bsp.rootfs.packages.push('toilet')
      draft.project.hostname = draft.bsp.name ?? ''
      draft.bsp.rootfs.overlay = draft.file('./overlay')
      // @ts-expect-error
      draft.packages.bsp.push('x')
    },
    post_aggregate_packages: ({ packages }) => {
      packages.bsp.push('a')
      packages.project.length = 0
    },
    post_determine_cthreads: draft => {
      draft.cthreads = draft.cthreads * 2
    },
    add_host_dependencies: draft => {
      draft.host.packages.push('rauc')
    },
    pre_customize_image: [
      sh`echo a`,
      { name: 'second', order: 400, description: 'x', run: sh`echo b`, depends_on: ['./motd.txt'] },
      { name: 'third', location: './third.sh', replaces: 'pre_customize_image__other' },
      {
        name: 'fourth',
        run: async ({ options, chroot, sh, values }) => {
          const deep: boolean = options.nested.deep
          const { stdout } = await chroot`echo ${String(deep)}`
          await sh`echo ${stdout} ${values.SDCARD}`
          // @ts-expect-error
          values.rootfs_size
        },
      },
    ],
    prepare_image_size: async ctx => {
      const size: number = ctx.values.rootfs_size
      await ctx.set({ FIXED_IMAGE_SIZE: size + 512 })
      // @ts-expect-error
      await ctx.set({ SDCARD: '/other' })
    },
    image_tweaks_post_customize: ctx => {
      const hook: 'post_customize_image' = ctx.hook
      ctx.progress(hook)
    },
  },
  on_failure: ({ failed, message, options }) => console.error(failed, message, options.text),
})

const louder: Extension<{ text: string; lines: number; list: string[]; nested: { deep: boolean } }> =
  motd.with({ text: 'HELLO' })
const bare = defineExtension({ name: 'bare', hooks: {} })
const id = { name: 'a', description: 'd', arch: 'arm64', hostname: 'h' } as const
defineBsp({ ...id, extensions: [motd, louder, bare, 'by-name'], skip_hooks: ['pre_customize_image__second'] })
defineBsp({ ...id, extends: layer({ extensions: [motd, 'x'], skip_hooks: [] }) })
defineConfig({ name: 'p', project_version: '1.0.0', bsp: 'a', extensions: ['x', bare], skip_hooks: [] })

// unknown option, and one of another type
// @ts-expect-error
motd.with({ txt: 'x' })
// @ts-expect-error
motd.with({ lines: 'two' })
// @ts-expect-error
bare.with({ text: 'x' })
// an extension, or its name
// @ts-expect-error
defineBsp({ ...id, extensions: [{ name: 'motd', hooks: {} }] })
// unknown hook
defineExtension({
  name: 'x',
  hooks: {
    // @ts-expect-error
    pre_customise_image: sh`x`,
  },
})
// unknown key
defineExtension({
  name: 'x',
  hooks: {},
  // @ts-expect-error
  option: {},
})
defineExtension({
  name: 'x',
  hooks: {
    // @ts-expect-error
    pre_customize_image: { name: 'a', run: sh`x`, depend_on: [] },
  },
})
// neither or both of run and location
defineExtension({
  name: 'x',
  hooks: {
    // @ts-expect-error
    pre_customize_image: { name: 'a' },
  },
})
defineExtension({
  name: 'x',
  hooks: {
    // @ts-expect-error
    pre_customize_image: { name: 'a', run: sh`x`, location: './x.sh' },
  },
})
// a string is no script
defineExtension({
  name: 'x',
  hooks: {
    // @ts-expect-error
    pre_customize_image: 'echo',
  },
})
// a function for another kind of hook
defineExtension({
  name: 'x',
  hooks: {
    // @ts-expect-error
    pre_customize_image: draft => void draft.bsp,
    // @ts-expect-error
    user_config: ctx => void ctx.sh`x`,
  },
})
// options are JSON
defineExtension({
  name: 'x',
  options: {
    // @ts-expect-error
    when: new Date(),
  },
  hooks: {},
})
