/** Exports one BSP: its bsp.yaml, and every file that it names. */
import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { bspSchema } from '../../lib/schema/bsp.ts'
import { TYPESCRIPT_KEYS } from '../../lib/schema/yaml.ts'
import type { BspData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { mapPaths } from '../layers/paths.ts'
import { isProduct, liesIn } from '../model/paths.ts'
import { bspBreaks } from '../yaml/incompatible.ts'
import type { BspExport } from './bsp-export.ts'
import { Commented, commentLines, emit } from './emit.ts'
import { generatedSteps, type StepScripts, writeStepScripts } from './generated.ts'
import { writeHandlerScripts } from './handler-scripts.ts'
import { exportHandlers } from './handlers.ts'
import { bspLayout, type Layout } from './layout.ts'
import { leftOutOfBsp } from './left-out.ts'
import { oneOverlay } from './overlays.ts'
import { writePostImageScripts } from './post-image.ts'
import { leadsOutside, outside } from './project-boundary.ts'
import { commented, exportScript, type ScriptContext, type YamlScript } from './scripts.ts'

/** Adds everything to the file set; returns the findings. */
export async function exportBsp(input: BspExport): Promise<Finding[]> {
  const { root, project, bsp, plan, files, definitions } = input
  const { data, name } = bsp
  const layout = bspLayout(name, bsp.folder, path => existsSync(join(root, bsp.folder, path)))
  const findings: Finding[] = []
  const generated = generatedSteps(data)
  const { overlay, comment } = oneOverlay(input, layout, findings)
  const moved = moveFiles(input, layout, overlay, findings)
  const context: ScriptContext = {
    root,
    plan,
    fileStates: input.fileStates,
    files,
    part: name,
    layout,
    roots: { bsp: name, own: bsp.folder },
    ignore: project.config.build?.cache?.ignore_patterns ?? [],
    becomes: path =>
      path === bsp.file
        ? `${layout.to}/bsp.yaml`
        : definitions.has(path)
          ? path.startsWith('strux.')
            ? 'strux.yaml'
            : `${layout.to}/bsp.yaml`
          : undefined,
    ...(bsp.layers && { boards: bsp.layers.scripts }),
    entries: new Set(),
  }
  const inner: YamlScript[] = []
  const feeders = new Map<string, YamlScript[]>()
  const readsMore = new Set<string>()
  const scripts: { hook: string; value: Commented }[] = []
  for (const [index, script] of (data.scripts ?? []).entries()) {
    const made = await exportScript(script, script.step, index, context)
    if (made.readsMore) readsMore.add(script.step)
    feeders.set(script.step, [...(feeders.get(script.step) ?? []), made.entry])
    if (generated.has('kernel') && script.step === 'after_kernel_extract') inner.push(made.entry)
    else scripts.push({ hook: script.step, value: commented(made) })
  }
  copyWhole(input, layout)
  const named = scripts.flatMap(({ value }) => (value.value as YamlScript).depends_on ?? [])
  const handlers = exportHandlers({ ...input, bspName: name, layout })
  const postImage = writePostImageScripts({ ...input, layout })
  findings.push(...handlers.findings, ...postImage.findings)
  const steps = [
    ...(await writeStepScripts({
      ...input,
      layout,
      moved,
      generated,
      inner,
      handlers,
      feeders,
      readsMore,
      named,
    })),
    ...postImage.scripts,
    ...writeHandlerScripts(handlers, { ...input, layout }),
  ]
  const generatedAt = (hook: string, first: boolean) =>
    steps
      .filter(step => step.hook === hook && step.first === first)
      .map(({ comment, entry }) => ({ hook, value: new Commented(comment, entry) }))
  for (const hook of new Set(steps.map(step => step.hook))) {
    // The declared image is made before the scripts of its hook.
    const at = scripts.findIndex(script => script.hook === hook)
    scripts.splice(at < 0 ? scripts.length : at, 0, ...generatedAt(hook, true))
    scripts.push(...generatedAt(hook, false))
  }
  const said = yamlData(moved, generated)
  // Paths are those of the exported project, but the files are still in this one.
  findings.push(...bspBreaks({ ...said, scripts: [] }, { root, bspName: name, bspFolder: bsp.folder }))
  findings.push(...leftOutOfBsp(data, { lossy: input.lossy, generated }))
  copyWhole(input, layout)
  files.text(
    name,
    `${layout.to}/bsp.yaml`,
    bspText(
      input,
      said,
      scripts.map(script => script.value),
      steps,
      comment,
    ),
  )
  return findings
}

function bspText(
  { bsp, version }: BspExport,
  data: BspData,
  scripts: readonly Commented[],
  steps: StepScripts,
  ofOverlay: readonly string[],
): string {
  const byStep = (name: string) => steps.filter(step => step.step === name).flatMap(step => step.because)
  const { boot, rootfs, ...rest } = data
  const body = {
    ...rest,
    scripts,
    boot: boot && { ...boot, ...bootComments(boot, byStep) },
    rootfs: rootfs && { ...rootfs, overlay: new Commented(ofOverlay, rootfs.overlay) },
  }
  const sections = Object.entries(bspSchema.shape).map(([key, schema]): [string, unknown] => {
    const value = (body as Record<string, unknown>)[key]
    const isSection = typeof value === 'object' && schema.description !== undefined
    return [key, isSection ? new Commented(['', schema.description!], value) : value]
  })
  const head = [
    `Generated by strux export from ${bsp.file}: changes here are lost with the next export.`,
    ...commentLines(data.description),
  ]
  return `${head.map(line => `# ${line}\n`).join('')}\n${emit({
    strux_version: version,
    bsp: Object.fromEntries(sections),
  })}`.replaceAll(/^ *# $/gm, '')
}

function bootComments(boot: NonNullable<BspData['boot']>, because: (step: string) => string[]): object {
  const { kernel, bootloader } = boot
  return {
    ...(bootloader && { bootloader: new Commented(because('bootloader'), bootloader) }),
    ...(kernel && { kernel: new Commented(because('kernel'), kernel) }),
  }
}

/** The data with paths of the exported project; adds the named files to the file set. */
function moveFiles(
  input: BspExport,
  layout: Layout,
  overlay: string | undefined,
  findings: Finding[],
): BspData {
  const { root, bsp, files } = input
  const take = (path: string, place: string): void => {
    const clean = posix.normalize(path)
    if (leadsOutside(root, clean)) {
      findings.push(outside('bsp', path, place.split('.*')[0]!.split('.')))
      return
    }
    if (!isProduct(clean)) files.copy(bsp.name, clean, layout.place(clean))
  }
  const { scripts: _, rootfs, ...rest } = bsp.data
  const data = { ...rest, ...(rootfs && { rootfs: { ...rootfs, overlay } }) }
  const moved = mapPaths(data, (text, _meaning, place) => {
    const [path, fragment = ''] = text.startsWith('./') ? /^([^#]*)(#.*)?$/.exec(text)!.slice(1) : [text]
    const from = posix.join(layout.from, path!)
    take(from, place)
    // Device trees may include files beside them without declaring them.
    if (/device_tree\.(dts|overlays)/.test(place)) {
      const beside = posix.normalize(posix.dirname(from))
      const skip = (each: string, to: string) =>
        files.has(to) || (isFile(root, each) && !/\.(dtsi?|dtso|h)$/.test(each))
      if (beside !== '.' && !beside.startsWith('..') && !isProduct(beside))
        files.copy(bsp.name, beside, layout.place(beside), skip)
    }
    const target = layout.place(posix.normalize(from))
    return target === posix.join(layout.to, path!) ? text : layout.own(target) + fragment
  })
  if (overlay !== undefined && !overlay.startsWith('./')) take(overlay, 'rootfs.overlay')
  for (const name of rootfs?.packages ?? []) {
    if (name.endsWith('.deb') && !name.startsWith('./')) take(name, 'rootfs.packages')
  }
  // No key names this file, but the kernel step reads it.
  if (data.boot?.kernel?.custom_kernel) take(posix.join(layout.from, 'configs/kernel.config'), 'boot.kernel')
  return moved
}

const isFile = (root: string, path: string) =>
  statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false

/** Keys that the scripts of handler-scripts.ts replace. */
export const AS_SCRIPTS = ['extensions', 'skip_hooks'] as const

/** The part of the data that YAML can express. */
function yamlData(moved: BspData, generated: ReadonlySet<string>): BspData {
  const { extensions: _, skip_hooks: __, ...rest } = moved
  const said = structuredClone(rest) as BspData & { boot?: Record<string, Record<string, unknown>> }
  for (const key of [...Object.keys(TYPESCRIPT_KEYS.bsp), ...AS_SCRIPTS]) removeKey(said, key.split('.'))
  const { kernel, bootloader } = (said.boot ?? {}) as {
    kernel?: Record<string, unknown>
    bootloader?: Record<string, unknown>
  }
  const tree = kernel?.device_tree as { dts?: unknown } | undefined
  if (Array.isArray(tree?.dts) && tree.dts.length === 1) tree.dts = tree.dts[0]
  if (kernel && generated.has('kernel')) keepOnly(kernel, ['custom_kernel'])
  if (bootloader && generated.has('bootloader')) {
    keepOnly(bootloader, ['enabled', 'version', 'boot_method', 'boot_config'])
    bootloader.type = 'custom'
  }
  return said
}

export function removeKey(data: unknown, [key, ...rest]: readonly string[]): void {
  if (typeof data !== 'object' || data === null || key === undefined) return
  if (rest.length === 0) delete (data as Record<string, unknown>)[key]
  else removeKey((data as Record<string, unknown>)[key], rest)
}

function keepOnly(data: Record<string, unknown>, keys: readonly string[]): void {
  for (const key of Object.keys(data)) if (!keys.includes(key)) delete data[key]
}

/** Files of npm and TypeScript, left out when a folder is copied for its other files. */
const NOT_FOR_OTHERS =
  /(^|\/)(package(-lock)?\.json|pnpm-lock\.yaml|yarn\.lock|tsconfig[^/]*\.json|[^/]*\.[cm]?[jt]sx?(\.map)?)$/

/** Copies the folders of BSP and boards, because their scripts may use undeclared files there. */
function copyWhole({ root, project, bsp, files, definitions }: BspExport, layout: Layout): void {
  const boards = bsp.layers?.all.filter(layer => layer.isBoard).map(layer => layer.folder) ?? []
  for (const folder of new Set([bsp.folder, ...boards])) {
    const holdsMore =
      folder === '.' ||
      folder === 'dist' ||
      project.bsps.some(other => other.name !== bsp.name && liesIn(other.folder, folder)) ||
      !existsSync(join(root, folder))
    if (holdsMore) continue
    const skip = (path: string, to: string) =>
      files.has(to) || definitions.has(path) || NOT_FOR_OTHERS.test(path) || /(^|\/)bsp\.ya?ml$/.test(path)
    files.copy(bsp.name, folder, layout.place(folder), skip)
  }
}
