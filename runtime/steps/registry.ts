/**
 * The built-in steps: what each is called, where it stands, when it exists, what it reads and makes. The table has no
 * bodies; those plug in (`StepBodies`), and a step without one stops a build. Source of inputs and outputs: facts about
 * the original's steps; where the original forgets an input, it is listed here all the same.
 */
import { posix } from 'node:path'
import type { BspData } from '../../lib/schema.ts'
import type { ToolGroup } from '../../lib/tools.ts'
import type { PathRef } from '../plan/model.ts'
import { cacheFolder, outputFolder } from '../plan/paths.ts'
import type { StepDeclaration, StepFacts } from './declaration.ts'
import { deviceTreeFiles, fragmentFiles } from './kbuild/refs.ts'
import { blobFile, file, folder, inCache, localSource, optional, own } from './refs.ts'
import { hasStep, list, suiteOf } from './settings.ts'

/** What each kind of bootloader is built with; the programs of systemd-boot only have to be unpacked. */
const BOOTLOADER_TOOLS: Readonly<Record<string, readonly ToolGroup[]>> = {
  'u-boot': ['cross', 'bootloader'],
  grub: ['image'],
}

export const STEPS: readonly StepDeclaration[] = [
  {
    name: 'frontend',
    title: 'Web frontend',
    follows: 'before_frontend',
    exists: ({ project }) => hasStep(project, 'frontend'),
    tools: () => ['node'],
    shared: true,
    inputs: ({ application }) => [folder(posix.join(application, 'frontend'), ['/dist'])],
    outputs: () => [file('dist/cache/frontend')],
    config: ({ application }) => ({ application }),
  },
  {
    name: 'application',
    title: 'Application',
    follows: 'before_application',
    exists: () => true,
    tools: () => ['cross', 'go'],
    shared: false,
    // What lies in dist/ of a project is made, and never compiled.
    inputs: ({ application }) => [{ ...folder(application, ['/dist']), only: 'go' }],
    outputs: inCache('app/main'),
    config: ({ target, application }) => ({ arch: target, application }),
  },
  {
    name: 'cage',
    title: 'Cage compositor',
    follows: 'before_cage',
    exists: ({ project }) => hasStep(project, 'cage'),
    // The suite's own package only has to be unpacked.
    tools: ({ project }) => (project.cage ? ['cross', 'wayland'] : []),
    shared: false,
    inputs: ({ project }) => {
      const { source, patches } = project.cage ?? {}
      return [...localSource(source, '.'), ...list(patches).map(path => file(path))]
    },
    outputs: inCache('cage', '.cage-env'),
    config: ({ project, bsp, target }) => ({
      arch: target,
      suite: suiteOf(project),
      cage: project.cage,
      'cage.env': bsp.cage?.env,
      'cage.hide_cursor': bsp.cage?.hide_cursor,
    }),
  },
  {
    name: 'wpe',
    title: 'WPE WebKit extension',
    follows: 'before_wpe',
    exists: ({ project }) => hasStep(project, 'wpe'),
    tools: () => ['cross', 'wayland'],
    shared: false,
    inputs: () => [],
    outputs: inCache('libstrux-extension.so', 'cog'),
    config: ({ project, target }) => ({ arch: target, suite: suiteOf(project) }),
  },
  {
    name: 'client',
    title: 'On-device client',
    follows: 'before_client',
    exists: () => true,
    tools: () => ['cross', 'go'],
    shared: false,
    inputs: () => [],
    outputs: inCache('client'),
    config: ({ target }) => ({ arch: target }),
  },
  {
    name: 'kernel',
    title: 'Linux kernel',
    follows: 'before_kernel',
    exists: ({ bsp }) => bsp.boot?.kernel?.custom_kernel === true,
    tools: () => ['cross', 'kernel'],
    shared: false,
    inputs: facts => {
      const kernel = facts.bsp.boot?.kernel
      const tree = kernel?.device_tree
      return [
        ...localSource(kernel?.source, facts.bspFolder),
        { ...own(facts, 'configs/kernel.config'), optional: true },
        ...fragmentFiles(facts, kernel?.fragments),
        ...list(kernel?.patches).map(path => own(facts, path)),
        ...deviceTreeFiles(facts, [...list(tree?.dts), ...list(tree?.overlays)]),
        ...list(tree?.include_paths).map(path => own(facts, path)),
      ]
    },
    outputs: inCache('kernel', 'kernel-source'),
    config: ({ project, bsp, bspFolder, target }) => ({
      arch: target,
      suite: suiteOf(project),
      folder: bspFolder,
      'boot.kernel': bsp.boot?.kernel,
    }),
  },
  {
    name: 'bootloader',
    title: 'Bootloader',
    follows: 'before_bootloader',
    exists: ({ bsp }) => {
      const bootloader = bsp.boot?.bootloader
      const builtIn = bootloader?.type !== undefined && !['custom', 'none'].includes(bootloader.type)
      return bootloader?.enabled === true && builtIn
    },
    tools: ({ bsp }) => BOOTLOADER_TOOLS[bsp.boot?.bootloader?.type ?? 'u-boot'] ?? [],
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
          .map(blob => ({ ...blobFile(facts, blob.path), optional: blob.required !== true })),
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
  },
  {
    name: 'rootfs',
    title: 'Base root filesystem',
    follows: 'before_rootfs',
    exists: () => true,
    tools: () => ['rootfs'],
    shared: false,
    inputs: () => [],
    outputs: inCache('rootfs-base.tar.gz'),
    config: ({ project, bsp, target }) => ({
      arch: target,
      suite: suiteOf(project),
      cage: hasStep(project, 'cage'),
      wpe: hasStep(project, 'wpe'),
      splash: project.boot?.splash?.enabled === true,
      debian_kernel: bsp.boot?.kernel?.custom_kernel !== true,
    }),
  },
  {
    name: 'rootfs_post',
    title: 'Root filesystem post-processing',
    follows: 'after_rootfs',
    exists: () => true,
    tools: () => ['rootfs'],
    shared: false,
    inputs: facts => [
      ...(hasStep(facts.project, 'frontend') ? [file('dist/cache/frontend')] : []),
      ...inCache('app/main', 'client', 'rootfs-base.tar.gz')(facts),
      ...(hasStep(facts.project, 'cage') ? inCache('cage', '.cage-env')(facts) : []),
      ...(hasStep(facts.project, 'wpe') ? inCache('libstrux-extension.so', 'cog')(facts) : []),
      ...(facts.bsp.boot?.kernel?.custom_kernel ? inCache('kernel')(facts) : []),
      ...overlays(facts),
      ...(facts.project.boot?.splash?.enabled ? [file(facts.project.boot.splash.logo)] : []),
      ...list(facts.project.rootfs?.packages)
        .filter(name => name.endsWith('.deb'))
        .map(path => file(path)),
      ...list(facts.bsp.rootfs?.packages)
        .filter(name => name.endsWith('.deb'))
        .map(path => (path.startsWith('./') ? own(facts, path) : file(path))),
    ],
    outputs: inCache('rootfs-post.tar.gz', 'vmlinuz', 'initrd.img'),
    config: ({ project, bsp, bspName, bspFolder, target }) => ({
      suite: suiteOf(project),
      folder: bspFolder,
      'build.steps': project.build?.steps,
      bsp: bspName,
      board: bsp.name,
      name: project.name,
      project_version: project.project_version,
      hostname: project.hostname ?? bsp.hostname,
      'boot.splash': project.boot?.splash,
      display: [project.display, bsp.display],
      'rootfs.packages': [project.rootfs?.packages, bsp.rootfs?.packages],
      'rootfs.overlay': [project.rootfs?.overlay, bsp.rootfs?.overlay],
      'boot.kernel.custom_kernel': bsp.boot?.kernel?.custom_kernel,
      arch: target,
    }),
  },
  {
    name: 'image',
    title: 'Disk image',
    follows: 'before_bundle',
    exists: ({ bsp }) => bsp.image !== undefined,
    tools: () => ['image'],
    shared: false,
    inputs: imageInputs,
    outputs: imageOutputs,
    config: ({ bsp, bspName, bspFolder, target }) => ({
      arch: target,
      bsp: bspName,
      folder: bspFolder,
      image: bsp.image,
      image_name: bsp.image && imageName(bsp.image),
      'boot.cmdline': bsp.boot?.cmdline,
      'boot.bootloader': bsp.boot?.bootloader?.enabled ? bsp.boot.bootloader : undefined,
      'boot.kernel.device_tree': bsp.boot?.kernel?.custom_kernel ? bsp.boot.kernel.device_tree : undefined,
    }),
  },
  {
    name: 'bundle',
    title: 'Update bundle',
    follows: 'make_image',
    // `update` is accepted and exported, but not acted on; the loader says so.
    exists: () => false,
    tools: () => ['image'],
    shared: false,
    inputs: ({ bspName }) => [file(`${outputFolder(bspName)}/rootfs.ext4`)],
    outputs: ({ bspName }) => [file(`${outputFolder(bspName)}/rootfs.ext4.struxb`)],
    config: ({ project }) => ({ update: project.update }),
  },
]

