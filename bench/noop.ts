/**
 * A build with nothing to do, of a large BSP: 1,000 scripts (or as many as asked for) with ten dependencies each, two of them of 250 and 400 MB.
 * Time and peak memory, and how they compare with a Node process that does nothing, and with the same BSP in YAML.
 */
import { truncateSync } from 'node:fs'
import { CLI } from '../test/support/process.ts'
import { TempProject } from '../test/support/project.ts'
import { type Account, accountOf, median, type Program, type Row, secondsOf } from './measure.ts'

const DEPENDENCIES = 10
const LARGE = { 'first.bin': 250e6, 'second.bin': 400e6 }

export interface NoopSize {
  readonly scripts: number
  /** Builds that are measured. */
  readonly runs: number
}

export async function noop({ scripts, runs }: NoopSize = { scripts: 1000, runs: 11 }): Promise<Row[]> {
  const project = new TempProject()
  // Scripts run right here: a thousand containers take minutes.
  const env = { STRUX_IN_CONTAINER: '1' }
  project.defaults = { env }
  try {
    prepare(project, scripts)
    for (const bsp of ['demo', 'yaml']) {
      const first = await project.build([bsp])
      if (first.ran.length !== scripts)
        throw new Error(`the first build did not run everything: ${first.said}`)
      const again = await project.build([bsp])
      if (again.code !== 0 || again.ran.length > 0)
        throw new Error(`the second build is no no-op: ${again.said}`)
    }
    const bare: Program = { argv: [process.execPath, '-e', '0'], cwd: project.root }
    const building = (bsp: string): Program => ({
      argv: [process.execPath, CLI, 'build', bsp, '--from', 'before_bundle'],
      cwd: project.root,
      env: { ...process.env, ...env },
    })
    const [build, yaml] = [building('demo'), building('yaml')]
    const seconds = { bare: [] as number[], build: [] as number[] }
    const accounts = { bare: [] as Account[], build: [] as Account[], yaml: [] as Account[] }
    for (let count = 0; count < runs; count++) {
      seconds.bare.push(await secondsOf(bare))
      seconds.build.push(await secondsOf(build))
      accounts.bare.push(await accountOf(bare))
      accounts.build.push(await accountOf(build))
      accounts.yaml.push(await accountOf(yaml))
    }
    const of = (name: keyof typeof accounts, what: keyof Account) =>
      accounts[name].map(account => account[what])
    return [
      ...compared('time', 's', seconds.build, seconds.bare),
      ...compared('processor time', 's', of('build', 'processor'), of('bare', 'processor')),
      ...compared('peak memory', 'MB', of('build', 'memory'), of('bare', 'memory')),
      {
        what: 'no-op build of a BSP in YAML / in TypeScript, processor time',
        value: median(of('yaml', 'processor')) / median(of('build', 'processor')),
        unit: 'ratio',
      },
    ]
  } finally {
    await project.dispose()
  }
}

function compared(what: string, unit: 's' | 'MB', build: readonly number[], bare: readonly number[]): Row[] {
  return [
    { what: `no-op build, ${what}`, value: median(build), unit },
    { what: `node -e 0, ${what}`, value: median(bare), unit },
    { what: `no-op build / node -e 0, ${what}`, value: median(build) / median(bare), unit: 'ratio' },
  ]
}

function prepare(project: TempProject, count: number): void {
  project.write(
    'bsp/demo/bsp.ts',
    `import { defineBsp } from 'strux-bsp'

const LARGE = ${JSON.stringify(Object.keys(LARGE).map(name => `./${name}`))}

export default defineBsp({
  name: 'demo',
  description: 'Many scripts',
  arch: 'host',
  hostname: 'demo',
  scripts: Array.from({ length: ${count} }, (_, n) => ({
    step: 'before_bundle' as const,
    location: \`./scripts/\${n}.sh\`,
    cached_generated_artifacts: [\`cache/out/\${n}\`],
    depends_on: Array.from({ length: ${DEPENDENCIES} }, (_, d) => (d === 0 && LARGE[n]) || \`./in/\${n}/\${d}\`),
    tools: ['image' as const],
  })),
})
`,
  )
  const scripts = Array.from({ length: count }, (_, n) => {
    const depends = Array.from(
      { length: DEPENDENCIES },
      (_, d) => `./../demo/${(d === 0 && Object.keys(LARGE)[n]) || `in/${n}/${d}`}`,
    )
    return `    - step: before_bundle
      location: ../demo/scripts/${n}.sh
      cached_generated_artifacts: [cache/out/${n}]
      depends_on: ["${depends.join('", "')}"]
`
  })
  project.write(
    'bsp/yaml/bsp.yaml',
    `strux_version: "0.3.0"
bsp:
  name: yaml
  description: Many scripts
  arch: host
  hostname: demo
  scripts:
${scripts.join('')}`,
  )
  for (let n = 0; n < count; n++) {
    project.write(`bsp/demo/scripts/${n}.sh`, `>"$BSP_CACHE_DIR/out/${n}" # ${n}\n`)
    for (let d = 0; d < DEPENDENCIES; d++) project.write(`bsp/demo/in/${n}/${d}`, `${n} ${d}\n`)
  }
  for (const [name, size] of Object.entries(LARGE)) truncateSync(project.write(`bsp/demo/${name}`, ''), size)
  for (const bsp of ['demo', 'yaml']) project.write(`dist/cache/${bsp}/out/.keep`, '')
}
