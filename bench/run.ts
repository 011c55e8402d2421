/**
 * node --import tsx bench/run.ts            everything
 * node --import tsx bench/run.ts noop       one or more of noop, others, dispatch, parallel
 * …                              --json     for other programs
 * node --import tsx bench/run.ts short      the ratios of ratios.json
 * node --import tsx bench/run.ts compare    short, beside the last release: exit code 1 beyond three times its ratios
 */
import { cpus } from 'node:os'
import { dispatch } from './dispatch.ts'
import { load, type Row } from './measure.ts'
import { noop } from './noop.ts'
import { others } from './others.ts'
import { parallel } from './parallel.ts'
import { compare, short } from './releases.ts'

const BENCHMARKS: Readonly<Record<string, () => Promise<Row[]>>> = { noop, others, dispatch, parallel }

/** Not part of "everything". */
const SELECTED: typeof BENCHMARKS = { short }

const words = process.argv.slice(2).filter(word => word !== '--json')
if (words[0] === 'compare') process.exit(await compare())
const unknown = words.find(word => !(word in BENCHMARKS || word in SELECTED))
if (unknown !== undefined) {
  console.error(
    `there is no benchmark '${unknown}': ${[...Object.keys(BENCHMARKS), 'short', 'compare'].join(', ')}`,
  )
  process.exit(2)
}

const rows: Row[] = []
const before = load()
for (const [name, measure] of Object.entries({ ...BENCHMARKS, ...SELECTED })) {
  if (words.length === 0 ? name in BENCHMARKS : words.includes(name)) rows.push(...(await measure()))
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
