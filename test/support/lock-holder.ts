/** A process that takes a lock: FOLDER JOURNAL HOLD_MS ROUNDS [no-wait]. Says on stdout what happens to it. */
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { acquireLock, describe } from '../../runtime/state/lock.ts'

const [folder, journal, hold, rounds, mode] = process.argv.slice(2)
try {
  for (let round = 0; round < Number(rounds); round++) {
    const lock = await acquireLock(folder!, {
      what: 'BSP demo',
      command: `strux build demo-${process.pid}`,
      noWait: mode === 'no-wait',
      signal: new AbortController().signal,
      waiting: holder => console.log(`waiting for ${describe(holder)}`),
    })
    appendFileSync(journal!, `in ${process.pid}\n`)
    console.log('holds')
    await sleep(Number(hold))
    appendFileSync(journal!, `out ${process.pid}\n`)
    lock.release()
  }
} catch (error) {
  console.log(`error: ${(error as Error).message}`)
  process.exitCode = 1
}
