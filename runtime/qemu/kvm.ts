/**
 * Whether KVM runs guests at the processor's own speed here. That `/dev/kvm` opens says little: inside other virtual
 * machines guests die at once, or run a thousand times slower than emulated ones. So a program of a few instructions is
 * timed, and what was found is remembered until this machine starts again.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TargetArch } from '../model/plan.ts'

const NATIVE: Readonly<Record<TargetArch, string>> = { x86_64: 'x64', arm64: 'arm64', armhf: 'arm' }

/** A tenth of a second for a processor, twice that for an emulator. */
const ROUNDS = 100_000_000
/** Firmware and rounds take less than a second where KVM works: ms. */
const LIMIT = 3000
/** What the program ends QEMU with: 33, since `isa-debug-exit` makes n into 2n + 1. */
const ENDED = 16

/**
 * @param memory the file in which the answer is kept
 * @param notice says once that a machine with KVM is emulated all the same
 */
export async function kvmWorks(
  program: string,
  arch: TargetArch,
  memory: string,
  notice: (message: string) => void,
): Promise<boolean> {
  if (NATIVE[arch] !== process.arch || !existsSync('/dev/kvm')) return false
  const known = recallKvm(memory)
  if (known !== undefined) return known
  // There is no such program for arm; a guest that dies is noticed when it does.
  const works = arch !== 'x86_64' || (await runsFast(program, ['-accel', 'kvm', '-cpu', 'host']))
  if (!works) notice('KVM is slow here or does not work; the machine is emulated')
  rememberKvm(memory, works)
  return works
}

/** Whether the program ends in time on a machine with these options of QEMU. */
export async function runsFast(program: string, options: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'strux-kvm-'))
  try {
    const kernel = join(folder, 'kernel')
    writeFileSync(kernel, countingKernel(ROUNDS))
    const args = [
      ...['-nodefaults', '-machine', 'q35', ...options, '-m', '16M', '-display', 'none', '-no-reboot'],
      ...['-kernel', kernel, '-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
    ]
    const child = spawn(program, args, { stdio: 'ignore', timeout: LIMIT, killSignal: 'SIGKILL' })
    const code = await new Promise(resolve => {
      child.on('close', resolve)
      child.on('error', () => resolve(undefined))
    })
    return code === 2 * ENDED + 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A kernel that counts down and ends the machine. Source: the Multiboot specification 0.6.96, 3.1.1 to 3.1.3. */
function countingKernel(rounds: number): Buffer {
  const [magic, flags, address] = [0x1badb002, 1 << 16, 0x100000]
  const header = [magic, flags, -(magic + flags), address, address, 0, 0, address + 32]
  const words = Buffer.alloc(37)
  header.forEach((word, index) => {
    words.writeUInt32LE(word >>> 0, 4 * index)
  })
  words.writeUInt32LE(rounds, 33)
  words[32] = 0xb9 // mov ecx, rounds
  const code = [
    ...[0x49, 0x75, 0xfd], // again: dec ecx; jnz again
    ...[0xb0, ENDED, 0xe6, 0xf4], // mov al, ENDED; out 0xf4, al
    ...[0xf4, 0xeb, 0xfd], // stay: hlt; jmp stay
  ]
  return Buffer.concat([words, Buffer.from(code)])
}

/** Undefined where nothing was found since this machine started. */
export function recallKvm(memory: string): boolean | undefined {
  try {
    const [boot, answer] = readFileSync(memory, 'utf8').split(' ')
    return boot === bootId() ? answer === 'yes' : undefined
  } catch {
    return undefined
  }
}

export function rememberKvm(memory: string, works: boolean): void {
  try {
    mkdirSync(dirname(memory), { recursive: true })
    writeFileSync(memory, `${bootId()} ${works ? 'yes' : 'no'}`)
  } catch {
    // Then it is found out anew the next time.
  }
}

function bootId(): string {
  const file = '/proc/sys/kernel/random/boot_id'
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown'
}