/** The file of a declared image, in the output folder. */
export function imageName(image: NonNullable<BspData['image']>): string {
  return image.name ?? (image.table === 'none' ? 'rootfs.ext4' : 'disk.img')
}

/** What `file`, `content` and `raw` of an image mean: the BSP's own with `./`, else as for artifacts. */
function imageInputs(facts: StepFacts): PathRef[] {
  const { bsp, bspName } = facts
  const { partitions = [], raw = [] } = bsp.image ?? {}
  const place = (path: string): PathRef => ({ ...blobFile(facts, path), optional: false })
  const named = [
    ...partitions.flatMap(({ file, content }) => [file, content]),
    ...raw.map(({ file }) => file),
  ].filter(path => path !== undefined && !['rootfs', 'boot'].includes(path))
  return [
    ...inCache(
      'rootfs-post.tar.gz',
      'vmlinuz',
      'initrd.img',
    )(facts).map((ref, index) => (index === 0 ? ref : { ...ref, optional: true })),
    ...named.map(path => place(path!)),
    ...(bsp.boot?.bootloader?.enabled ? [optional(`${cacheFolder(bspName)}/bootloader/efi`)] : []),
    ...(bsp.boot?.kernel?.custom_kernel ? [optional(`${cacheFolder(bspName)}/kernel/dtbs`)] : []),
  ]
}

/** The image, and beside it kernel and initrd, for whoever starts them directly. */
function imageOutputs({ bsp, bspName }: StepFacts): PathRef[] {
  if (!bsp.image) return []
  return [imageName(bsp.image), 'vmlinuz', 'initrd.img'].map(name => file(`${outputFolder(bspName)}/${name}`))
}

function overlays(facts: StepFacts): PathRef[] {
  const { project, bsp } = facts
  const mine = bsp.rootfs?.overlay
  return [
    ...(project.rootfs?.overlay ? [folder(project.rootfs.overlay)] : []),
    ...(mine ? [folder(mine.startsWith('./') ? posix.join(facts.bspFolder, mine) : mine)] : []),
  ]
}
