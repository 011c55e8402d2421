/**
 * Tries what goes wrong around builds: full and read-only disks, engines that hang, clocks that jump, names made to break
 * out of a shell, secrets that must stay where they are, definitions that change, damaged records, and death at any moment. Ends with a table of what was tried and
 * what failed; exits with 1 where something did.
 *
 * node --import tsx test/campaign/run.ts [--minutes N] [WORD…]     only what contains one of the words
 *
 * It takes root (to mount) and a container engine. After N minutes (20 unless said) nothing new begins.
 */
import { clock } from './clock.ts'
import { definitions } from './definitions.ts'
import { disk } from './disk.ts'
import { engineTrials } from './engine.ts'
import { kills } from './kills.ts'
import { names } from './names.ts'
import { secrets } from './secrets.ts'
import type { Trial } from './trial.ts'

interface Row {
  readonly trial: Trial
  readonly tried: number
  readonly failures: readonly string[]
  readonly seconds: number
}

const args = process.argv.slice(2)
const limit = args.includes('--minutes') ? Number(args.splice(args.indexOf('--minutes'), 2)[1]) : 20
const end = Date.now() + limit * 60_000
const all: Trial[] = [...disk, ...engineTrials, ...clock, ...names, ...secrets, ...kills, ...definitions]
const wanted = all.filter(
  ({ area, what }) => args.length === 0 || args.some(word => `${area}: ${what}`.includes(word)),
)

const rows: Row[] = []
for (const trial of wanted) rows.push(await row(trial))

async function row(trial: Trial): Promise<Row> {
  const started = Date.now()
  const failures: string[] = []
  let tried = 0
  while (tried < trial.times && Date.now() < end) {
    try {
      await trial.attempt(tried)
    } catch (error) {
      failures.push((error as Error).message)
    }
    tried++
  }
  const seconds = Math.round((Date.now() - started) / 1000)
  process.stderr.write(
    `${failures.length ? 'FAILED' : 'ok    '} ${trial.area}: ${trial.what} (${seconds} s)\n`,
  )
  for (const failure of new Set(failures)) process.stderr.write(`  ${failure.replaceAll('\n', '\n  ')}\n`)
  return { trial, tried, failures, seconds }
}

console.log('| area | what was tried | tried | failed | seconds |\n|---|---|---:|---:|---:|')
for (const { trial, tried, failures, seconds } of rows)
  console.log(`| ${trial.area} | ${trial.what} | ${tried} | ${failures.length} | ${seconds} |`)
const sum = (count: (row: Row) => number) => rows.reduce((total, row) => total + count(row), 0)
console.log(
  `| all | | ${sum(({ tried }) => tried)} | ${sum(({ failures }) => failures.length)} | ${sum(({ seconds }) => seconds)} |`,
)
process.exit(rows.some(({ failures }) => failures.length > 0) ? 1 : 0)
