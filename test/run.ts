/**
 * Runs the test files, each in a process of its own. Those that use a container engine run one after another; unit
 * tests run beside them, one at a time, and afterwards two at a time. Ends with `N passed, N failed`. A file that breaks off, runs no test or skips one has failed.
 *
 * npm test                    everything that is called *.test.ts
 * npm test -- plan cache      only files whose path contains one of the words
 * npm run test:e2e            what takes long (*.e2e.ts): whole kernels and bootloaders, compiled and started
 */
import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import pLimit from 'p-limit'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [long, words] = wanted(process.argv.slice(2))
/** A file that takes longer hangs: ms. */
const TIMEOUT = (long ? 90 : 20) * 60 * 1000

interface Result {
  readonly passed: number
  readonly failed: number
}

function wanted(args: readonly string[]): [long: boolean, words: string[]] {
  const words = args.filter(word => word !== '--e2e').map(word => relative(root, join(root, word)))
  return [words.length < args.length, words]
}

function testFiles(): string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(long ? '.e2e.ts' : '.test.ts'))
    .map(name => `test/${name}`)
    .filter(name => words.length === 0 || words.some(word => name.includes(word)))
    .sort()
}

async function runFile(file: string): Promise<Result> {
  const started = Date.now()
  const { all, exitCode } = await execa(process.execPath, ['--import', 'tsx', file], {
    cwd: root,
    all: true,
    reject: false,
    timeout: TIMEOUT,
    forceKillAfterDelay: 5000,
    env: { FORCE_COLOR: '0', STRUX_IN_CONTAINER: '' },
  })
  const output = all ?? ''
  const count = (name: string) => sum(output.matchAll(new RegExp(`^ +${name}: +(\\d+)`, 'gm')))
  const [total, passed, skipped] = [count('Total'), count('Passed'), count('Skipped')]
  const broken = exitCode !== 0 && passed === total
  const failed = total - passed + skipped + (broken || total === 0 ? 1 : 0)
  console.log(
    `${failed === 0 ? 'ok    ' : 'FAILED'} ${file} (${passed}/${total}, ${((Date.now() - started) / 1000).toFixed(1)} s)`,
  )
  if (failed > 0) console.log(output)
  return { passed, failed }
}

function sum(matches: Iterable<RegExpMatchArray>): number {
  return [...matches].reduce((all, match) => all + Number(match[1]), 0)
}

const files = testFiles()
const needsEngine = (file: string) => file.startsWith('test/integration/') || file.startsWith('test/e2e/')
const unit = pLimit(files.some(needsEngine) ? 1 : 2)
const withEngine = async (): Promise<Result[]> => {
  const results: Result[] = []
  for (const file of files.filter(needsEngine)) results.push(await runFile(file))
  unit.concurrency = 2
  return results
}
const units = files.filter(file => !needsEngine(file)).map(file => unit(runFile, file))
const results = (await Promise.all([withEngine(), ...units])).flat()

const passed = results.reduce((all, result) => all + result.passed, 0)
const failed = results.reduce((all, result) => all + result.failed, 0) + (files.length === 0 ? 1 : 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
