/** The bootloader, if its type is one that a step can build. */
import type { ToolGroup } from '../../../lib/tools.ts'
import type { StepDeclaration } from '../../plan/step.ts'
import { fragmentFiles } from '../kbuild/refs.ts'
import { named, namedSource, ownFiles } from '../named.ts'
import { inCache, localSource, placed } from '../refs.ts'
import { suiteOf } from '../settings.ts'

/**
 * Tool groups for each type of bootloader; systemd-boot needs none, because its programs only have to be
 * unpacked.
 */
const TOOLS: Readonly<Record<string, readonly ToolGroup[]>> = {
  'u-boot': ['cross', 'bootloader'],
  grub: ['image'],
}

const KEYS = ['boot', 'bootloader']
const TREE = [...KEYS, 'device_tree']

export const bootloader: StepDeclaration = {
  name: 'bootloader',
  title: 'Bootloader',
  follows: 'before_bootloader',
  exists: ({ bsp }) => {
    const bootloader = bsp.boot?.bootloader
    const builtIn = bootloader?.type !== undefined && !['custom', 'none'].includes(bootloader.type)
    return bootloader?.enabled === true && builtIn
  },
  tools: ({ bsp }) => TOOLS[bsp.boot?.bootloader?.type ?? 'u-boot'] ?? [],
  shared: false,
  inputs: facts => {
    const bootloader = facts.bsp.boot?.bootloader
    const tree = bootloader?.device_tree
    return [
      ...namedSource(localSource(bootloader?.source, facts.bspFolder), [...KEYS, 'source']),
      ...fragmentFiles(facts, bootloader?.fragments, [...KEYS, 'fragments']),
      ...ownFiles(facts, 'patch', bootloader?.patches, [...KEYS, 'patches']),
      ...ownFiles(facts, 'device tree', tree?.dts, [...TREE, 'dts']),
      ...ownFiles(facts, 'device tree', tree?.dtsi, [...TREE, 'dtsi']),
      ...ownFiles(facts, 'folder of includes', tree?.include_paths, [...TREE, 'include_paths'], 'folder'),
      ...(bootloader?.blobs ?? []).flatMap(({ path, required = false }, index) => {
        if (path.startsWith('deb:')) return []
        const ref = { ...placed(facts, path), optional: !required }
        return [named(ref, 'blob', [...KEYS, 'blobs', index, 'path'], { required })]
      }),
    ]
  },
  outputs: facts =>
    facts.bsp.boot?.bootloader?.type === 'u-boot'
      ? inCache('bootloader', 'bootloader-source')(facts)
      : inCache('bootloader')(facts),
  config: ({ project, bsp, bspFolder, target }) => ({
    arch: target,
    suite: suiteOf(project),
    folder: bspFolder,
    'boot.bootloader': bsp.boot?.bootloader,
  }),
}
