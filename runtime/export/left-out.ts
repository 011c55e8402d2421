/** What YAML cannot say and no generated file makes up for: told, or refused. */
import { type BspData, PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../load/diagnostic.ts'

type Kind = 'bsp' | 'project'
type Keys = readonly (string | number)[]

export interface LeftOutOptions {
  /** Leave out also what makes a difference in what is built: then it is only warned of. */
  readonly lossy: boolean
  /** Steps whose work a generated script does, with all that the definition says of it. */
  readonly generated: ReadonlySet<string>
}

export function leftOutOfBsp(bsp: BspData, options: LeftOutOptions): Finding[] {
  const { kernel, bootloader, cmdline } = bsp.boot ?? {}
  const { generated } = options
  const found: (Finding | undefined)[] = [
    ...(bsp.qemu ? [onlyForRun('bsp', ['qemu'])] : []),
    ...(cmdline !== undefined && !generated.has('image') ? [onlyForRun('bsp', ['boot', 'cmdline'])] : []),
    ...(kernel?.sha256 && !generated.has('kernel') ? [unchecked(['boot', 'kernel', 'sha256'])] : []),
    ...(bootloader?.sha256 && !generated.has('bootloader')
      ? [unchecked(['boot', 'bootloader', 'sha256'])]
      : []),
  ]
  return found.filter(finding => finding !== undefined)
}

export function leftOutOfProject(project: ProjectData, { lossy }: LeftOutOptions): Finding[] {
  const off = Object.entries(project.build?.steps ?? {}).filter(([, on]) => on === false)
  const suite = project.builder?.suite
  return [
    ...(project.test ? [onlyForRun('project', ['test'])] : []),
    ...off.map(([step]) =>
      refused(['build', 'steps', step], `other tools build the step ${step} always`, lossy),
    ),
    ...(project.cage ? [refused(['cage'], 'other tools have a compositor of their own', lossy)] : []),
    ...(suite !== undefined && suite !== PROJECT_DEFAULTS.builder.suite
      ? [refused(['builder', 'suite'], `other tools build on ${PROJECT_DEFAULTS.builder.suite}`, lossy)]
      : []),
    ...(project.builder?.image === undefined ? [] : [ownBuilder(['builder', 'image'])]),
    ...(project.builder?.mirror === undefined ? [] : [ownBuilder(['builder', 'mirror'])]),
  ]
}

function onlyForRun(source: Kind, keys: Keys): Finding {
  return warning(source, keys, `'${keys.join('.')}' is left out: only strux run and strux test read it`)
}

function unchecked(keys: Keys): Finding {
  return warning('bsp', keys, `'${keys.join('.')}' is left out: other tools take the source without a check`)
}

function ownBuilder(keys: Keys): Finding {
  return warning('project', keys, `'${keys.join('.')}' is left out: other tools have a builder of their own`)
}

function refused(keys: Keys, why: string, lossy: boolean): Finding {
  const message = `YAML cannot say '${keys.join('.')}': ${why}`
  const finding = { code: 'not_in_yaml', origin: { source: 'project' as const, keys }, at: 'key' as const }
  return lossy
    ? { severity: 'warning', message: `${message}, so it is left out`, ...finding }
    : { severity: 'error', message, hint: '--lossy leaves it out', ...finding }
}

function warning(source: Kind, keys: Keys, message: string): Finding {
  return { severity: 'warning', code: 'not_in_yaml', message, origin: { source, keys }, at: 'key' }
}
