/** Writes the output of scripts and steps to their log files, and passes every event on. */

import { join } from 'node:path'
import { logFile, NodeLog } from '../state/node-log.ts'
import type { BuildEvent, Report } from './events.ts'

export function logged(root: string, bsp: string, next: Report): Report {
  const open = new Map<string, NodeLog>()
  const start = (id: string): void => {
    const path = logFile(bsp, id)
    const failed = ({ message }: Error) =>
      next({ type: 'notice', level: 'warning', id, message: `${path} cannot be written: ${message}` })
    open.set(id, new NodeLog(join(root, path), failed))
  }
  return (event: BuildEvent) => {
    switch (event.type) {
      case 'node_started':
        start(event.id)
        break
      case 'node_output':
        open.get(event.id)?.line(event.line)
        break
      case 'progress':
        open
          .get(event.id)
          ?.line(event.percent === undefined ? event.message : `${event.message} ${event.percent}%`)
        break
      case 'node_finished': {
        const log = open.get(event.id)
        log?.end()
        open.delete(event.id)
        return next(log ? { ...event, log: logFile(bsp, event.id) } : event)
      }
    }
    return next(event)
  }
}
