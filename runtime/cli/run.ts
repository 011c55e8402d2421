/** `strux run` and `strux test`: the built image in QEMU. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { StruxError } from '../diagnostics/error.ts'
import type { Outcome } from '../qemu/expect.ts'
import type { Guest } from '../qemu/guest.ts'
import type { MachineFacts } from '../qemu/machine.ts'
import { duration } from '../report/duration.ts'
import type { Workspace } from '../run/workspace.ts'
import { stateFolder } from '../state/state-folder.ts'
import { cancellation } from './cancel.ts'
import { type Changed, changedSince, warnOfOlderImage } from './older-image.ts'
import type { GlobalOptions } from './options.ts'
import { referencePictures } from './reference-pictures.ts'
import { colorsFor, printJson, printLine } from './terminal.ts'
import { openWorkspace } from './workspace.ts'

interface RunFlags extends GlobalOptions {
  readonly headless?: boolean
  readonly screenshot?: string
  readonly timeout?: string
  readonly keepChanges?: boolean
  readonly forward?: string[]
  readonly check: boolean
  readonly json?: boolean
  readonly update?: boolean
}

/** In seconds: after this time, a screenshot is taken in any case, and an assertion counts as failed. */
const TIMEOUT = 300

export function runCommands(program: Command): void {
  program
    .command('run')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('start the built image in QEMU, with a window')
    .option('--headless', 'without a window')
    .option('--screenshot <file>', 'save the screen as PNG once it has stopped changing, and end')
    .option('--timeout <seconds>', `end after this time (default with --screenshot: ${TIMEOUT})`)
    .option('--keep-changes', "keep the device's changes to the image (default: discard them)")
    .option('--forward <port>', 'forward a port of this machine to the device; may be repeated', collect)
    .option(...NO_CHECK)
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      run(bsp, self.optsWithGlobals<RunFlags>()),
    )
  program
    .command('test')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description(
      "start the built image in QEMU without a window, and check the assertions in the project's test",
    )
    .option('--timeout <seconds>', "override the project's test.timeout")
    .option('--update', 'save the screen as the reference picture, once all other assertions hold')
    .option(...NO_CHECK)
    .option('--json', 'print JSON')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      test(bsp, self.optsWithGlobals<RunFlags>()),
    )
}

const NO_CHECK = ['--no-check', 'do not check whether the image is older than its definition'] as const

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value]

async function run(bsp: string | undefined, flags: RunFlags): Promise<void> {
  const workspace = await openWorkspace(flags.project, bsp)
  const signal = cancellation()
  const headless = flags.headless ?? flags.screenshot !== undefined
  const timeout = seconds(flags.timeout)
  const ports = (flags.forward ?? []).map(portOf)
  const keepChanges = flags.keepChanges ?? false
  const { guest } = await start(workspace, { headless, ports, keepChanges, check: flags.check, signal })
  try {
    for (const [there, here] of guest.ports) say(`port ${there} of the device is 127.0.0.1:${here} here`)
    if (flags.screenshot !== undefined)
      await screenshot(guest, workspace, flags.screenshot, timeout ?? TIMEOUT, signal)
    else await Promise.race([guest.ended(), aborted(signal), ...(timeout ? [after(timeout, guest)] : [])])
    signal.throwIfAborted()
    if (!guest.alive && guest.complaint !== '') throw new StruxError(`QEMU ended: ${guest.complaint}`)
  } finally {
    await guest.stop()
  }
}

/**
 * Waits for the colours of the project's test if it has any; otherwise until something is drawn and the screen
 * stops changing.
 */
async function screenshot(
  guest: Guest,
  workspace: Workspace,
  file: string,
  timeout: number,
  signal: AbortSignal,
): Promise<void> {
  const { colorsOf, expectAll, untilStill } = await import('../qemu/expect.ts')
  // Colours that appear only in passing are not waited for.
  const screen = colorsOf(workspace.project.config.test ?? {}).filter(({ still }) => still !== false)
  const seen =
    screen.length > 0
      ? await expectAll(guest, { screen }, { timeout: timeout * 1000, signal, report: () => {} })
      : await untilStill(guest, timeout * 1000, signal)
  if (!guest.alive) {
    const complaint = guest.complaint ? `: ${guest.complaint}` : ''
    throw new StruxError(`the machine ended before its screen stopped changing${complaint}`)
  }
  await guest.save(file)
  printLine(file)
  if (seen) return
  const missing =
    screen.length > 0 ? "the colours of the project's test were not seen" : 'no stable picture was seen'
  throw new StruxError(`${missing} on the screen within ${timeout} s; ${file} shows what was there`)
}

