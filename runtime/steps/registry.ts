/**
 * The built-in steps: what each is called, where it stands, when it exists, what it reads and makes. The table has no
 * bodies; those plug in (`StepBodies`), and a step without one stops a build. Source of inputs and outputs: facts about
 * the original's steps; where the original forgets an input, it is listed here all the same.
 */
import { posix } from 'node:path'
import type { Hook, StepName } from '../../lib/hooks/build.ts'
import { type BspData, PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'
import type { ToolGroup } from '../../lib/tools.ts'
import type { PathRef, TargetArch } from '../plan/model.ts'
import { cacheFolder, outputFolder } from '../plan/paths.ts'

export interface StepFacts {
  readonly project: ProjectData
  readonly bsp: BspData
  readonly bspName: string
  readonly target: TargetArch
  /** The BSP's folder and the application's, relative to the project. */
  readonly bspFolder: string
  readonly application: string
}

export interface StepDeclaration {
  readonly name: StepName
  /** For people. */
  readonly title: string
  /** The hook after whose scripts the step stands. */
  readonly follows: Hook
  /** Whether the definition asks for the step at all. */
  readonly exists: (facts: StepFacts) => boolean
  /** The groups of packages that its builder image has. */
  readonly tools: (facts: StepFacts) => readonly ToolGroup[]
  /** True where the outputs serve every BSP of the project. */
  readonly shared: boolean
  readonly inputs: (facts: StepFacts) => readonly PathRef[]
  readonly outputs: (facts: StepFacts) => readonly PathRef[]
  /** The values of the definition that the step reads, by key. */
  readonly config: (facts: StepFacts) => Readonly<Record<string, unknown>>
}

const NOISE = ['node_modules', '.git', '.DS_Store', '*.log']
const always = () => true
const nothing = () => []
/** Devices without a screen switch these steps off. */
const unlessOff =
  (step: 'frontend' | 'cage' | 'wpe') =>
  ({ project }: StepFacts) =>
    stepOf(project, step)

const file = (path: string): PathRef => ({ declared: path, path: posix.normalize(path), glob: false })
const optional = (path: string): PathRef => ({ ...file(path), optional: true })
const folder = (path: string, ignore: readonly string[] = []): PathRef => ({
  ...optional(path),
  ignore: [...NOISE, ...ignore],
})
const inCache =
  (...names: string[]) =>
  ({ bspName }: StepFacts) =>
    names.map(name => file(`${cacheFolder(bspName)}/${name}`))

const suiteOf = (project: ProjectData) => project.builder?.suite ?? PROJECT_DEFAULTS.builder.suite
const stepOf = (project: ProjectData, step: 'frontend' | 'cage' | 'wpe') =>
  project.build?.steps?.[step] !== false

/** A source that is a folder or file of the project, not of the network: `./x`, `../x`. `base` is what `./` means. */
function localSource(source: string | undefined, base: string): PathRef[] {
  if (source === undefined || !/^\.\.?\//.test(source) || source.includes('#')) return []
  return [{ ...folder(posix.join(base, source)), optional: false }]
}

/** A path of bsp.yaml that means the BSP's folder with or without `./`. */
const own = ({ bspFolder }: StepFacts, path: string): PathRef => file(posix.join(bspFolder, path))

/** Whether an entry of `fragments` names a file; anything else is the fragment itself. */
const isFragmentFile = (entry: string) => entry.startsWith('./') || /^[^/\n]+\.config$/.test(entry)
/** What each kind of bootloader is built with; the programs of systemd-boot only have to be unpacked. */
const BOOTLOADER_TOOLS: Readonly<Record<string, readonly ToolGroup[]>> = {
  'u-boot': ['cross', 'bootloader'],
  grub: ['image'],
}

/** The files that a device tree of the BSP may include without a word about it: those beside it and below. */
const besideDeviceTree = ({ bspFolder }: StepFacts, path: string): PathRef => {
  const place = posix.join(bspFolder, posix.dirname(path)).replaceAll(/[*?{}[\]\\]|[!+@](?=\()/g, '\\$&')
  const pattern = `${place}/**/*.{dts,dtsi,dtso,h}`
  return { declared: pattern, path: pattern, glob: true, optional: true, ignore: NOISE }
}

/** Whether a device tree is a file of the BSP; a bare name is one of the source tree. */
const isOwnDeviceTree = (entry: string) => entry.startsWith('./')
const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value

export const STEPS: readonly StepDeclaration[] = [
  {
    name: 'frontend',
    title: 'Web frontend',
    follows: 'before_frontend',
    exists: unlessOff('frontend'),
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
    exists: always,
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
    exists: unlessOff('cage'),
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
    exists: unlessOff('wpe'),
    tools: () => ['cross', 'wayland'],
    shared: false,
    inputs: nothing,
    outputs: inCache('libstrux-extension.so', 'cog'),
    config: ({ project, target }) => ({ arch: target, suite: suiteOf(project) }),
  },
  {
    name: 'client',
    title: 'On-device client',
    follows: 'before_client',
    exists: always,
    tools: () => ['cross', 'go'],
    shared: false,
    inputs: nothing,
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
        ...list(kernel?.fragments)
          .filter(isFragmentFile)
          .map(path => own(facts, path)),
        ...list(kernel?.patches).map(path => own(facts, path)),
        ...[...list(tree?.dts), ...list(tree?.overlays)]
          .filter(isOwnDeviceTree)
          .map(path => own(facts, path)),
        ...[...list(tree?.dts), ...list(tree?.overlays)]
          .filter(isOwnDeviceTree)
          .map(path => besideDeviceTree(facts, path)),
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
        ...list(bootloader?.fragments)
          .filter(isFragmentFile)
          .map(path => own(facts, path)),
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
    exists: always,
    tools: () => ['rootfs'],
    shared: false,
    inputs: nothing,
    outputs: inCache('rootfs-base.tar.gz'),
    config: ({ project, bsp, target }) => ({
      arch: target,
      suite: suiteOf(project),
      cage: stepOf(project, 'cage'),
      wpe: stepOf(project, 'wpe'),
      splash: project.boot?.splash?.enabled === true,
      debian_kernel: bsp.boot?.kernel?.custom_kernel !== true,
    }),
  },
  {
    name: 'rootfs_post',
    title: 'Root filesystem post-processing',
    follows: 'after_rootfs',
    exists: always,
    tools: () => ['rootfs'],
    shared: false,
    inputs: facts => [
      ...(stepOf(facts.project, 'frontend') ? [file('dist/cache/frontend')] : []),
      ...inCache('app/main', 'client', 'rootfs-base.tar.gz')(facts),
      ...(stepOf(facts.project, 'cage') ? inCache('cage', '.cage-env')(facts) : []),
      ...(stepOf(facts.project, 'wpe') ? inCache('libstrux-extension.so', 'cog')(facts) : []),
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

/** Blobs know five kinds of paths: the BSP's, absolute, cache/, output/ and dist/. */
function blobFile(facts: StepFacts, path: string): PathRef {
  if (path.startsWith('./')) return own(facts, path)
  if (path.startsWith('cache/')) return file(`${cacheFolder(facts.bspName)}/${path.slice('cache/'.length)}`)
  if (path.startsWith('output/'))
    return file(`${outputFolder(facts.bspName)}/${path.slice('output/'.length)}`)
  return file(posix.join('dist', path))
}

function overlays(facts: StepFacts): PathRef[] {
  const { project, bsp } = facts
  const mine = bsp.rootfs?.overlay
  return [
    ...(project.rootfs?.overlay ? [folder(project.rootfs.overlay)] : []),
    ...(mine ? [folder(mine.startsWith('./') ? posix.join(facts.bspFolder, mine) : mine)] : []),
  ]
}
