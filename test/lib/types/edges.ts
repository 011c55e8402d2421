/** Choices, spreads, computed values and explicit undefined: what a check by types easily gets wrong. */
import {
  defineBoard,
  defineBsp,
  defineConfig,
  type Layer,
  layer,
  type Script,
  type Sh,
  sh,
  without,
} from 'strux-bsp'
import { vendorKernel } from './boards.ts'

const id = { name: 'a', description: 'd', arch: 'arm64', hostname: 'h' } as const
const project = { name: 'p', project_version: '1.0.0', bsp: 'a' } as const
const K = { kernel: { custom_kernel: true } } as const
declare const computed: boolean
declare const maybeText: string | undefined
declare const maybeRun: Sh | undefined

defineBsp({ ...id, ...(computed && { boot: K }), scripts: [{ step: 'before_kernel', location: 'x' }] })
defineBsp({ ...id, ...(computed ? { boot: K } : {}), scripts: [{ step: 'before_kernel', location: 'x' }] })
defineBsp({ ...id, scripts: computed ? [{ step: 'before_build', location: 'x' }] : [] })
defineBsp({ ...id, scripts: [] })
defineBsp({
  ...id,
  scripts: [
    { step: 'before_build', location: undefined, run: sh`x` },
    { step: 'before_build', location: 'x', run: undefined, cached_generated_artifacts: undefined },
    { step: 'before_build', location: maybeText },
    { step: 'before_build', location: maybeText, run: maybeRun },
    { step: 'before_build', ...(computed && { location: 'x' }), ...(!computed && { run: sh`x` }) },
  ],
})
defineBsp({ ...id, boot: undefined, scripts: undefined })
const shared = { step: 'before_kernel', location: 'x' } as const
defineBsp({ ...id, boot: K, scripts: [shared, shared] })
declare function wifi(options: { ssid: string }): Script[]
declare function one(): Script
defineBsp({ ...id, scripts: [...wifi({ ssid: 'x' }), one()] })
export function make(name: string) {
  return defineBsp({
    ...id,
    name,
    hostname: name,
    scripts: [
      { step: 'before_build', location: `./${name}.sh`, cached_generated_artifacts: [`cache/${name}`] },
    ],
  })
}
export const generic = <O extends { name: string }>(o: O) => defineBsp({ ...id, hostname: o.name })

// @ts-expect-error
defineBsp({ ...id, scripts: [shared] })
// @ts-expect-error
defineBsp({ ...id, scripts: computed ? [{ step: 'before_kernel', location: 'x' }] : [] })
const dotted = `./${'x' as string}` as const
defineBsp({
  ...id,
  scripts: [
    {
      step: 'before_build',
      location: 'x',
      // @ts-expect-error a template that certainly begins with ./
      cached_generated_artifacts: [dotted],
    },
  ],
})
defineBsp({
  ...id,
  scripts: [
    {
      // @ts-expect-error a choice between kernel hooks
      step: computed ? 'before_kernel' : 'after_kernel',
      location: 'x',
    },
    {
      // @ts-expect-error
      step: 'before_build',
      location: undefined,
    },
    {
      // @ts-expect-error not a literal
      step: 'before_build' as string,
      location: 'x',
    },
  ],
})

// choices between lists
defineBsp({
  ...id,
  boot: K,
  scripts: computed
    ? [{ step: 'custom_kernel', location: 'x' }]
    : [{ step: 'after_kernel_extract', location: 'x' }],
})
defineBsp({
  ...id,
  boot: K,
  scripts: [
    { step: computed ? 'custom_kernel' : 'before_build', location: 'x' },
    { step: 'after_kernel_extract', location: 'x' },
  ],
})
defineBsp({
  ...id,
  boot: K,
  scripts: [
    ...(computed ? [{ step: 'custom_kernel', location: 'x' } as const] : []),
    { step: 'after_kernel_extract', location: 'x' },
  ],
})
defineBsp({
  ...id,
  // @ts-expect-error
  scripts: computed ? [{ step: 'before_kernel', location: 'x' }] : [{ step: 'before_build', location: 'x' }],
})
// a list of unknown length: what may be in it is known, what is together in it is not
defineBsp({
  ...id,
  boot: K,
  scripts: computed
    ? [
        { step: 'custom_kernel', location: 'x' },
        { step: 'after_kernel_extract', location: 'x' },
      ]
    : [],
})
defineBsp({
  ...id,
  boot: K,
  scripts: [
    ...wifi({ ssid: 'x' }),
    { step: 'custom_kernel', location: 'x' },
    { step: 'after_kernel_extract', location: 'x' },
  ],
})

