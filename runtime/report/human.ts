/** A build for people: a spinner and times on a terminal, plain lines elsewhere; everything on standard error. */
import type { Colors } from 'picocolors/types.js'
import { renderDiagnostics } from '../load/render.ts'
import type { PlanNode } from '../plan/model.ts'
import { duration } from './duration.ts'
import type { BuildEvent, Report } from './events.ts'

export interface HumanOptions {
  readonly stream: NodeJS.WriteStream
  readonly colors: Colors
  /** Show what scripts print as they print it, and why each node runs or not. */
  readonly verbose: boolean
  /** Where the project lies, to show the lines that diagnostics are about. */
  readonly root: string
}

/** How much output of a script is kept, to be shown if it fails: characters. */
const KEPT_OUTPUT = 256 * 1024

export async function humanReport(options: HumanOptions): Promise<Report & { stop(): void }> {
  const { stream, colors, verbose } = options
  const live = stream.isTTY && !verbose && !process.env.CI
  const spinner = live ? (await import('yocto-spinner')).default({ stream }) : undefined
  const running: Running[] = []
  let ran = 0
  let skipped = 0

  const say = (text: string): void => {
    // A line may only be written where the spinner is not: it is drawn again below.
    const spinning = spinner?.isSpinning
    if (spinning) spinner.stop()
    stream.write(`${text}\n`)
    if (spinning) spinner.start()
  }
  const refresh = (): void => {
    const current = running.at(-1)
    if (!spinner) return
    if (current)
      spinner.start(
        `${current.title} ${colors.dim(`${duration(Date.now() - current.since)} ${current.progress}`)}`,
      )
    else spinner.stop()
  }
  const clock = spinner && setInterval(refresh, 500)
  clock?.unref()

  const started = (event: BuildEvent & { type: 'node_started' }): void => {
    const why = event.reasons.map(each => each.message).join('; ')
    running.push({
      id: event.id,
      title: titleOf(event.node),
      since: Date.now(),
      progress: '',
      output: [],
      size: 0,
    })
    if (!live) say(`${colors.cyan('run')}   ${titleOf(event.node)}${colors.dim(verbose ? `: ${why}` : '')}`)
    refresh()
  }
  const finished = (event: BuildEvent & { type: 'node_finished' }): void => {
    const at = running.findIndex(each => each.id === event.id)
    const [current] = at < 0 ? [] : running.splice(at, 1)
    const title = titleOf(event.node)
    const time = colors.dim(`(${duration(event.duration_ms)})`)
    if (event.outcome === 'skipped') {
      skipped++
      if (verbose) say(`${colors.dim('skip')}  ${title}${colors.dim(`: ${event.reasons[0]?.message}`)}`)
    } else if (event.outcome === 'ran') {
      ran++
      say(`${colors.green('done')}  ${title} ${time}`)
    } else {
      if (!verbose && event.outcome === 'failed') for (const line of current?.output ?? []) say(line)
      say(`${colors.red(event.outcome)} ${title} ${time}`)
    }
    refresh()
  }
  const report = (event: BuildEvent): void => {
    switch (event.type) {
      case 'node_started':
        return started(event)
      case 'node_finished':
        return finished(event)
      case 'node_output': {
        const current = running.find(each => each.id === event.id)
        if (verbose) say(event.line)
        else if (current) keep(current, event.line)
        return
      }
      case 'progress': {
        const current = running.find(each => each.id === event.id)
        const percent = event.percent === undefined ? '' : ` ${event.percent}%`
        if (current) current.progress = `${event.message}${percent}`
        if (!live) say(colors.dim(`      ${event.message}${percent}`))
        return refresh()
      }
      case 'notice':
        return say(
          event.level === 'warning'
            ? `${colors.yellow('warning')} ${event.message}`
            : colors.dim(event.message),
        )
      case 'diagnostics':
        return say(
          renderDiagnostics(event.diagnostics, { root: options.root, colors, width: stream.columns ?? 100 }),
        )
      case 'build_finished':
        if (event.ok)
          say(
            `${colors.green(colors.bold('ok'))}    ${summary(ran, skipped)} in ${duration(event.duration_ms)}`,
          )
        return
      case 'build_started':
        return
    }
  }
  return Object.assign(report, {
    stop: () => {
      clearInterval(clock)
      spinner?.stop()
    },
  })
}

interface Running {
  readonly id: string
  readonly title: string
  readonly since: number
  progress: string
  readonly output: string[]
  size: number
}

function keep(running: Running, line: string): void {
  running.output.push(line)
  running.size += line.length
  while (running.size > KEPT_OUTPUT && running.output.length > 1)
    running.size -= running.output.shift()!.length
}

function titleOf(node: PlanNode): string {
  return node.title === node.id ? node.id : `${node.title} [${node.id}]`
}

function summary(ran: number, skipped: number): string {
  if (ran === 0) return `nothing to do, ${skipped} up to date`
  return skipped === 0 ? `${ran} ran` : `${ran} ran, ${skipped} up to date`
}
