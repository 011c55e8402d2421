/** The built-in steps of a BSP that become scripts in the exported project, and these scripts. */

import { posix } from 'node:path'
import type { BspData } from '../../lib/schema.ts'
import { quoteForShell } from '../../lib/sh.ts'
import type { Project } from '../load/loaded.ts'
import { isProduct, liesIn } from '../model/paths.ts'
import type { PathRef, StepNode, TargetArch } from '../model/plan.ts'
import { hostArch, KERNEL_IMAGE } from '../plan/arch.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import { makePlan } from '../plan/plan.ts'
import { selfVersion } from '../state/own-package.ts'
import { BUILT_IN_BODIES } from '../steps/bodies.ts'
import { BUILD_PIPELINE } from '../steps/pipeline.ts'
import { isOwnSource } from '../yaml/incompatible.ts'
import { productText } from './dependencies.ts'
import type { FileSet } from './files.ts'
import type { ExportedHandlers } from './handlers.ts'
import { inGlob } from './in-glob.ts'
import { type Layout, withoutGlob } from './layout.ts'
import type { YamlScript } from './scripts.ts'
import { stepAsScript } from './step-script.ts'

type GeneratedStep = 'image' | 'kernel' | 'bootloader'

const HOOKS = { image: 'make_image', kernel: 'custom_kernel', bootloader: 'custom_bootloader' } as const

export interface StepScript {
  /** The step that the script stands for. */
  readonly step: string
  readonly hook: string
  readonly comment: readonly string[]
  /** The comment for the section of the definition that the script replaces. */
  readonly because: readonly string[]
  readonly entry: YamlScript
  /** Whether it goes before the other scripts of its hook. */
  readonly first: boolean
}
export type StepScripts = readonly StepScript[]

/** The steps that other tools would not run, or not as the definition says. */
export function generatedSteps(data: BspData): ReadonlySet<GeneratedStep> {
  const steps = new Set<GeneratedStep>()
  const { kernel, bootloader } = data.boot ?? {}
  const replaces = (hook: string) => data.scripts?.some(script => script.step === hook) ?? false
  if (data.image) steps.add('image')
  const tree = kernel?.device_tree
  const ownKernel =
    kernel?.source === undefined ||
    isOwnSource(kernel.source) ||
    (Array.isArray(tree?.dts) && tree.dts.length > 1) ||
    (tree?.overlays?.length ?? 0) > 0 ||
    (tree?.include_paths?.length ?? 0) > 0
  if (kernel?.custom_kernel && ownKernel && !replaces('custom_kernel')) steps.add('kernel')
  const type = bootloader?.type ?? 'none'
  const ownBootloader =
    ['grub', 'systemd-boot'].includes(type) ||
    (type === 'u-boot' && bootloader?.source === undefined) ||
    (bootloader?.source !== undefined && isOwnSource(bootloader.source)) ||
    (bootloader?.blobs?.some(blob => blob.path.startsWith('deb:')) ?? false)
  if (
    bootloader?.enabled &&
    !['custom', 'none'].includes(type) &&
    ownBootloader &&
    !replaces('custom_bootloader')
  ) {
    steps.add('bootloader')
  }
  return steps
}

export interface StepScriptsInput {
  readonly root: string
  readonly project: Project
  readonly bsp: { readonly name: string; readonly file: string }
  readonly files: FileSet
  readonly layout: Layout
  /** The BSP without its scripts, with paths of the exported project. */
  readonly moved: BspData
  readonly generated: ReadonlySet<GeneratedStep>
  /** The scripts that run inside the kernel step. */
  readonly inner: readonly YamlScript[]
  /** The handlers of extensions. */
  readonly handlers: ExportedHandlers
  /** By hook, the scripts whose content counts as part of the step: `before_kernel`, `before_bootloader`. */
  readonly feeders: ReadonlyMap<string, readonly YamlScript[]>
  /** Hooks with a script that has inputs which no file list can express. */
  readonly readsMore: ReadonlySet<string>
  /** Inputs of other scripts. */
  readonly named: readonly string[]
}

export async function writeStepScripts(input: StepScriptsInput): Promise<StepScripts> {
  const { project, bsp, files, layout, moved, generated, inner } = input
  if (generated.size === 0) return []
  const { plan } = makePlan(
    {
      project: project.config,
      bsp: moved,
      bspName: bsp.name,
      bspFolder: layout.to,
      host: hostArch(),
      version: selfVersion(),
      root: CONTAINER_ROOT,
      hostRoot: CONTAINER_ROOT,
      extensions: { enabled: [], handlers: input.handlers.exported, skipped: [] },
    },
    BUILD_PIPELINE,
  )
  // `host` may mean another architecture on another machine.
  const arch = moved.arch === 'host' ? undefined : plan.arch
  const scripts: StepScript[] = []
  for (const step of ['kernel', 'bootloader', 'image'] as const) {
    const node = plan.nodes.find((each): each is StepNode => each.kind === 'step' && each.step === step)
    if (!generated.has(step) || !node) continue
    const body = BUILT_IN_BODIES[step]!
    const says = step === 'image' ? 'image' : `boot.${step}`
    const commands = inner.map(({ location }) => ({
      at: 'extracted',
      command: `STEP=after_kernel_extract /bin/bash "$BSP_FOLDER"/${quoteForShell(posix.normalize(location))}`,
    }))
    const text = stepAsScript(
      body,
      portable(node),
      [`Generated by strux export from ${bsp.file}: carries out '${says}' as strux does.`],
      step === 'kernel' ? commands : (input.handlers.byStep.get(step) ?? []),
    )
    const path = files.free(posix.join(layout.to, 'scripts', `strux-${step}.sh`))
    files.text(bsp.name, path, text, 0o755)
    const location = layout.own(path)
    scripts.push({
      step,
      hook: HOOKS[step],
      comment: [`Made from '${says}', which other tools ignore or treat differently.`],
      because: [`${location} does this step for ${bsp.file}.`],
      entry: {
        step: HOOKS[step],
        location,
        description: node.title,
        ...(await filesOfStep(step, node, arch, input)),
      },
      first: step === 'image',
    })
  }
  return scripts
}

