/** One JSON object per line on standard output (docs/json.md). Notices are for people and go to standard error. */
import type { Writable } from 'node:stream'
import { drained } from './drained.ts'
import type { BuildEvent, Report } from './events.ts'

export function jsonReport(out: Writable, people: Report): Report {
  return event => {
    const line = machineForm(event)
    return line ? drained(out, out.write(`${JSON.stringify(line)}\n`)) : people(event)
  }
}

/** The stable fields of an event; undefined if the event is not part of the machine output. */
function machineForm(event: BuildEvent): object | undefined {
  switch (event.type) {
    case 'node_started':
      return { type: event.type, id: event.id, reasons: event.reasons }
    case 'node_finished': {
      const { node: _node, ...rest } = event
      return rest
    }
    case 'notice':
      return undefined
    default:
      return event
  }
}
