/** What YAML cannot say and no generated file makes up for: told, or refused. */

import { TYPESCRIPT_KEYS, type YamlFate } from '../../lib/schema/yaml.ts'
import { type BspData, PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'

type Kind = 'bsp' | 'project'

export interface LeftOutOptions {
  /** Leave out also what makes a difference in what is built: then it is only warned of. */
  readonly lossy: boolean
  /** Steps whose work a generated script does, with all that the definition says of it. */
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

/** The generated script that has the value in it. */
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

/** What of such a value other tools would not do, and why. */
function refusals(key: string, value: unknown): (readonly [key: string, why: string])[] {
  if (key === 'build.steps') {
    const off = Object.entries(value as Record<string, unknown>).filter(([, on]) => on === false)
    return off.map(([step]) => [`${key}.${step}`, `other tools build the step ${step} always`])
  }
  if (key === 'builder.suite') {
    const { suite } = PROJECT_DEFAULTS.builder
    return value === suite ? [] : [[key, `other tools build on ${suite}`]]
  }
  if (key === 'rootfs.repositories') return [[key, 'other tools install packages of Debian alone']]
  return [[key, 'other tools have their own way to build it']]
}

function refused(kind: Kind, key: string, why: string, lossy: boolean): Finding {
  const message = `YAML cannot say '${key}': ${why}`
  return lossy
    ? finding(kind, key, 'warning', `${message}, so it is left out`)
    : { ...finding(kind, key, 'error', message), hint: '--lossy leaves it out' }
}

function finding(kind: Kind, key: string, severity: Finding['severity'], message: string): Finding {
  const origin = { source: kind, keys: key.split('.') }
  return { severity, code: 'not_in_yaml', message, origin, at: 'key' }
}

/** Keys of lists are dealt with where the lists are written. */
function valueAt(data: object, key: string): unknown {
  if (key.includes('*')) return undefined
  return key
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], data)
}
