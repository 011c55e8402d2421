/**
 * What a container may do. Building images needs mounts, device nodes and loop devices, so the engine is asked for
 * `privileged`; an engine that refuses (a rootless one, a machine in a machine, a hardened runner) is asked for less,
 * step by step, and what it granted is remembered.
 */
import { readFileSync } from 'node:fs'
import type { ContainerCreateOptions } from 'dockerode'
import { writeAtomic } from '../../state/atomic-file.ts'

export type Grant = 'privileged' | 'capabilities' | 'plain'

/** From most to least. */
export const GRANTS: readonly Grant[] = ['privileged', 'capabilities', 'plain']

/** For people: what a grant means for builds. */
export const GRANT_MEANING: Readonly<Record<Grant, string>> = {
  privileged: 'privileged containers',
  capabilities: 'containers with all capabilities that this machine has itself (privileged ones are refused)',
  plain: 'ordinary containers only: scripts that mount or use loop devices will fail',
}

type HostConfig = NonNullable<ContainerCreateOptions['HostConfig']> & {
  MaskedPaths?: string[]
  ReadonlyPaths?: string[]
}

/** The engine's settings for a grant. /dev is the machine's own, so that loop devices made later show up too. */
export function grantSettings(grant: Grant): HostConfig {
  if (grant === 'plain') return {}
  if (grant === 'privileged') return { Privileged: true, UsernsMode: 'host', Binds: ['/dev:/dev'] }
  return {
    CapAdd: ['ALL'],
    CapDrop: lackingCapabilities(),
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    // Empty lists lift the engine's own, as `systempaths=unconfined` does on its command line.
    MaskedPaths: [],
    ReadonlyPaths: [],
    DeviceCgroupRules: ['b *:* rwm', 'c *:* rwm'],
    Binds: ['/dev:/dev'],
  }
}

/** True where an engine's refusal is about privileges, so that asking for less makes sense. */
export function refusedPrivileges(reason: string): boolean {
  return /apply caps|capabilit|privileged|operation not permitted|permission denied|apparmor|seccomp|userns|user namespace|cgroup/i.test(
    reason,
  )
}

/** linux/capability.h, in the order of their numbers. */
const CAPABILITIES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE ' +
  'NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE ' +
  'SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL ' +
  'SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ')

/**
 * The capabilities that this machine itself does not have (from the bounding set of this process): nobody here can
 * grant them. SYS_RESOURCE where nothing can be learned: it is the one that nested machines lack most.
 */
export function lackingCapabilities(status = readStatus()): string[] {
  const set = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  const bounds = set === undefined ? 0n : BigInt(`0x${set}`)
  const lacking = CAPABILITIES.filter(
    (_, number) => set !== undefined && ((bounds >> BigInt(number)) & 1n) === 0n,
  )
  return lacking.length > 0 && lacking.length < CAPABILITIES.length ? lacking : ['SYS_RESOURCE']
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}

/** Remembers by engine id what was granted: for this process, and in a file for the next ones. */
export class GrantMemory {
  readonly #file: string
  static readonly #known = new Map<string, Grant>()

  constructor(file: string) {
    this.#file = file
  }

  recall(engineId: string): Grant | undefined {
    const known = GrantMemory.#known.get(engineId) ?? this.#read()[engineId]
    return known !== undefined && GRANTS.includes(known) ? known : undefined
  }

  /** A file that cannot be written costs one refused attempt next time, no more. */
  remember(engineId: string, grant: Grant): void {
    if (this.recall(engineId) === grant) return
    GrantMemory.#known.set(engineId, grant)
    try {
      writeAtomic(this.#file, `${JSON.stringify({ ...this.#read(), [engineId]: grant }, null, 2)}\n`)
    } catch {}
  }

  #read(): Record<string, Grant> {
    try {
      const granted: unknown = JSON.parse(readFileSync(this.#file, 'utf8'))
      return typeof granted === 'object' && granted !== null ? (granted as Record<string, Grant>) : {}
    } catch {
      return {}
    }
  }
}
