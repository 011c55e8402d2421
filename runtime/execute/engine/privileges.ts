/**
 * Privileges of containers. Building images needs mounts, device nodes and loop devices, so the engine is asked
 * for `privileged`. An engine that refuses (rootless, nested in a virtual machine, a hardened CI runner) is
 * asked for less, step by step. The result is remembered.
 */
import { readFileSync } from 'node:fs'
import type { ContainerCreateOptions } from 'dockerode'
import { writeAtomic } from '../../state/atomic-file.ts'
import { readEngineJson } from '../../state/engine-file.ts'

export type Grant = 'privileged' | 'capabilities' | 'plain'

/** From most to least. */
export const GRANTS: readonly Grant[] = ['privileged', 'capabilities', 'plain']

/** What a grant means for builds, for people. */
export const GRANT_MEANING: Readonly<Record<Grant, string>> = {
  privileged: 'privileged containers',
  capabilities: 'containers with all capabilities that this machine has itself (privileged ones are refused)',
  plain: 'ordinary containers only: scripts that mount or use loop devices will fail',
}

type HostConfig = NonNullable<ContainerCreateOptions['HostConfig']> & {
  MaskedPaths?: string[]
  ReadonlyPaths?: string[]
}

/** The engine's settings for a grant. /dev is the host's own, so that loop devices created later are visible. */
export function grantSettings(grant: Grant): HostConfig {
  if (grant === 'plain') return {}
  if (grant === 'privileged') return { Privileged: true, UsernsMode: 'host', Binds: ['/dev:/dev'] }
  return {
    CapAdd: ['ALL'],
    CapDrop: lackingCapabilities(),
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    // Empty lists remove the engine's defaults, like `systempaths=unconfined` on its command line.
    MaskedPaths: [],
    ReadonlyPaths: [],
    DeviceCgroupRules: ['b *:* rwm', 'c *:* rwm'],
    Binds: ['/dev:/dev'],
  }
}

/** Whether the engine refused because of privileges, so that asking for less may help. */
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
 * Capabilities that this machine itself lacks (from the bounding set of this process), so no engine here can
 * grant them. SYS_RESOURCE if the set cannot be read: nested machines lack it most often.
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

/** Remembers grants by engine id: in this process, and in a file for later ones. */
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

  /** If the file cannot be written, the next process makes one more refused attempt. */
  remember(engineId: string, grant: Grant): void {
    if (this.recall(engineId) === grant) return
    GrantMemory.#known.set(engineId, grant)
    try {
      writeAtomic(this.#file, `${JSON.stringify({ ...this.#read(), [engineId]: grant }, null, 2)}\n`)
    } catch {}
  }

  #read(): Record<string, Grant> {
    const granted = readEngineJson(this.#file)
    return typeof granted === 'object' && granted !== null ? (granted as Record<string, Grant>) : {}
  }
}
