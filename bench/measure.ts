/** Measuring processes. All figures are medians: a machine that does something else now and then spoils a mean. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: 's' | 'MB' | 'ratio'
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Program {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

/** Seconds from the start of a process to its end. */
export async function secondsOf(program: Program): Promise<number> {
  const started = performance.now()
  await run(program)
  return (performance.now() - started) / 1000
}

export interface Account {
  /** Peak, in MB of 1,000,000 bytes. */
  readonly memory: number
  /** Processor time, user and system, in seconds: what a busy machine changes least. */
  readonly processor: number
}

/**
 * What a Node process used, told by itself at its end. The peak memory is the kernel's high-water mark of its address
 * space: what `getrusage` says will not do, since that includes the process that forked it.
 */
export async function accountOf({ argv: [node, ...args], ...rest }: Program): Promise<Account> {
  const report = `import { readFileSync, writeSync } from 'node:fs'
    process.on('exit', () => {
      const { user, system } = process.cpuUsage()
      writeSync(3, readFileSync('/proc/self/status') + 'Processor: ' + (user + system))
    })`
  const argv = [node!, '--import', `data:text/javascript,${encodeURIComponent(report)}`, ...args]
  const said = await run({ argv, ...rest })
  const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1])
  return { memory: (number(/VmHWM:\s+(\d+) kB/) * 1024) / 1e6, processor: number(/Processor: (\d+)/) / 1e6 }
}

/** Runs to the end; resolves with what came on descriptor 3. */
function run({ argv: [command, ...args], cwd, env }: Program): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command!, args, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    let report = ''
    let errors = ''
    child.stdio[3]!.on('data', chunk => {
      report += chunk
    })
    child.stderr!.on('data', chunk => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve(report) : reject(new Error(`${command} ${args.join(' ')}: ${errors}`)),
    )
  })
}

/** What else the machine does distorts every figure: the load of the last minute, said with them. */
export function load(): string {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ')[0]!
  } catch {
    return 'unknown'
  }
}
