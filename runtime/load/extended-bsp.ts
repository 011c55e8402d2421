/** Reads a BSP with layers, extensions, or both: loads the extensions, and calls their configuration hooks. */
import { availableParallelism } from 'node:os'
import type { NoticeSink } from '../execute/executor.ts'
import type { BashExtensions } from '../extensions/bash/bash-extensions.ts'
import { compose } from '../layers/compose.ts'
import { flatten } from '../layers/flatten.ts'
import { type WishSources, wishesOf } from './extension-wishes.ts'
import type { ReadBsp } from './loaded.ts'

type Sources = WishSources & {
  readonly definition: Readonly<Record<string, unknown>>
  /** Hears of lengthy work: a builder image that has to be made to read bash files. */
  readonly notice?: NoticeSink
}

export async function readExtendedBsp(sources: Sources): Promise<ReadBsp> {
  const { root, bsp, config, definition } = sources
  const places = { root, bspName: bsp.name, bspFolder: bsp.folder }
  const wishes = wishesOf(sources)
  if (wishes.extensions.length === 0 && wishes.skips.length === 0) {
    const { data, layers, findings } = await compose(definition, places)
    return { findings, diagnostics: [], ...(data && layers && { value: { ...bsp, data, layers } }) }
  }
  const [{ loadExtensions }, { Configuration }] = await Promise.all([
    import('./extensions.ts'),
    import('../extensions/configure.ts'),
  ])
  let bash: BashExtensions | undefined
  const bashExtensions = async () => {
    bash ??= await openBashExtensions(sources)
    return bash
  }
  try {
    const { extensions, diagnostics } = await loadExtensions(sources, wishes, bashExtensions)
    // Without its extensions, the definition is still checked.
    const configure = new Configuration(extensions?.handlers ?? [], {
      config,
      bspFolder: bsp.folder,
      jobs: availableParallelism(),
      callScript: async (handler, draft) => {
        if (handler.source.kind !== 'bash') throw new Error(SCRIPTS)
        return (await bashExtensions()).callScript(handler, draft)
      },
    })
    const { data, layers, findings } = await compose(definition, { ...places, configure })
    const all = [...diagnostics, ...configure.diagnostics]
    if (!extensions || configure.failed || !data || !layers) return { findings, diagnostics: all }
    const { configured } = configure
    const ready = bash?.complete(extensions) ?? extensions
    return { findings, diagnostics: all, value: { ...bsp, data, layers, extensions: ready, configured } }
  } finally {
    await bash?.close()
  }
}

const SCRIPTS = 'a script cannot change a configuration: write a function, draft => { … }'

async function openBashExtensions({
  root,
  bsp,
  config,
  definition,
  notice,
}: Sources): Promise<BashExtensions> {
  const { BashExtensions } = await import('../extensions/bash/bash-extensions.ts')
  // The layers are not merged yet; the last one that sets it wins.
  const arch = flatten(definition)
    .layers.map(({ data }) => data.arch)
    .findLast(value => typeof value === 'string')
  return new BashExtensions({
    ...{ root, config, bspName: bsp.name, bspFolder: bsp.folder, arch: arch ?? 'host' },
    notice: notice ?? (() => {}),
  })
}