async function test(bsp: string | undefined, flags: RunFlags): Promise<void> {
  const workspace = await openWorkspace(flags.project, bsp)
  const declared = workspace.project.config.test
  if (!declared?.console?.length && !declared?.http?.length && !declared?.screen?.length) {
    throw new StruxError('the project declares nothing to test', {
      hint: "Add assertions to strux.config.ts, for example test: { console: ['Reached target'] }.",
      exitCode: 2,
    })
  }
  const signal = cancellation()
  const pictures = await referencePictures(workspace, resultFolder(workspace), flags.update ?? false)
  const { expectAll, untilStill } = await import('../qemu/expect.ts')
  const colors = colorsFor(process.stdout)
  const outcomes: Outcome[] = []
  const report = (outcome: Outcome): void => {
    outcomes.push(outcome)
    if (flags.json) return
    const mark = outcome.ok ? colors.green('ok    ') : colors.red('FAILED')
    const time = duration(outcome.after_ms)
    printLine(
      `${mark} ${outcome.kind} ${outcome.what} (${time})${outcome.found === undefined ? '' : `: ${outcome.found}`}`,
    )
  }
  const ports = [...new Set((declared.http ?? []).map(one => one.port))]
  const how = { headless: true, ports, keepChanges: false, check: flags.check, signal }
  const { guest, changed } = await start(workspace, how)
  const picture = join(resultFolder(workspace), 'screen.png')
  let ok = false
  let saved = false
  try {
    const timeout = (seconds(flags.timeout) ?? declared.timeout ?? TIMEOUT) * 1000
    const { references } = pictures
    ok = await expectAll(guest, declared, { timeout, signal, report, references })
    if (ok && pictures.updated.length > 0) {
      ok = await untilStill(guest, timeout, signal)
      await pictures.update(guest)
    }
    if (guest.alive) {
      await guest.save(picture)
      saved = true
    }
  } finally {
    await guest.stop()
  }
  if (!ok) process.exitCode = 1
  const updated = ok ? pictures.updated : []
  const shown = pictures.differences.find(file => existsSync(file))
  const files = {
    console: consoleLog(workspace),
    ...(saved && { screen: picture }),
    ...(shown && { difference: shown }),
  }
  if (flags.json) {
    const about = { ok, bsp: workspace.plan.bsp, changed, assertions: outcomes }
    return printJson({ ...about, ...(updated.length > 0 && { updated }), ...relative(files, workspace.root) })
  }
  for (const file of updated) printLine(`updated: ${file}`)
  for (const [what, file] of Object.entries(relative(files, workspace.root))) printLine(`${what}: ${file}`)
}

interface Start {
  /** Without a window. */
  readonly headless: boolean
  readonly ports: readonly number[]
  readonly keepChanges: boolean
  /** Whether to check if the image is older than its definition. */
  readonly check: boolean
  readonly signal: AbortSignal
}

interface Started {
  readonly guest: Guest
  /** The changes that make the image older than its definition. */
  readonly changed: readonly Changed[]
}

async function start(workspace: Workspace, options: Start): Promise<Started> {
  const { root, project, bsp, plan } = workspace
  if (project.config.qemu?.enabled === false) {
    throw new StruxError('the project does not allow QEMU', {
      hint: 'qemu.enabled is false in strux.config.ts.',
    })
  }
  const { findQemu, guestFiles } = await import('../qemu/files.ts')
  const { startGuest } = await import('../qemu/guest.ts')
  const about = { project: project.config, bsp: bsp.data, arch: plan.arch }
  const facts: MachineFacts = { ...about, ...guestFiles({ ...about, root, bspName: bsp.name }) }
  const { headless, check, ...rest } = options
  const changed = check ? await changedSince(workspace, facts.files.disk) : []
  warnOfOlderImage(changed, plan.bsp)
  const { findDisplay } = await import('../qemu/window.ts')
  const guest = await startGuest(facts, {
    ...rest,
    display: headless ? 'none' : findDisplay(findQemu(plan.arch)),
    consoleLog: consoleLog(workspace),
    notice: say,
    memory: join(stateFolder(root), 'kvm'),
  })
  return { guest, changed }
}

const say = (text: string) => process.stderr.write(`${text}\n`)
const resultFolder = ({ root, plan }: Workspace) => join(root, 'dist/test', plan.bsp)
const consoleLog = (workspace: Workspace) => join(resultFolder(workspace), 'console.log')

function relative(files: Readonly<Record<string, string>>, root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([what, file]) => [what, file.slice(root.length + 1)]))
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new StruxError(`'${text}' is not a number of seconds`, { exitCode: 2 })
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new StruxError(`'${text}' is not a port`, { exitCode: 2 })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}

async function after(timeout: number, guest: Guest): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, timeout * 1000)
    guest.ended().then(() => clearTimeout(timer))
  })
}