/** Reads the architecture from the environment, because the definition may leave it open. */
function portable(node: StepNode): StepNode {
  const { arch: _, ...config } = node.config
  return { ...node, config }
}

/** Longer lists are not readable; the script then runs every time. */
const MOST_FILES = 200

/**
 * The script's inputs and outputs, if file lists can express them. Otherwise none, and the script runs every
 * time. The root filesystem's tarball stands for kernel and initrd, which it contains.
 */
async function filesOfStep(
  step: GeneratedStep,
  node: StepNode,
  arch: TargetArch | undefined,
  input: StepScriptsInput,
): Promise<Partial<YamlScript>> {
  const made = step === 'image' ? node.artifacts.slice(0, 1).map(textOf) : madeBy(step, arch, input)
  const efi = step === 'image' ? efiProgram(input.moved, arch) : []
  if (made.length === 0 || efi === undefined) return {}
  const reads: string[] = []
  for (const ref of node.dependencies) {
    if (!isProduct(ref.path)) reads.push(...(await filesAt(ref, input)))
    else if (!ref.optional) reads.push(textOf(ref))
  }
  const hooks = [`before_${step}`, ...(step === 'kernel' ? ['after_kernel_extract'] : [])]
  if (hooks.some(hook => input.readsMore.has(hook))) return {}
  const feeders = [...(input.feeders.get(`before_${step}`) ?? []), ...(step === 'kernel' ? input.inner : [])]
  const fed = feeders.flatMap(each => [each.location, ...(each.depends_on ?? [])])
  const { partitions = [] } = input.moved.image ?? {}
  const isMadeFolder = (content: string | undefined) =>
    content !== undefined && !content.startsWith('./') && !['rootfs', 'boot'].includes(content)
  const readsFolder = step === 'image' && partitions.some(({ content }) => isMadeFolder(content))
  if (readsFolder || reads.length > MOST_FILES) return {}
  const depends = [...new Set([...reads, ...efi, ...fed])]
  return { ...(depends.length > 0 && { depends_on: depends }), cached_generated_artifacts: made }

  function textOf({ path }: PathRef): string {
    return productText(path, input.bsp.name)
  }
}

/** The files of the exported project that match a step's input. */
async function filesAt(ref: PathRef, { files, layout }: StepScriptsInput): Promise<string[]> {
  const all = [...files.files.keys()].sort()
  const { path } = ref
  const found = ref.glob ? await inGlob(all, ref) : all.filter(each => liesIn(each, path))
  return found.map(each => withoutGlob(each.startsWith(`${layout.to}/`) ? layout.own(each) : `../${each}`))
}

/** The default file name by which UEFI firmware finds a boot program on a disk. Source: UEFI 2.10, table 3.2. */
const EFI_PROGRAMS: Readonly<Record<TargetArch, string>> = {
  x86_64: 'BOOTX64.EFI',
  arm64: 'BOOTAA64.EFI',
  armhf: 'BOOTARM.EFI',
}

/** Empty for other bootloaders; undefined for an EFI bootloader with an unknown file name. */
function efiProgram({ boot }: BspData, arch: TargetArch | undefined): readonly string[] | undefined {
  const { enabled, type = '' } = boot?.bootloader ?? {}
  if (!enabled || !['grub', 'systemd-boot'].includes(type)) return []
  return arch && [`cache/bootloader/efi/BOOT/${EFI_PROGRAMS[arch]}`]
}

/** Files that a kernel or bootloader always has. For U-Boot, whose files depend on the board, the declared ones. */
function madeBy(
  step: 'kernel' | 'bootloader',
  arch: TargetArch | undefined,
  { moved, named }: StepScriptsInput,
): readonly string[] {
  if (step === 'kernel') return arch ? [`cache/kernel/${KERNEL_IMAGE[arch]}`] : []
  const efi = efiProgram(moved, arch)
  if (efi === undefined || efi.length > 0) return efi ?? []
  const { partitions = [], raw = [] } = moved.image ?? {}
  const all = [
    ...named,
    ...partitions.map(({ file }) => file),
    ...raw.map(({ file }) => file),
    moved.qemu?.firmware,
  ]
  return [
    ...new Set(all.filter(path => path?.startsWith('cache/bootloader/') && !path.endsWith('/'))),
  ] as string[]
}
