/** Which extensions the definitions enable, and which handlers they skip: from boards, layers, BSP, project, command. */

import { isExtension } from '../../lib/definition.ts'
import type { Extension } from '../../lib/extension.ts'
import type { ProjectData } from '../../lib/schema.ts'
import type { Locate } from '../extensions/declared.ts'
import type { SkipWish } from '../extensions/resolve.ts'
import { placeOfBoard } from '../layers/board.ts'
import { flatten } from '../layers/flatten.ts'
import type { SourcePlace } from '../model/extensions.ts'
import type { Origin } from '../model/origin.ts'
import type { BspLocation } from './loaded.ts'
import type { DefinitionSource } from './source.ts'

/** One entry of `extensions`, or of `requires` in an extension. */
export interface ExtensionWish {
  readonly entry: string | Extension
  readonly origin: Origin
  /** The definition, for people. */
  readonly by: string
  /** The folder that `./` means in that definition, relative to the project. */
  readonly folder: string
  readonly isBoard: boolean
  /** For a name in a bash file: its folder, where the other file may be. */
  readonly beside?: string
  /** The definition that holds the entry; for an entry in another extension, that extension's. */
  readonly source?: DefinitionSource
  /** The position of a part of the entry. */
  readonly locate: Locate
}

export interface WishSources {
  readonly root: string
  /** The BSP's evaluated definition, valid or not. */
  readonly definition: unknown
  readonly bsp: BspLocation
  readonly bspSource?: DefinitionSource
  readonly config: ProjectData
  readonly configSource?: DefinitionSource
  /** Names given to `--enable`. */
  readonly enable: readonly string[]
}

export interface Wishes {
  readonly extensions: readonly ExtensionWish[]
  readonly skips: readonly SkipWish[]
}

/** Later wishes have precedence: boards and layers from the lowest, the BSP, the project, the command. */
export function wishesOf(sources: WishSources): Wishes {
  const { root, definition, bsp, bspSource, config, configSource, enable } = sources
  const extensions: ExtensionWish[] = []
  const skips: SkipWish[] = []
  const collect = (
    data: { readonly extensions?: unknown; readonly skip_hooks?: unknown },
    {
      at,
      ...about
    }: Pick<ExtensionWish, 'by' | 'folder' | 'isBoard' | 'source'> & {
      readonly at: Origin
    },
  ) => {
    const locateIn = locator(about.source, at.source === 'bsp' ? bsp.file : configFileOf(configSource))
    for (const [index, entry] of listOf(data.extensions).entries()) {
      if (typeof entry !== 'string' && !isExtension(entry)) continue
      const origin = { ...at, keys: [...at.keys, 'extensions', index] }
      const locate: Locate = (keys, part) => locateIn({ ...origin, keys: [...origin.keys, ...keys] }, part)
      extensions.push({ ...about, entry, origin, locate })
    }
    for (const [index, handler] of listOf(data.skip_hooks).entries()) {
      if (typeof handler !== 'string') continue
      const origin = { ...at, keys: [...at.keys, 'skip_hooks', index] }
      skips.push({ handler, origin, by: about.by })
    }
  }
  if (typeof definition === 'object' && definition !== null) {
    for (const { at, data, url } of flatten(definition as Readonly<Record<string, unknown>>).layers) {
      const place = url === undefined ? undefined : placeOfBoard(url, root)
      const board = typeof place === 'object' ? place : undefined
      collect(data, {
        at: { source: 'bsp', keys: at },
        by: board?.name ?? bsp.file,
        folder: board?.folder ?? bsp.folder,
        isBoard: board !== undefined,
        ...(bspSource && { source: bspSource }),
      })
    }
  }
  collect(config, {
    at: { source: 'project', keys: [] },
    by: configFileOf(configSource),
    folder: '.',
    isBoard: false,
    ...(configSource && { source: configSource }),
  })
  for (const entry of enable) {
    const origin: Origin = { source: 'project', keys: [] }
    const locate = () => locator(configSource, configFileOf(configSource))(origin)
    extensions.push({ entry, origin, by: '--enable', folder: '.', isBoard: false, locate })
  }
  return { extensions, skips }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export function configFileOf(source: DefinitionSource | undefined): string {
  if (!source) return 'strux.config.ts'
  return source.kind === 'yaml' ? source.file : source.module.entry
}

/** Finds positions in a definition; the beginning of its file if its source is not known. */
export function locator(
  source: DefinitionSource | undefined,
  file: string,
): (origin: Origin, at?: 'key' | 'value') => Promise<SourcePlace> {
  return async (origin, at = 'value') => {
    const finding = { severity: 'error', code: '', message: '', origin, at } as const
    const [found] = (await source?.locate([finding])) ?? []
    if (!found) return { file, line: 1, column: 1 }
    const { line, column, length } = found
    return { file: found.file, line, column, ...(length !== undefined && { length }) }
  }
}
