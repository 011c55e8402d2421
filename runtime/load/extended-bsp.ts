/** Reads a BSP with layers, extensions, or both: loads the extensions, and calls their configuration hooks. */
import { availableParallelism } from 'node:os'
import { compose } from '../layers/compose.ts'
import { type WishSources, wishesOf } from './extension-wishes.ts'
import type { ReadBsp } from './project.ts'

type Sources = WishSources & { readonly definition: Readonly<Record<string, unknown>> }

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
  const { extensions, diagnostics } = await loadExtensions(sources, wishes)
  // Without its extensions, the definition is still checked.
  const configure = new Configuration(extensions?.handlers ?? [], {
    config,
    bspFolder: bsp.folder,
    jobs: availableParallelism(),
  })
  const { data, layers, findings } = await compose(definition, { ...places, configure })
  const all = [...diagnostics, ...configure.diagnostics]
  if (!extensions || configure.failed || !data || !layers) return { findings, diagnostics: all }
  const { configured } = configure
  return { findings, diagnostics: all, value: { ...bsp, data, layers, extensions, configured } }
}
