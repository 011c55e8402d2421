/**
 * A package outside this repository brings a pipeline of its own: a step, a hook in the step's session, and a hook before it.
 * The engine knows none of the names, and builds with them in a real container.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, good, install, pack, run } from '../support/packed.ts'
import { REPOSITORY } from '../support/repository.ts'
import { folderUntilExit } from '../support/temp-folder.ts'

const test = suite('a pipeline of a foreign package')
const folder = folderUntilExit('strux-foreign-')
const bakery = join(folder, 'bakery')

function write(path: string, text: string): void {
  mkdirSync(dirname(join(bakery, path)), { recursive: true })
  writeFileSync(join(bakery, path), text)
}

const PIPELINE = `import { sh } from 'strux-bsp'
import type { HookRow, Pipeline, ScriptEntry, StepBody, StepDeclaration, Vocabulary } from 'strux-bsp/engine'

const oven: StepDeclaration = {
  name: 'oven',
  title: 'Oven',
  follows: 'before_oven',
  exists: () => true,
  tools: () => [],
  shared: false,
  inputs: () => [{ declared: 'flour', path: 'flour', glob: false }],
  outputs: ({ bspName }) => [{ declared: 'bread', path: \`dist/output/\${bspName}/bread\`, glob: false }],
  config: ({ bsp }) => ({ hostname: bsp.hostname }),
}

const body: StepBody = {
  source: 'oven 1',
  commands: ({ node }) => [
    { kind: 'run', script: 'set -e; mkdir /tmp/dough; cp flour /tmp/dough/flour; heat=180; strux_publish heat' },
    { kind: 'point', at: 'mixed' },
    {
      kind: 'run',
      script: 'set -e; cat /tmp/dough/* >"$PROJECT_DIST_OUTPUT_FOLDER/bread"; echo "$NAME at $heat, $taste" >>"$PROJECT_DIST_OUTPUT_FOLDER/bread"',
      env: { NAME: String(node.config.hostname) },
    },
  ],
}

const hooks: readonly HookRow[] = [
  { name: 'before_oven', relation: 'before', step: 'oven', runs_in: 'container', feeds: true, doc: 'Before the oven.' },
  {
    name: 'knead',
    aliases: ['stir'],
    relation: 'within',
    step: 'oven',
    at: 'mixed',
    runs_in: 'session',
    called: 'step',
    feeds: true,
    sets: ['taste'],
    doc: 'In the bowl.',
  },
]

const entries: ScriptEntry[] = [
  {
    hook: 'stir',
    index: 0,
    source: 'bsp',
    data: {
      step: 'make_image',
      id: 'salt',
      run: sh\`test "$heat" = 180; echo salt >/tmp/dough/salt; taste=salted; ignored=yes\`,
    },
  },
  {
    hook: 'before_oven',
    index: 1,
    source: 'bsp',
    data: { step: 'make_image', id: 'wash', run: sh\`test ! -e /tmp/dough; echo washed\` },
  },
]

const vocabulary: Vocabulary = { hooks, entries: () => entries }
export const pipeline: Pipeline = { steps: [oven], bodies: { oven: body }, vocabularies: [vocabulary] }
`

const BAKE = `import { openWorkspace, runBuild } from 'strux-bsp/engine'
import { pipeline } from './pipeline.ts'

const { diagnostics, workspace } = await openWorkspace(process.cwd(), 'loaf', pipeline)
if (!workspace) throw new Error(JSON.stringify(diagnostics))
const ran: string[] = []
await runBuild(workspace, {
  signal: new AbortController().signal,
  report: event => {
    if (event.type === 'node_finished' && event.outcome === 'ran') ran.push(event.id)
  },
})
console.log(JSON.stringify({ order: workspace.plan.nodes.map(node => node.id), ran }))
`

test.before(() => {
  mkdirSync(bakery)
  write('package.json', JSON.stringify({ name: 'bakery', private: true, type: 'module' }))
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        strict: true,
        module: 'NodeNext',
        target: 'ES2022',
        lib: ['ES2023'],
        types: ['node'],
        typeRoots: [join(REPOSITORY, 'node_modules/@types')],
        noEmit: true,
        allowImportingTsExtensions: true,
        skipLibCheck: true,
      },
      include: ['*.ts'],
    }),
  )
  write(
    'strux.config.ts',
    "import { defineConfig } from 'strux-bsp'\nexport default defineConfig({ name: 'bakery', project_version: '1.0.0', bsp: 'loaf' })\n",
  )
  write(
    'bsp/loaf/bsp.ts',
    "import { defineBsp } from 'strux-bsp'\nexport default defineBsp({ name: 'loaf', description: 'Loaf', arch: 'host', hostname: 'rye' })\n",
  )
  write('flour', 'flour\n')
  write('pipeline.ts', PIPELINE)
  write('bake.ts', BAKE)
  good(install(bakery, pack(REPOSITORY, folder).file))
})

const bake = (): { readonly order: readonly string[]; readonly ran: readonly string[] } =>
  JSON.parse(
    good(
      run(
        bakery,
        process.execPath,
        '--import',
        join(REPOSITORY, 'node_modules/tsx/dist/loader.mjs'),
        'bake.ts',
      ),
    ),
  )

test('the types of the engine are enough to write one', () => {
  good(compile(bakery))
})

test('its step and hooks run in order, and the handler in the session sees and sets variables', () => {
  assert.equal(bake(), { order: ['wash', 'oven', 'salt'], ran: ['wash', 'salt', 'oven'] })
  const bread = readFileSync(join(bakery, 'dist/output/loaf/bread'), 'utf8')
  assert.is(bread, 'flour\nsalt\nrye at 180, salted\n')
})

test('what is up to date is skipped, and a changed handler brings its step along', () => {
  assert.equal(bake().ran, ['wash'])
  write('pipeline.ts', PIPELINE.replace('echo salt', 'echo pepper'))
  assert.equal(bake().ran, ['wash', 'salt', 'oven'])
  assert.match(readFileSync(join(bakery, 'dist/output/loaf/bread'), 'utf8'), 'pepper')
})

test.run()
