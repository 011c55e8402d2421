/** What `strux build --json` tells, for assertions. */
import type { Result } from './process.ts'

export interface Reason {
  readonly code: string
  readonly subject?: string
  readonly message: string
}

/** A line of `strux build --json`. */
export interface Event {
  readonly type: string
  readonly id?: string
  readonly bsp?: string
  readonly stream?: 'stdout' | 'stderr'
  readonly line?: string
  readonly message?: string
  readonly percent?: number
  readonly outcome?: string
  readonly exit_code?: number
  readonly duration_ms?: number
  readonly log?: string
  readonly ok?: boolean
  readonly reasons?: readonly Reason[]
}

/** What `strux build --json` told. */
export class Built implements Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly events: readonly Event[]

  constructor({ code, stdout, stderr }: Result) {
    this.code = code
    this.stdout = stdout
    this.stderr = stderr
    this.events = stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Event)
  }

  /** The outcome of each node, by id. */
  get outcomes(): Record<string, string> {
    return Object.fromEntries(this.#finished().map(({ id, outcome }) => [id!, outcome!]))
  }

  /** The ids of those that ran, in order. */
  get ran(): string[] {
    return this.#finished()
      .filter(({ outcome }) => outcome === 'ran')
      .map(({ id }) => id!)
  }

  /** Why a node ran or not, as `code` or `code subject`. */
  reasons(id: string): string[] {
    const event = this.#finished().find(event => event.id === id)
    return (event?.reasons ?? []).map(({ code, subject }) =>
      subject === undefined ? code : `${code} ${subject}`,
    )
  }

  /** What a script printed. */
  lines(id: string, stream?: 'stdout' | 'stderr'): string[] {
    return this.events
      .filter(
        event => event.type === 'node_output' && event.id === id && (!stream || event.stream === stream),
      )
      .map(({ line }) => line!)
  }

  /** For the message of an assertion. */
  get said(): string {
    const told = this.#finished().map(
      ({ id, outcome }) => `${outcome} ${id}: ${this.reasons(id!).join(', ')}`,
    )
    return [`exit code ${this.code}`, ...told, this.stderr.slice(-3000)].join('\n')
  }

  #finished(): Event[] {
    return this.events.filter(({ type }) => type === 'node_finished')
  }
}
