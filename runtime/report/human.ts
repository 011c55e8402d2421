/** The build report for people: a spinner and times on a terminal, plain lines elsewhere; all on standard error. */
import type { Colors } from 'picocolors/types.js'
import type { Spinner } from 'yocto-spinner'
import type { PlanNode } from '../model/plan.ts'
import { drained, type Taken } from './drained.ts'
import { duration } from './duration.ts'
import type { BuildEvent, Report } from './events.ts'
import { OutputTail } from './output-tail.ts'

export interface HumanOptions {
  readonly stream: NodeJS.WriteStream
  readonly colors: Colors
  /** Show the output of scripts as it arrives, and the reasons for each node. */
  readonly verbose: boolean
}

/** Update interval of the time beside the spinner, in ms. */
const TICK = 500

type Event<Type extends BuildEvent['type']> = Extract<BuildEvent, { type: Type }>

export class HumanReport {
  readonly #options: HumanOptions
  /** Only on a terminal, and only if no output scrolls past it. */
  readonly #spinner: Spinner | undefined
  readonly #clock: NodeJS.Timeout | undefined
  /** A step that waits for a script inside it stays below that script. */
  readonly #running: Running[] = []
  #ran = 0
  #skipped = 0

  static async open(options: HumanOptions): Promise<HumanReport> {
    const live = options.stream.isTTY && !options.verbose && !process.env.CI
    if (!live) return new HumanReport(options, undefined)
    const { default: spinner } = await import('yocto-spinner')
    return new HumanReport(options, spinner({ stream: options.stream }))
  }

  private constructor(options: HumanOptions, spinner: Spinner | undefined) {
    this.#options = options
    this.#spinner = spinner
    if (spinner) this.#clock = setInterval(() => this.#draw(), TICK).unref()
  }

  readonly report: Report = event => {
    switch (event.type) {
      case 'build_started':
        for (const { id, why, by } of event.to_run > 0 ? (event.left_out ?? []) : [])
          this.#say(`${this.#options.colors.dim('out')}   ${id}: ${why} by ${by}`)
        break
      case 'node_started':
        this.#started(event)
        break
      case 'node_output':
        return this.#output(event)
      case 'progress':
        return this.#progress(event)
      case 'node_finished':
        this.#finished(event)
        break
      case 'notice':
        this.#notice(event)
        break
      case 'build_finished':
        this.#summary(event)
        break
    }
  }

  close(): void {
    clearInterval(this.#clock)
    this.#spinner?.stop()
  }

  #started({ id, node, reasons }: Event<'node_started'>): void {
    const { colors, verbose } = this.#options
    const title = titleOf(node)
    this.#running.push({ id, title, since: Date.now(), progress: '', output: new OutputTail() })
    const why = verbose ? colors.dim(`: ${reasons.map(each => each.message).join('; ')}`) : ''
    if (!this.#spinner) this.#say(`${colors.cyan('run')}   ${title}${why}`)
    this.#draw()
  }

  #output({ id, line }: Event<'node_output'>): Taken {
    if (this.#options.verbose)
      return this.#say(this.#running.length > 1 ? `${this.#options.colors.dim(`[${id}]`)} ${line}` : line)
    this.#find(id)?.output.add(line)
  }

  #progress({ id, message, percent }: Event<'progress'>): Taken {
    const running = this.#find(id)
    const text = percent === undefined ? message : `${message} ${percent}%`
    if (running) running.progress = text
    const whose = this.#running.length > 1 ? `[${id}] ` : ''
    if (!this.#spinner) return this.#say(this.#options.colors.dim(`      ${whose}${text}`))
    this.#draw()
  }

  #finished({ id, node, outcome, duration_ms, reasons, log }: Event<'node_finished'>): void {
    const { colors, verbose } = this.#options
    const running = this.#find(id)
    if (running) this.#running.splice(this.#running.indexOf(running), 1)
    const title = titleOf(node)
    const time = colors.dim(`(${duration(duration_ms)})`)
    if (outcome === 'skipped') {
      this.#skipped++
      if (verbose) this.#say(`${colors.dim('skip')}  ${title}${colors.dim(`: ${reasons[0]?.message}`)}`)
    } else if (outcome === 'ran') {
      this.#ran++
      this.#say(`${colors.green('done')}  ${title} ${time}`)
    } else {
      // With verbose, the output was shown as it arrived. A step that fails because of a script inside it has nothing
      // to add to the script's output.
      const isCause = outcome === 'failed' && !running?.failedInside
      if (!verbose && running && isCause) this.#showOutput(running.output, log)
      const around = node.inside === undefined ? undefined : this.#find(node.inside)
      if (around && outcome === 'failed') around.failedInside = true
      this.#say(`${colors.red(outcome)} ${title} ${time}`)
    }
    this.#draw()
  }

  #notice({ level, message }: Event<'notice'>): void {
    const { colors } = this.#options
    this.#say(level === 'warning' ? `${colors.yellow('warning')} ${message}` : colors.dim(message))
  }

  #summary({ ok, duration_ms, outputs }: Event<'build_finished'>): void {
    if (!ok) return
    const { colors } = this.#options
    const upToDate = `${this.#skipped} up to date`
    const counts = this.#ran === 0 ? `nothing to do, ${upToDate}` : `${this.#ran} ran, ${upToDate}`
    this.#say(`${colors.green(colors.bold('ok'))}    ${counts} in ${duration(duration_ms)}`)
    for (const path of outputs) this.#say(`      ${path}`)
  }

  #showOutput(output: OutputTail, log: string | undefined): void {
    if (output.shortened && log) this.#say(this.#options.colors.dim(`… the beginning is in ${log}`))
    for (const line of output.lines()) this.#say(line)
  }

  #find(id: string): Running | undefined {
    return this.#running.find(each => each.id === id)
  }

  /** Writes a line above the spinner, which is then drawn again below. */
  #say(text: string): Taken {
    const { stream } = this.#options
    const spinning = this.#spinner?.isSpinning
    if (spinning) this.#spinner?.stop()
    const taken = stream.write(`${text}\n`)
    if (spinning) this.#spinner?.start()
    return drained(stream, taken)
  }

  #draw(): void {
    const current = this.#running.at(-1)
    if (!current) {
      this.#spinner?.stop()
      return
    }
    const details = `${duration(Date.now() - current.since)} ${current.progress}`
    const others = this.#running.length > 1 ? ` (+${this.#running.length - 1})` : ''
    this.#spinner?.start(`${current.title}${others} ${this.#options.colors.dim(details)}`)
  }
}

interface Running {
  readonly id: string
  readonly title: string
  readonly since: number
  progress: string
  readonly output: OutputTail
  /** A script inside the step has failed. */
  failedInside?: true
}

function titleOf(node: PlanNode): string {
  return node.title === node.id ? node.id : `${node.title} [${node.id}]`
}
