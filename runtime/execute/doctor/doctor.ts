/** The checks of `strux doctor`: everything on this machine that builds in containers need. */
import { access, constants, statfs } from 'node:fs/promises'
import { StruxError } from '../../diagnostics/error.ts'
import { startGranted } from '../containers/container.ts'
import { showEndpoint } from '../engine/endpoint.ts'
import { connectEngine, type Engine, engineReason } from '../engine/engine.ts'
import { GRANT_MEANING, GRANTS, type Grant } from '../engine/privileges.ts'
import { machineMirror } from '../images/apt-sources.ts'

export interface Check {
  readonly name: string
  /** `warning`: builds work, but some scripts may fail. */
  readonly ok: 'yes' | 'warning' | 'no'
  readonly detail: string
  /** How to fix it. */
  readonly hint?: string
}

export interface DoctorOptions {
  readonly projectRoot: string
  readonly caller: { readonly uid: number; readonly gid: number }
  /** The project's mirror, if it names one. */
  readonly mirror?: string
}

/**
 * In bytes. A builder image with all tools for one architecture takes 3 GB, a root filesystem with its image as
 * much again.
 */
const DISK_WANTED = 10e9
const DISK_NEEDED = 3e9
const OLDEST_NODE = 20

/** Runs all checks; never throws. */
export async function examine(options: DoctorOptions): Promise<Check[]> {
  const checks = [checkNode(process.versions.node), checkCaller(options.caller)]
  checks.push(await checkDisk('Disk space of the project', options.projectRoot))
  let engine: Engine
  try {
    engine = await connectEngine()
  } catch (error) {
    const hint = error instanceof StruxError ? error.hint : undefined
    return [
      ...checks,
      { name: 'Container engine', ok: 'no', detail: engineReason(error), ...(hint && { hint }) },
    ]
  }
  checks.push({
    name: 'Container engine',
    ok: 'yes',
    detail: `${engine.version}, API ${engine.apiVersion}, ${engine.architecture}, at ${showEndpoint(engine.endpoint)}${engine.rootless ? ', rootless' : ''}`,
  })
  if (await exists(engine.dataRoot)) {
    checks.push(await checkDisk('Disk space of the engine', engine.dataRoot))
  }
  checks.push(await checkPrivileges(engine), await checkBase(engine, options.mirror))
  return checks
}

export function checkNode(version: string): Check {
  const name = 'Node.js'
  if (Number(version.split('.')[0]) >= OLDEST_NODE) return { name, ok: 'yes', detail: version }
  return { name, ok: 'no', detail: version, hint: `Version ${OLDEST_NODE} or newer is needed.` }
}

export function checkCaller(caller: { readonly uid: number; readonly gid: number }): Check {
  const detail =
    caller.uid === 0
      ? 'root: what builds make belongs to root'
      : `uid ${caller.uid}: what builds make is given to this user`
  return { name: 'User', ok: 'yes', detail }
}

async function checkDisk(name: string, folder: string): Promise<Check> {
  try {
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const detail = `${(free / 1e9).toFixed(1)} GB free`
    const hint = `A build with a kernel and an image takes up to ${DISK_WANTED / 1e9} GB.`
    if (free >= DISK_WANTED) return { name, ok: 'yes', detail }
    return { name, ok: free >= DISK_NEEDED ? 'warning' : 'no', detail, hint }
  } catch (error) {
    return { name, ok: 'warning', detail: engineReason(error) }
  }
}

/**
 * The grant that the engine gives now, whatever an earlier run remembered. Needs an image with bash: if no
 * builder image exists yet, the check has to wait for the first build.
 */
async function checkPrivileges(engine: Engine): Promise<Check> {
  const name = 'Privileges of containers'
  const images = await engine.docker.listImages({ filters: { label: ['strux.builder=1'] } }).catch(() => [])
  const image = images[0]?.Id
  if (image === undefined) return { name, ok: 'yes', detail: 'checked when the first builder image exists' }
  const granted = await probeGrant(engine, image)
  if (granted.grant === 'privileged') return { name, ok: 'yes', detail: GRANT_MEANING.privileged }
  if (granted.grant === 'capabilities') {
    return { name, ok: 'yes', detail: `${GRANT_MEANING.capabilities}: ${granted.refusal}` }
  }
  return {
    name,
    ok: granted.grant === undefined ? 'no' : 'warning',
    detail: granted.grant === undefined ? granted.refusal : GRANT_MEANING.plain,
    hint: 'Use an engine that runs as root, or let this one start privileged containers.',
  }
}

/** The highest grant that the engine gives, and the reason why not a higher one. */
export async function probeGrant(
  engine: Engine,
  image: string,
): Promise<{ grant: Grant | undefined; refusal: string }> {
  let refusal = ''
  for (const grant of GRANTS) {
    try {
      const container = await startGranted(
        engine,
        {
          image,
          env: {},
          binds: [],
          labels: { 'strux.role': 'probe' },
          workingDir: '/',
          name: 'strux-probe',
        },
        grant,
      )
      await container.remove()
      return { grant, refusal }
    } catch (error) {
      refusal ||= engineReason(error)
    }
  }
  return { grant: undefined, refusal }
}

async function checkBase(engine: Engine, mirror: string | undefined): Promise<Check> {
  const name = 'Builder images'
  const made = await engine.docker.listImages({ filters: { label: ['strux.builder=1'] } }).catch(() => [])
  if (made.length > 0) return { name, ok: 'yes', detail: `${made.length} made here` }
  const source = mirror ?? machineMirror()?.main
  const tool = (await exists('/usr/bin/mmdebstrap')) || process.getuid?.() === 0
  if (source !== undefined && tool) {
    return { name, ok: 'yes', detail: 'pulled, or bootstrapped from the Debian mirror of this machine' }
  }
  return {
    name,
    ok: 'warning',
    detail: 'must be pulled from a container registry: they cannot be bootstrapped on this machine',
    hint: 'On Debian and Ubuntu: apt-get install mmdebstrap. Elsewhere: name a mirror in builder.mirror or an image in builder.image.',
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
}
