/** Rules about several keys of a source package, and what its keys say together. */
import { type PackageConditions, type PackageHook, reasonHookNever } from '../hooks/package.ts'
import type { PackageData, SITE_METHODS } from './package.ts'

/** How the source of a package is fetched. */
export function siteMethod({
  site = '',
  site_method,
  override_srcdir,
}: Pick<PackageData, 'site' | 'site_method' | 'override_srcdir'>): (typeof SITE_METHODS)[number] {
  if (override_srcdir !== undefined) return 'local'
  return site_method ?? (/^(https?|ftp):/.test(site) ? 'http' : 'local')
}

/** What decides about the phases of a variant. */
export function conditionsOf(data: PackageData, variant: 'host' | 'target'): PackageConditions {
  return {
    variant,
    sources: siteMethod(data) === 'local' ? 'local' : 'fetched',
    install_staging: data.install_staging ?? false,
    install_target: data.install_target ?? true,
    install_images: data.install_images ?? false,
  }
}

interface BrokenRule {
  readonly path: (string | number)[]
  readonly message: string
  readonly code: string
  readonly hint: string
}

/** The rules about several keys that a package breaks. */
export function brokenRules(data: PackageData): BrokenRule[] {
  const found: BrokenRule[] = []
  const add = (path: (string | number)[], code: string, message: string, hint: string) =>
    found.push({ path, code, message, hint })
  const method = siteMethod(data)
  const needsVersion = method === 'git' || (method === 'http' && !data.source)
  if (data.override_srcdir === undefined) {
    if (
      data.site === undefined &&
      method !== 'debian' &&
      data.infra !== undefined &&
      data.infra !== 'generic'
    )
      add([], 'no_source', 'the package has no source', 'give site, such as `./src` or a URL')
    if (needsVersion && data.version === undefined)
      add(['site'], 'no_version', `a package from ${method} needs a version`, 'give version')
  }
  if (method === 'local' && data.override_srcdir === undefined && (data.patches?.length ?? 0) > 0)
    add(
      ['patches'],
      'patches_local',
      'patches are not applied to a local source',
      'change the source itself, or apply them in post_rsync',
    )
  if (data.git_submodules && siteMethod({ ...data, override_srcdir: undefined }) !== 'git')
    add(
      ['git_submodules'],
      'submodules_without_git',
      'only repositories of git have submodules',
      "set site_method: 'git', or leave git_submodules out",
    )
  if (data.target === false && !data.host)
    add(
      ['target'],
      'no_variant',
      'the package has no variant: target is false, and there is no host',
      'add host: {}',
    )
  if (data.infra === 'kernel-module' && data.host)
    add(['host'], 'no_variant', 'a kernel module has no host variant', 'leave host out')
  const hooks = (given: PackageData['hooks'], variant: 'host' | 'target', keys: string[]) => {
    for (const name of Object.keys(given ?? {}) as PackageHook[]) {
      // A developer's own source may run other phases for a while.
      const never = reasonHookNever(name, conditionsOf({ ...data, override_srcdir: undefined }, variant))
      if (never && reasonHookNever(name, conditionsOf(data, variant)))
        add([...keys, name], 'hook_never_runs', never.message, never.hint)
    }
  }
  if (data.target === false) {
    for (const name of Object.keys(data.hooks ?? {}))
      add(['hooks', name], 'hook_never_runs', `${name} never runs: target is false`, 'put it into host.hooks')
  } else hooks(data.hooks, 'target', ['hooks'])
  hooks(data.host?.hooks, 'host', ['host', 'hooks'])
  return found
}
