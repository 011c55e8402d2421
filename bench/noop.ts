/**
 * A build with nothing to do, of a large BSP: 1,000 scripts with ten dependencies each, two of them of 250 and 400 MB.
 * Time and peak memory, and how they compare with a Node process that does nothing.
 */
import { truncateSync } from 'node:fs'
import { CLI, TempProject } from '../test/support/project.ts'
import { median, type Program, peakMemoryOf, type Row, secondsOf } from './measure.ts'

const SCRIPTS = 1000
const DEPENDENCIES = 10
const LARGE = { 'first.bin': 250e6, 'second.bin': 400e6 }
const RUNS = 11

export async function noop(): Promise<Row[]> {
  const project = new TempProject()
  try {
    prepare(project)
    // The same records as a build in containers makes, in a fraction of the time.
    const first = await project.build([], { env: { STRUX_IN_CONTAINER: '1' } })
    if (first.ran.length !== SCRIPTS) throw new Error(`the first build did not run everything: ${first.said}`)
    const again = await project.build()
    if (again.code !== 0 || again.ran.length > 0)
      throw new Error(`the second build is no no-op: ${again.said}`)
    const bare: Program = { argv: [process.execPath, '-e', '0'], cwd: project.root }
    const build: Program = {
      argv: [process.execPath, CLI, 'build', '--from', 'before_bundle'],
      cwd: project.root,
    }
    const seconds = { bare: [] as number[], build: [] as number[] }
    const memory = { bare: [] as number[], build: [] as number[] }
    for (let count = 0; count < RUNS; count++) {
      seconds.bare.push(await secondsOf(bare))
      seconds.build.push(await secondsOf(build))
      memory.bare.push(await peakMemoryOf(bare))
      memory.build.push(await peakMemoryOf(build))
    }
    return [
      { what: 'no-op build, time', value: median(seconds.build), unit: 's' },
      { what: 'node -e 0, time', value: median(seconds.bare), unit: 's' },
      {
        what: 'no-op build / node -e 0, time',
        value: median(seconds.build) / median(seconds.bare),
        unit: 'ratio',
      },
      { what: 'no-op build, peak memory', value: median(memory.build), unit: 'MB' },
      { what: 'node -e 0, peak memory', value: median(memory.bare), unit: 'MB' },
      {
        what: 'no-op build / node -e 0, peak memory',
        value: median(memory.build) / median(memory.bare),
        unit: 'ratio',
      },
    ]
  } finally {
    await project.dispose()
  }
}

function prepare(project: TempProject): void {
  project.write(
    'bsp/demo/bsp.ts',
    `import { defineBsp } from 'strux-bsp'

const LARGE = ${JSON.stringify(Object.keys(LARGE).map(name => `./${name}`))}

export default defineBsp({
  name: 'demo',
  description: 'Many scripts',
  arch: 'host',
  hostname: 'demo',
  scripts: Array.from({ length: ${SCRIPTS} }, (_, n) => ({
    step: 'before_bundle' as const,
    location: \`./scripts/\${n}.sh\`,
    cached_generated_artifacts: [\`cache/out/\${n}\`],
    depends_on: Array.from({ length: ${DEPENDENCIES} }, (_, d) => (d === 0 && LARGE[n]) || \`./in/\${n}/\${d}\`),
    tools: ['image' as const],
  })),
})
`,
  )
  for (let n = 0; n < SCRIPTS; n++) {
    project.write(`bsp/demo/scripts/${n}.sh`, `>"$BSP_CACHE_DIR/out/${n}" # ${n}\n`)
    for (let d = 0; d < DEPENDENCIES; d++) project.write(`bsp/demo/in/${n}/${d}`, `${n} ${d}\n`)
  }
  for (const [name, size] of Object.entries(LARGE)) truncateSync(project.write(`bsp/demo/${name}`, ''), size)
  project.write('dist/cache/demo/out/.keep', '')
}
