/**
 * A running guest: started with KVM if that works, with access to its console and screen; at the end,
 * everything is removed.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StruxError } from '../diagnostics/error.ts'
import { endingWithThisProcess } from '../state/guard.ts'
import { findQemu } from './files.ts'
import { kvmWorks, rememberKvm } from './kvm.ts'
import { type MachineFacts, type MachineOptions, machineArguments } from './machine.ts'
import { Qmp } from './qmp.ts'
import { type Picture, readPpm } from './screen.ts'

export interface GuestOptions extends Pick<MachineOptions, 'display' | 'keepChanges' | 'consoleLog'> {
  /** Guest ports to forward to this machine. */
  readonly ports: readonly number[]
  readonly signal: AbortSignal
  readonly notice: (message: string) => void
  /** The file that remembers whether KVM works on this machine. */
  readonly memory: string
}

/** A guest that KVM cannot run ends or hangs within this time, in ms. */
const KVM_TRIAL = 4000

/** Starts a guest. Throws a StruxError if QEMU is missing or ends at once. */
export async function startGuest(facts: MachineFacts, options: GuestOptions): Promise<Guest> {
  const program = findQemu(facts.arch)
  if (await kvmWorks(program, facts.arch, options.memory, options.notice)) {
    const guest = await Guest.start(program, facts, options, true)
    if (await guest.survives(KVM_TRIAL)) return guest
    await guest.stop()
    options.signal.throwIfAborted()
    options.notice('the guest died under KVM; the machine is emulated')
    rememberKvm(options.memory, false)
  }
  return Guest.start(program, facts, options, false)
}

export class Guest {
  /** For each guest port, the port of this machine that is forwarded to it. */
  readonly ports: ReadonlyMap<number, number>
  readonly startedAt = Date.now()
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #consoleLog: string
  readonly #ended: Promise<void>
  #alive = true
  #stderr = ''
  #qmp: Promise<Qmp> | undefined
  readonly #socket: string

  private constructor(
    child: ChildProcess,
    place: { folder: string; socket: string; consoleLog: string },
    ports: ReadonlyMap<number, number>,
    signal: AbortSignal,
  ) {
    this.#process = child
    this.#folder = place.folder
    this.#socket = place.socket
    this.#consoleLog = place.consoleLog
    this.ports = ports
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000)
    })
    this.#ended = new Promise(resolve => {
      const end = () => {
        this.#alive = false
        resolve()
      }
      child.on('exit', end)
      child.on('error', error => {
        this.#stderr += error.message
        end()
      })
    })
    const abort = () => child.kill('SIGKILL')
    signal.addEventListener('abort', abort, { once: true })
    this.#ended.then(() => signal.removeEventListener('abort', abort))
  }

  static async start(
    program: string,
    facts: MachineFacts,
    options: GuestOptions,
    kvm: boolean,
  ): Promise<Guest> {
    options.signal.throwIfAborted()
    mkdirSync(dirname(options.consoleLog), { recursive: true })
    writeFileSync(options.consoleLog, '')
    const folder = mkdtempSync(join(tmpdir(), 'strux-qemu-'))
    const socket = join(folder, 'qmp')
    const forwards = await Promise.all(options.ports.map(async guest => ({ guest, host: await freePort() })))
    const { uefi } = facts.files
    const own = { ...facts, files: { ...facts.files, ...(uefi && { uefi: ownVariables(uefi, folder) }) } }
    const { display, keepChanges, consoleLog } = options
    const args = machineArguments(own, { kvm, display, keepChanges, consoleLog, qmp: socket, forwards })
    const stdin = display === 'none' ? 'ignore' : 'inherit'
    const child = endingWithThisProcess(() => spawn(program, args, { stdio: [stdin, stdin, 'pipe'] }), 'tree')
    const ports = new Map(forwards.map(({ guest, host }) => [guest, host]))
    return new Guest(child, { folder, socket, consoleLog }, ports, options.signal)
  }

  get alive(): boolean {
    return this.#alive
  }

  /** QEMU's own error messages. */
  get complaint(): string {
    return this.#stderr.trim()
  }

  /** Whether the guest runs for that long without ending or stopping because of a virtualisation error. */
  async survives(milliseconds: number): Promise<boolean> {
    const end = Date.now() + milliseconds
    while (Date.now() < end) {
      if (!this.#alive || /KVM|kvm/.test(this.#stderr)) return false
      await Promise.race([pause(200), this.#ended])
    }
    const status = await this.#ask('query-status').catch(() => undefined)
    return (status as { status?: string } | undefined)?.status === 'running'
  }

  /** Complete lines of the console so far, without control sequences. */
  consoleLines(): string[] {
    if (!existsSync(this.#consoleLog)) return []
    const text = readFileSync(this.#consoleLog, 'utf8')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    const plain = text.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\r\u0007]/g, '')
    return plain.split('\n').slice(0, -1)
  }

  /** The current screen; undefined if there is none (yet). */
  async look(): Promise<Picture | undefined> {
    const file = join(this.#folder, 'screen.ppm')
    try {
      await this.#ask('screendump', { filename: file })
      return readPpm(file)
    } catch {
      return undefined
    }
  }

  /** Saves the screen as PNG. Throws a StruxError if QEMU fails. */
  async save(file: string): Promise<void> {
    mkdirSync(dirname(file), { recursive: true })
    try {
      await this.#ask('screendump', { filename: file, format: 'png' })
    } catch (cause) {
      throw new StruxError(`the screen could not be saved to ${file}: ${(cause as Error).message}`, { cause })
    }
  }

  /** Resolves when the guest ends by itself. */
  ended(): Promise<void> {
    return this.#ended
  }

  /** Stops the guest and removes its temporary files. */
  async stop(): Promise<void> {
    const qmp = await Promise.race([this.#qmp, pause(100)]).catch(() => undefined)
    if (this.#alive) this.#process.kill('SIGTERM')
    await Promise.race([this.#ended, pause(3000)])
    if (this.#alive) this.#process.kill('SIGKILL')
    await this.#ended
    if (qmp) qmp.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #ask(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.#qmp ??= Qmp.connect(this.#socket, () => this.#alive)
    return (await this.#qmp).execute(command, args)
  }
}

function ownVariables(uefi: { code: string; vars: string }, folder: string): { code: string; vars: string } {
  const vars = join(folder, 'vars.fd')
  copyFileSync(uefi.vars, vars)
  return { code: uefi.code, vars }
}

/** A port that is currently free; QEMU opens it a moment later. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
