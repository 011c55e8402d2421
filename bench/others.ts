/**
 * The no-op build of noop.ts beside that of two tools for the same problem: ninja, which compares times of files, and wireit,
 * which compares their contents as strux does. All three have the same 1,000 nodes with ten inputs and one output each.
 * wireit is installed into a temporary folder; a tool that is not there is said and left out.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CLI } from '../test/support/process.ts'
import { TempProject } from '../test/support/project.ts'
import { median, type Program, type Row, secondsOf } from './measure.ts'

const NODES = 1000
const INPUTS = 10
const RUNS = 7

const all = (count: number) => Array.from({ length: count }, (_, n) => n)
const input = (n: number, d: number) => `in/${n}/${d}`

export async function others(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'strux-bench-'))
  const project = new TempProject()
  try {
    writeInputs(folder)
    const programs: Record<string, Program | undefined> = {
      strux: await struxProgram(project),
      ninja: ninjaProgram(folder),
      wireit: wireitProgram(folder),
    }
    const seconds: Record<string, number[]> = {}
    for (let count = 0; count < RUNS; count++) {
      for (const [name, program] of Object.entries(programs)) {
        if (program) seconds[name] = [...(seconds[name] ?? []), await secondsOf(program)]
      }
    }
    const rows = Object.entries(seconds).map(
      ([name, values]): Row => ({
        what: `no-op build of ${NODES} nodes, ${name}`,
        value: median(values),
        unit: 's',
      }),
    )
    const ratios = Object.entries(seconds)
      .filter(([name]) => name !== 'strux')
      .map(
        ([name, values]): Row => ({
          what: `no-op build, strux / ${name}`,
          value: median(seconds.strux!) / median(values),
          unit: 'ratio',
        }),
      )
    return [...rows, ...ratios]
  } finally {
    await project.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function writeInputs(folder: string): void {
  for (const n of all(NODES)) for (const d of all(INPUTS)) write(join(folder, input(n, d)), `${n} ${d}\n`)
}

async function struxProgram(project: TempProject): Promise<Program> {
  // Scripts run right here: a thousand containers take minutes.
  const env = { STRUX_IN_CONTAINER: '1' }
  project.defaults = { env }
  project.write(
    'bsp/demo/bsp.ts',
    `import { defineBsp, sh } from 'strux-bsp'
export default defineBsp({
  name: 'demo', description: 'Many scripts', arch: 'host', hostname: 'demo',
  scripts: Array.from({ length: ${NODES} }, (_, n) => ({
    id: \`n\${n}\`,
    step: 'before_bundle' as const,
    run: sh\`mkdir -p dist/cache/demo/out && touch dist/cache/demo/out/\${n}\`,
    cached_generated_artifacts: [\`cache/out/\${n}\`],
    depends_on: Array.from({ length: ${INPUTS} }, (_, d) => \`./in/\${n}/\${d}\`),
  })),
})
`,
  )
  writeInputs(project.at('bsp/demo'))
  const first = await project.build()
  if (first.code !== 0) throw new Error(first.said)
  return {
    argv: [process.execPath, CLI, 'build', '--from', 'before_bundle'],
    cwd: project.root,
    env: { ...process.env, ...env },
  }
}

function ninjaProgram(folder: string): Program | undefined {
  const edges = all(NODES).map(
    n =>
      `build out/${n}: make ${all(INPUTS)
        .map(d => input(n, d))
        .join(' ')}`,
  )
  write(join(folder, 'build.ninja'), `rule make\n  command = touch $out\n${edges.join('\n')}\n`)
  return ready('ninja', { argv: ['ninja'], cwd: folder })
}

function wireitProgram(folder: string): Program | undefined {
  const names = all(NODES).map(n => `n${n}`)
  const nodes = all(NODES).map(n => [
    `n${n}`,
    {
      command: `mkdir -p made && touch made/${n}`,
      files: all(INPUTS).map(d => input(n, d)),
      output: [`made/${n}`],
    },
  ])
  const manifest = {
    name: 'bench',
    private: true,
    scripts: Object.fromEntries([...names, 'all'].map(name => [name, 'wireit'])),
    wireit: { ...Object.fromEntries(nodes), all: { dependencies: names } },
  }
  write(join(folder, 'package.json'), JSON.stringify(manifest))
  return ready('wireit', { argv: ['npm', 'run', 'all'], cwd: folder }, () =>
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', 'wireit@0.14'], {
      cwd: folder,
      stdio: 'ignore',
    }),
  )
}

/** The program after its first build, which does everything; undefined, and a word about it, where it cannot be run. */
function ready(name: string, program: Program, prepare = () => {}): Program | undefined {
  try {
    prepare()
    const [command, ...args] = program.argv
    execFileSync(command!, args, { cwd: program.cwd, stdio: 'ignore' })
    return program
  } catch (error) {
    console.error(`${name} cannot be measured: ${(error as Error).message.split('\n')[0]}`)
    return undefined
  }
}
