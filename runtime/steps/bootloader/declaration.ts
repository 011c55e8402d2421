/** The bootloader, where it is one that we know how to make. */
import type { ToolGroup } from '../../../lib/tools.ts'
import type { StepDeclaration } from '../declaration.ts'
import { fragmentFiles } from '../kbuild/refs.ts'
import { inCache, localSource, own, placed } from '../refs.ts'
import { list, suiteOf } from '../settings.ts'

/** What each kind of bootloader is built with; the programs of systemd-boot only have to be unpacked. */
const TOOLS: Readonly<Record<string, readonly ToolGroup[]>> = {
  'u-boot': ['cross', 'bootloader'],
  grub: ['image'],
}

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
      ...localSource(bootloader?.source, facts.bspFolder),
      ...fragmentFiles(facts, bootloader?.fragments),
      ...list(bootloader?.patches).map(path => own(facts, path)),
      ...[...list(tree?.dts), ...list(tree?.dtsi), ...list(tree?.include_paths)].map(path =>
        own(facts, path),
      ),
      ...(bootloader?.blobs ?? [])
        .filter(blob => !blob.path.startsWith('deb:'))
        .map(blob => ({ ...placed(facts, blob.path), optional: blob.required !== true })),
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
