/**
 * Compares this state with the last release: ratios that say little of the machine, dispatch to `docker run --rm` and a
 * no-op build to `node -e 0`. `ratios.json` has those of each release. A noisy machine can only make a state look slower,
 * so what looks slow is measured up to three times, and the best attempt counts.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from '../test/support/repository.ts'
import { dispatch } from './dispatch.ts'
import type { Row } from './measure.ts'
import { noop } from './noop.ts'

const ATTEMPTS = 3
/** Times the last release's ratio. */
const WARNING = 1.5
const FAILURE = 3

/** The names of the ratios in ratios.json, and of the rows that they come from. */
const RATIOS = {
  dispatch: 'dispatch / docker run',
  noop_time: 'no-op build / node -e 0, time',
  noop_processor_time: 'no-op build / node -e 0, processor time',
} as const
type Name = keyof typeof RATIOS

/** Measured in one run of `bench/run.ts short` for all releases, in turn. */
interface Release extends Readonly<Record<Name, number>> {
  /** A tag, or a commit before the first one. */
  readonly release: string
}

const NAMES = Object.keys(RATIOS) as Name[]

/** Small enough for each run of CI: half a minute with the builder image in place. */
const MEASURES: Readonly<Record<string, { readonly gives: readonly Name[]; measure(): Promise<Row[]> }>> = {
  dispatch: { gives: ['dispatch'], measure: () => dispatch(8) },
  noop: {
    gives: ['noop_time', 'noop_processor_time'],
    measure: () => noop({ scripts: 100, runs: 7 }),
  },
}

/** The short form of the ratios, for ratios.json. */
export async function short(): Promise<Row[]> {
  const rows: Row[] = []
  for (const { measure } of Object.values(MEASURES)) rows.push(...(await measure()))
  return rows.filter(({ what }) => Object.values<string>(RATIOS).includes(what))
}

/** Prints the comparison. Returns the exit code: 1 beyond three times a ratio of the last release. */
export async function compare(): Promise<number> {
  const releases: Release[] = JSON.parse(readFileSync(join(REPOSITORY, 'bench/ratios.json'), 'utf8'))
  const last = releases.at(-1)!
  const best = new Map<Name, number>()
  const factor = (name: Name) => (best.get(name) ?? Number.POSITIVE_INFINITY) / last[name]
  for (const { gives, measure } of Object.values(MEASURES)) {
    for (let attempt = 0; attempt < ATTEMPTS && gives.some(name => factor(name) > WARNING); attempt++) {
      const rows = await measure()
      for (const name of gives) {
        const { value } = rows.find(({ what }) => what === RATIOS[name])!
        best.set(name, Math.min(value, best.get(name) ?? value))
      }
    }
  }
  for (const name of NAMES) {
    const [now, then, times] = [best.get(name)!, last[name], factor(name)]
    const verdict = times > FAILURE ? 'error' : times > WARNING ? 'warning' : 'ok'
    // GitHub shows such lines beside the result of a run.
    const mark = process.env.GITHUB_ACTIONS && verdict !== 'ok' ? `::${verdict}::` : `${verdict}: `
    console.log(
      `${mark}${RATIOS[name]}: ${now.toFixed(2)}, ${then.toFixed(2)} at ${last.release} (${times.toFixed(1)} times)`,
    )
  }
  return NAMES.some(name => factor(name) > FAILURE) ? 1 : 0
}