// spreads: a plain list after or before them is still checked
declare const fixed: readonly [
  { readonly step: 'before_build'; readonly location: 'x' },
  { readonly step: 'after_build'; readonly location: 'x' },
]
defineBsp({ ...id, boot: K, scripts: [...fixed, { step: 'before_kernel', location: 'x' }] })
defineBsp({
  ...id,
  // @ts-expect-error
  scripts: [...fixed, { step: 'before_kernel', location: 'x' }],
})
defineBsp({
  ...id,
  scripts: [
    // @ts-expect-error
    { step: 'before_kernel', location: 'x' },
    ...fixed,
  ],
})
defineBsp({
  ...id,
  // @ts-expect-error
  scripts: [...wifi({ ssid: 'x' }), { step: 'before_kernel', location: 'x' }],
})
// after a spread of unknown length TypeScript itself complains twice, also without generics
defineBsp({
  ...id,
  scripts: [
    // @ts-expect-error
    ...wifi({ ssid: 'x' }),
    // @ts-expect-error
    { step: 'before_kernal', location: 'x' },
  ],
})
defineBsp({
  ...id,
  scripts: [
    ...wifi({ ssid: 'x' }),
    // @ts-expect-error
    { step: 'before_build', location: 'x', foo: 1 },
  ],
})

// projects
defineConfig({ ...project, scripts: ['a', 'b'].map(name => ({ location: `./${name}.sh` })) })
defineConfig({ ...project, scripts: computed ? [{ location: 'x' }] : undefined })
defineConfig({
  ...project,
  scripts: [
    { step: undefined, location: maybeText },
    { run: sh`x`, location: undefined },
  ],
})
// @ts-expect-error
defineConfig({ ...project, scripts: computed ? [{ location: 'x', run: sh`x` }] : [] })

// ---- layers -----------------------------------------------------------------------------------------------------------

declare const anyLayer: Layer
defineBsp({ ...id, extends: undefined, scripts: undefined })
// a layer's true is enough for the types, even where the BSP says false: the plan says what never runs
defineBsp({
  ...id,
  extends: vendorKernel(),
  boot: { kernel: { custom_kernel: false } },
  scripts: [{ step: 'before_kernel', location: 'x' }],
})
defineBsp({ ...id, boot: K, extends: anyLayer, scripts: [{ step: 'after_kernel_extract', location: 'x' }] })
const either = defineBoard(import.meta.url, (o: { vendor: boolean }) =>
  layer({
    scripts: o.vendor
      ? [{ step: 'custom_kernel', location: 'x' }]
      : [{ step: 'after_kernel_extract', location: 'x' }],
  }),
)
defineBsp({
  ...id,
  boot: K,
  extends: either({ vendor: false }),
  scripts: [{ step: 'after_kernel_extract', location: 'x' }],
})
const gated = defineBoard(import.meta.url, (o: { vendor: boolean }) =>
  o.vendor ? layer({ boot: K, scripts: [{ step: 'before_kernel', location: 'x' }] }) : layer({}),
)
defineBsp({ ...id, extends: gated({ vendor: false }) })
defineBsp({ ...id, extends: [gated({ vendor: false }), either({ vendor: true })] })
// one of two layers may give the key: left to load time
defineBsp({ name: 'n', description: 'd', extends: computed ? vendorKernel() : layer({}) })
// a board of a board's options, and one that makes its layer elsewhere
const made = layer({ arch: 'arm64', hostname: 'h' })
const same = defineBoard(import.meta.url, () => made)
defineBsp({ name: 'n', description: 'd', extends: [same(), same()] })
export const genericLayered = <O extends { name: string }>(o: O) =>
  defineBsp({ extends: vendorKernel(), ...id, name: o.name })
// spreads of unknown length among what is removed
defineBsp({ ...id, scripts: [...wifi({ ssid: 'x' }), without('a')] })
defineBsp({
  ...id,
  // @ts-expect-error
  scripts: [...wifi({ ssid: 'x' }), without('a'), { step: 'before_kernel', location: 'x' }],
})
defineBsp({
  ...id,
  // @ts-expect-error a list of layers is one list
  extends: [[vendorKernel()]],
})
