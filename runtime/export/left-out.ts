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
      return refusals(key, value).map(([place, why]) =>
        notInYaml(`'${place}'`, why, keyOf(kind, place), options.lossy),
      )
    const why = WARNINGS[fate]
    if (why === undefined) return []
    const message = `'${key}' is left out: ${why}`
    return [{ severity: 'warning', code: 'not_in_yaml', message, ...keyOf(kind, key) }]
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
  if (key === 'boot.kernel.package') return [[key, 'other tools install the kernel of the suite']]
  if (key === 'rootfs.repositories') return [[key, 'other tools install only packages of Debian']]
  if (['target_finalize', 'post_build', 'post_fakeroot'].includes(key))
    return [[key, 'other tools have project scripts for the root filesystem (rootfs_post)']]
  if (key === 'packages') return [[key, 'other tools build nothing from source but kernel and bootloader']]
  return [[key, 'other tools have their own way to build it']]
}

/**
 * An error, or a warning in an export that may leave it out.
 * @param what as it follows "YAML cannot express"
 */
export function notInYaml(
  what: string,
  why: string,
  place: Pick<Finding, 'origin' | 'at'>,
  lossy: boolean,
): Finding {
  const message = `YAML cannot express ${what}: ${why}`
  return lossy
    ? { code: 'not_in_yaml', ...place, severity: 'warning', message: `${message}, so it is left out` }
    : { code: 'not_in_yaml', ...place, severity: 'error', message, hint: '--lossy leaves it out' }
}

const keyOf = (source: Kind, key: string) =>
  ({ origin: { source, keys: key.split('.') }, at: 'key' }) as const

/** Keys of lists are handled where the lists are written. */
function valueAt(data: object, key: string): unknown {
  if (key.includes('*')) return undefined
  return key
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], data)
}
