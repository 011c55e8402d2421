/**
 * node --import tsx bench/run.ts            everything
 * node --import tsx bench/run.ts noop       one of noop, others, dispatch, parallel
 * …                              --json     for other programs
 */
import { cpus } from 'node:os'
import { dispatch } from './dispatch.ts'
import { load, type Row } from './measure.ts'
import { noop } from './noop.ts'
import { others } from './others.ts'
import { parallel } from './parallel.ts'

const BENCHMARKS: Readonly<Record<string, () => Promise<Row[]>>> = { noop, others, dispatch, parallel }

const words = process.argv.slice(2).filter(word => word !== '--json')
const unknown = words.find(word => !(word in BENCHMARKS))
if (unknown !== undefined) {
  console.error(`there is no benchmark '${unknown}': ${Object.keys(BENCHMARKS).join(', ')}`)
  process.exit(2)
}

const rows: Row[] = []
const before = load()
for (const [name, measure] of Object.entries(BENCHMARKS)) {
  if (words.length === 0 || words.includes(name)) rows.push(...(await measure()))
}
const machine = `Node ${process.versions.node}, ${cpus().length} cores, load ${before} before and ${load()} after`

if (process.argv.includes('--json')) console.log(JSON.stringify({ machine, rows }, null, 2))
else {
  console.log(machine)
  const width = Math.max(...rows.map(({ what }) => what.length))
  for (const { what, value, unit } of rows) {
    const digits = unit === 's' ? 3 : unit === 'MB' ? 1 : 2
    console.log(
      `${what.padEnd(width)}  ${value.toFixed(digits).padStart(8)}${unit === 'ratio' ? '' : ` ${unit}`}`,
    )
  }
}
