/** `strux buildroot check`: what of an external tree of Buildroot can be built, and what is missing. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, resolve, sep } from 'node:path'
import { PACKAGE_HOOK_NAMES, phasesOf } from '../../lib/hooks/package.ts'
import type { PackageData } from '../../lib/schema/package.ts'
import { conditionsOf } from '../../lib/schema/package-rules.ts'
import { PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'
import type { ConvertedPackage } from '../buildroot/convert.ts'
import type { TreePackages } from '../buildroot/tree-packages.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { sortDiagnostics } from '../diagnostics/render.ts'
import { projectAround } from '../load/find-project.ts'
import { loadProject } from '../load/project.ts'
import { hostArch, targetArch } from '../plan/arch.ts'
import type { GlobalOptions } from './options.ts'
import { printDiagnostics, printJson, printLine, printNotice } from './terminal.ts'

/** One variant of a package, as JSON. */
interface CheckedVariant {
  readonly variant: 'host' | 'target'
  /** In order. */
  readonly phases: readonly string[]
  /** The numbers of scripts by hook. */
  readonly hooks: Readonly<Record<string, number>>
  readonly dependencies: readonly string[]
}

export interface CheckFlags extends GlobalOptions {
  readonly json?: boolean
  readonly defconfig?: string
  readonly arch: string
}

export async function checkTree(given: string, flags: CheckFlags): Promise<void> {
  const folder = resolve(given)
  if (!existsSync(folder)) throw new StruxError(`there is no folder ${given}`, { exitCode: 2 })
  const place = await placeOf(realpathSync(folder), flags.project)
  try {
    const [{ treePackages }, { treeShell }] = await Promise.all([
      import('../buildroot/tree-packages.ts'),
      import('../buildroot/evaluate.ts'),
    ])
    const tree = await treePackages({
      projectRoot: place.root,
      place: treeShell({ projectRoot: place.root, config: place.config, notice: printNotice }),
      tree: place.tree,
      options: flags.defconfig === undefined ? {} : { defconfig: flags.defconfig },
      target: targetArch(flags.arch, hostArch()),
      ownKernel: false,
    })
    report(tree, place, flags.json ?? false)
  } finally {
    place.remove()
  }
}

interface Place {
  readonly root: string
  /** Relative to the root. */
  readonly tree: string
  readonly config: ProjectData
  /** A file of a diagnostic as the user knows it. */
  readonly shown: (file: string) => string
  readonly remove: () => void
}

/** The project around the tree; for a tree without one, a temporary project that has a link to it. */
async function placeOf(folder: string, project: string | undefined): Promise<Place> {
  const root = projectAround(project ?? folder)
  const inside = root !== undefined && `${folder}${sep}`.startsWith(`${root}${sep}`)
  const shown = (file: string, base: string) => relative(process.cwd(), join(base, file)) || '.'
  if (inside && folder !== root) {
    const { value } = await loadProject(root)
    return {
      ...{ root, tree: relative(root, folder), remove: () => {} },
      config: value?.config ?? NO_PROJECT,
      shown: file => shown(file, root),
    }
  }
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'strux-tree-')))
  mkdirSync(join(temporary, 'dist'))
  const tree = basename(folder)
  symlinkSync(folder, join(temporary, tree))
  return {
    ...{ root: temporary, tree, config: NO_PROJECT },
    shown: file => shown(file.slice(tree.length + 1), folder),
    remove: () => rmSync(temporary, { recursive: true, force: true }),
  }
}

/** The builder of trees without a project. */
const NO_PROJECT = { ...PROJECT_DEFAULTS, name: '', project_version: '', bsp: '' } as unknown as ProjectData

function report({ packages, enabled, diagnostics }: TreePackages, place: Place, asJson: boolean): void {
  const found = sortDiagnostics([...diagnostics, ...[...packages.values()].flatMap(each => each.diagnostics)])
  const placed = found.map(each => ({ ...each, file: place.shown(each.file) }))
  const ok = !found.some(each => each.severity === 'error')
  const checked = [...packages].map(([name, each]) => ({
    name,
    folder: place.shown(each.folder),
    enabled: enabled.some(id => id === name || id === `host-${name}`),
    // Errors about its symbols are in its folder too, although its makefile is good.
    ok:
      each.data !== undefined &&
      !found.some(({ severity, file }) => severity === 'error' && file.startsWith(`${each.folder}/`)),
    ...(each.data && { infra: each.data.infra ?? 'generic', version: each.data.version }),
    variants: variantsOf(each),
  }))
  if (asJson) printJson({ ok, packages: checked, diagnostics: placed })
  else {
    for (const each of checked) printPackage(each)
    printDiagnostics(placed, process.cwd())
    printLine(summary(checked, placed))
  }
  if (!ok) process.exitCode = 1
}

function variantsOf({ data }: ConvertedPackage): CheckedVariant[] {
  if (!data) return []
  const variant = (kind: 'host' | 'target', own: Pick<PackageData, 'hooks' | 'dependencies'>) => ({
    variant: kind,
    phases: phasesOf(conditionsOf(data, kind)),
    hooks: Object.fromEntries(
      PACKAGE_HOOK_NAMES.flatMap(name => {
        const count = [own.hooks?.[name] ?? []].flat().length
        return count > 0 ? [[name, count]] : []
      }),
    ),
    dependencies: own.dependencies ?? [],
  })
  return [
    ...(data.target === false ? [] : [variant('target', data)]),
    ...(data.host ? [variant('host', data.host)] : []),
  ]
}

type Checked = {
  readonly name: string
  readonly enabled: boolean
  readonly ok: boolean
  readonly infra?: string
  readonly version?: string | undefined
  readonly folder: string
  readonly variants: readonly CheckedVariant[]
}

function printPackage({ name, enabled, ok, infra, version, folder, variants }: Checked): void {
  const state = !ok ? 'cannot be built' : enabled ? infra : `${infra}, not enabled`
  printLine(`${name}${version === undefined ? '' : ` ${version}`} (${state}) in ${folder}`)
  for (const { variant, phases, hooks, dependencies } of variants) {
    printLine(`  ${variant}: ${phases.join(' ')}`)
    const counted = Object.entries(hooks).map(([hook, count]) => `${hook}${count > 1 ? ` ×${count}` : ''}`)
    if (counted.length > 0) printLine(`    hooks: ${counted.join(', ')}`)
    if (dependencies.length > 0) printLine(`    needs: ${dependencies.join(' ')}`)
  }
}

function summary(packages: readonly Checked[], diagnostics: readonly Diagnostic[]): string {
  const good = packages.filter(each => each.ok).length
  const warnings = diagnostics.filter(each => each.severity === 'warning').length
  const errors = diagnostics.length - warnings
  if (packages.length === 0 && errors > 0) return 'the tree cannot be read'
  const counted = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ]
  return [`${good} of ${packages.length} packages can be built`, ...counted].join('; ')
}
