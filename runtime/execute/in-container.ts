/** Whether this process runs in a builder container, where scripts run directly and no other container is started. */
export function inContainer(): boolean {
  return process.env.STRUX_IN_CONTAINER === '1'
}
