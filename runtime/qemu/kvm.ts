/**
 * Finds out whether KVM runs guests at full speed here. An accessible `/dev/kvm` proves little: in nested
 * virtual machines, guests may die at once or run a thousand times slower than under emulation. So a program of
 * a few instructions is timed, and the result is remembered until the machine reboots.
 */

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TargetArch } from '../model/plan.ts'
import { endingWithThisProcess } from '../state/guard.ts'

const NATIVE: Readonly<Record<TargetArch, string>> = { x86_64: 'x64', arm64: 'arm64', armhf: 'arm' }

/** Takes a tenth of a second on a processor, twice that under emulation. */
const ROUNDS = 100_000_000
/** Time limit in ms: firmware and rounds take less than a second if KVM works. */
const LIMIT = 3000
/** The program's exit value for QEMU: `isa-debug-exit` turns n into 2n + 1, here 33. */
const ENDED = 16

/**
 * @param memory the file for the result
 * @param notice called once if a machine with KVM is emulated
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
  // There is no such program for arm; a guest that dies is detected later.
  const works = arch !== 'x86_64' || (await runsFast(program, ['-accel', 'kvm', '-cpu', 'host']))
  if (!works) notice('KVM is slow here or does not work; the machine is emulated')
  rememberKvm(memory, works)
  return works
}

/** Whether the program ends in time on a machine with these QEMU options. */
export async function runsFast(program: string, options: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'strux-kvm-'))
  try {
    const kernel = join(folder, 'kernel')
    writeFileSync(kernel, countingKernel(ROUNDS))
    const args = [
      ...['-nodefaults', '-machine', 'q35', ...options, '-m', '16M', '-display', 'none', '-no-reboot'],
      ...['-kernel', kernel, '-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
    ]
    const child = endingWithThisProcess(
      () => spawn(program, args, { stdio: 'ignore', timeout: LIMIT, killSignal: 'SIGKILL' }),
      'tree',
    )
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

/** Undefined if there is no result since the last reboot. */
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
    // The next run measures again.
  }
}

function bootId(): string {
  const file = '/proc/sys/kernel/random/boot_id'
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown'
}
