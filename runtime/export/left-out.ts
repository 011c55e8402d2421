/** Settings that YAML cannot express and no generated script replaces: reported or refused. */

import { TYPESCRIPT_KEYS, type YamlFate } from '../../lib/schema/yaml.ts'
import { type BspData, PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'

type Kind = 'bsp' | 'project'

export interface LeftOutOptions {
  /** Also leave out settings that change the result, with a warning. */
  readonly lossy: boolean
  /** Steps that a generated script does completely. */
  readonly generated: ReadonlySet<string>
}

export function leftOutOfBsp(bsp: BspData, options: LeftOutOptions): Finding[] {
  return leftOut('bsp', bsp, options)
}

export function leftOutOfProject(project: ProjectData, options: LeftOutOptions): Finding[] {
  return leftOut('project', project, options)
}

function leftOut(kind: Kind, data: object, options: LeftOutOptions): Finding[] {
  return Object.entries(TYPESCRIPT_KEYS[kind]).flatMap(([key, fate]: [string, YamlFate]): Finding[] => {
    const value = valueAt(data, key)
    if (value === undefined || options.generated.has(KEPT_BY[key] ?? '')) return []
    if (fate === 'refused')
      return refusals(key, value).map(([place, why]) => refused(kind, place, why, options.lossy))
    const why = WARNINGS[fate]
    return why === undefined ? [] : [finding(kind, key, 'warning', `'${key}' is left out: ${why}`)]
  })
}

/** The generated script that contains the value. */
const KEPT_BY: Readonly<Record<string, string>> = {
  'boot.cmdline': 'image',
  'boot.kernel.sha256': 'kernel',
  'boot.bootloader.sha256': 'bootloader',
}

const WARNINGS: Partial<Readonly<Record<YamlFate, string>>> = {
  run: 'only strux run and strux test read it',
  unchecked: 'other tools take the source without a check',
  builder: 'other tools have a builder of their own',
  fixed: 'other tools have a set of their own',
}

/** The parts of a value that other tools would ignore, with the reason. */
function refusals(key: string, value: unknown): (readonly [key: string, why: string])[] {
  if (key === 'build.steps') {
    const off = Object.entries(value as Record<string, unknown>).filter(([, on]) => on === false)
    return off.map(([step]) => [`${key}.${step}`, `other tools build the step ${step} always`])
  }
  if (key === 'builder.suite') {
    const { suite } = PROJECT_DEFAULTS.builder
    return value === suite ? [] : [[key, `other tools build on ${suite}`]]
  }
  if (key === 'rootfs.repositories') return [[key, 'other tools install only packages of Debian']]
  if (['target_finalize', 'post_build', 'post_fakeroot'].includes(key))
    return [[key, 'other tools have project scripts for the root filesystem (rootfs_post)']]
  if (key === 'packages') return [[key, 'other tools build nothing from source but kernel and bootloader']]
  if (key === 'post_image') return [[key, 'other tools run no post-image scripts; they have after_build']]
  return [[key, 'other tools have their own way to build it']]
}

function refused(kind: Kind, key: string, why: string, lossy: boolean): Finding {
  const message = `YAML cannot express '${key}': ${why}`
  return lossy
    ? finding(kind, key, 'warning', `${message}, so it is left out`)
    : { ...finding(kind, key, 'error', message), hint: '--lossy leaves it out' }
}

function finding(kind: Kind, key: string, severity: Finding['severity'], message: string): Finding {
  const origin = { source: kind, keys: key.split('.') }
  return { severity, code: 'not_in_yaml', message, origin, at: 'key' }
}

/** Keys of lists are handled where the lists are written. */
function valueAt(data: object, key: string): unknown {
  if (key.includes('*')) return undefined
  return key
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], data)
}
