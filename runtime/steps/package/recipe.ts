/** What a phase of a package does, as far as the definition says it: its part of the step's configuration. */
import {
  PACKAGE_HOOKS,
  PACKAGE_PHASES,
  type PackageHook,
  type PackageHookRow,
  type PackagePhase,
} from '../../../lib/hooks/package.ts'
import type { SourcePlace } from '../../model/extensions.ts'
import type { PackageVariant } from '../../model/packages.ts'
import type { CalledScript } from '../../model/plan.ts'
import { sourceOf } from './source.ts'

export interface PhaseRecipe {
  readonly pre: readonly HookScript[]
  /** In place of the work of the infrastructure. */
  readonly command?: string
  readonly post: readonly HookScript[]
  /** The settings that the phase reads. */
  readonly settings: Readonly<Record<string, unknown>>
}

export interface HookScript {
  readonly hook: PackageHook
  readonly text: string
}

export function recipeOf(variant: PackageVariant, phase: PackagePhase): PhaseRecipe {
  const { data, folder } = variant.package
  const own = variant.variant === 'host' ? (data.host ?? {}) : data
  const command = commandOf(own.commands, phase)
  const rows: readonly PackageHookRow[] = PACKAGE_HOOKS
  const scripts = (side: 'pre' | 'post') =>
    rows
      .filter(row => row.phase === phase && row.name.startsWith(side))
      .flatMap(row => scriptsAt(own.hooks, row.name as PackageHook))
  const { conf_opts, conf_env, make_opts, make_env } = own
  const settings: Partial<Record<PackagePhase, Record<string, unknown>>> = {
    download: { source: sourceOf(data, folder) },
    rsync: { source: sourceOf(data, folder) },
    configure: { infra: data.infra, subdir: data.subdir, conf_opts, conf_env, debian: variant.debian },
    build: { make_opts, make_env },
    legal_info: { license: data.license, license_files: data.license_files },
  }
  return {
    pre: scripts('pre'),
    ...(command !== undefined && { command }),
    post: scripts('post'),
    settings: settings[phase] ?? {},
  }
}

/** The scripts of one hook, in the order of its list. */
export function scriptsAt(
  hooks: PackageVariant['package']['data']['hooks'],
  hook: PackageHook,
): readonly HookScript[] {
  const given = hooks?.[hook]
  const list = given === undefined ? [] : Array.isArray(given) ? given : [given]
  return list.map(({ text }) => ({ hook, text }))
}

/** Finds a hook's script, or a phase's command, in the file of the package's author. */
export async function locateScript(
  { variant, package: { data, locate } }: PackageVariant,
  { name, index }: CalledScript,
): Promise<SourcePlace | undefined> {
  const base = variant === 'host' ? ['host'] : []
  if (PACKAGE_PHASES.some(phase => phase === name)) return locate?.([...base, 'commands', name])
  const { hooks } = (variant === 'host' ? data.host : data) ?? {}
  const isList = Array.isArray(hooks?.[name as PackageHook])
  return locate?.([...base, 'hooks', name, ...(isList ? [index] : [])])
}

function commandOf(
  commands: PackageVariant['package']['data']['commands'],
  phase: PackagePhase,
): string | undefined {
  return (commands as Partial<Record<PackagePhase, { text: string }>> | undefined)?.[phase]?.text
}
