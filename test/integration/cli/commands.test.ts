/** Commands that look, their machine output and their exit codes; mistakes in definitions and on the command line. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BUILD_HOOKS } from '../../../lib/hooks/build.ts'
import { CLI } from '../../support/process.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('commands')
let project: TempProject
/** Whoever asks for an engine finds none. */
const NO_ENGINE = { env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' } }

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

function someScripts(): void {
  project.write('bsp/demo/in.txt', 'one\n')
  project.write('bsp/demo/scripts/make.sh', 'cp "$BSP_FOLDER/in.txt" "$PROJECT_DIST_OUTPUT_FOLDER/out"\n')
  project.write('bsp/demo/scripts/flash.sh', 'true\n')
  project.write('bsp/demo/scripts/never.sh', 'true\n')
  project.bsp([
    { step: 'after_kernel', location: './scripts/never.sh' },
    {
      step: 'make_image',
      location: './scripts/make.sh',
      cached_generated_artifacts: ['output/out'],
      depends_on: ['./in.txt', './fragments/*.cfg'],
      description: 'Make it',
    },
    { step: 'make_image', location: './scripts/make.sh' },
    {
      id: 'sum',
      step: 'after_build',
      run: '# no comment is a title\nsha256sum dist/output/demo/out\n',
      depends_on: ['output/out'],
    },
    { step: 'flash_script', location: './scripts/flash.sh' },
  ])
  project.write('bsp/demo/fragments/a.cfg', 'a\n')
}

async function json(...args: string[]) {
  const { code, stdout, stderr } = await project.strux([...args, '--json'], NO_ENGINE)
  assert.is(code, 0, stderr)
  return JSON.parse(stdout)
}

const MAKE = 'make_image:./scripts/make.sh'

test('plan --json', async () => {
  someScripts()
  const plan = await json('plan')
  assert.equal(Object.keys(plan), ['bsp', 'arch', 'nodes', 'chains', 'flash', 'never'])
  assert.is(plan.bsp, 'demo')
  const ids = plan.nodes.map((node: { id: string }) => node.id)
  assert.equal(ids, [
    ...['frontend', 'application', 'cage', 'wpe', 'client', 'rootfs', 'rootfs_post'],
    ...[MAKE, `${MAKE}#2`, 'sum'],
  ])
  const step = plan.nodes[0]
  assert.is(step.kind, 'step')
  assert.is(step.step, 'frontend')
  const { env, after, ...make } = plan.nodes[7]
  assert.equal(after, ids.slice(0, 7))
  assert.equal(make, {
    id: MAKE,
    kind: 'script',
    hook: 'make_image',
    title: 'Make it',
    location: './scripts/make.sh',
    runs_in: 'container',
    artifacts: [{ declared: 'output/out', path: 'dist/output/demo/out' }],
    dependencies: [
      { declared: './in.txt', path: 'bsp/demo/in.txt' },
      { declared: './fragments/*.cfg', path: 'bsp/demo/fragments/*.cfg' },
    ],
  })
  assert.is(env.BSP_FOLDER, '/project/bsp/demo')
  assert.is(env.STEP, 'make_image')
  assert.is(plan.nodes[8].title, './scripts/make.sh')
  assert.equal(
    plan.flash.map((node: { id: string; runs_in: string }) => [node.id, node.runs_in]),
    [['flash_script:./scripts/flash.sh', 'host']],
  )
  assert.equal(Object.keys(plan.never[0]), ['id', 'hook', 'title', 'reason'])
  assert.is(plan.never[0].id, 'after_kernel:./scripts/never.sh')
  assert.match(plan.never[0].reason, 'custom_kernel')
})

test('build --dry-run --json: the plan with decisions, and nothing runs or is written', async () => {
  someScripts()
  const decisionsOf = async () => {
    const plan = await json('build', '--dry-run', '--from', 'make_image')
    return plan.nodes.map(
      (node: { id: string; decision: { action: string; reasons: { code: string }[] } }) => [
        node.id,
        node.decision.action,
        ...node.decision.reasons.map(reason => reason.code),
      ],
    )
  }
  assert.equal(await decisionsOf(), [
    [MAKE, 'run', 'artifact_missing', 'no_record'],
    [`${MAKE}#2`, 'run', 'no_artifacts'],
    ['sum', 'run', 'no_artifacts'],
  ])
  assert.not.ok(project.has('dist/output/demo/out'))
  assert.not.ok(project.has('dist/cache/demo/.build-cache.json'))
  assert.is((await project.build(['--only', MAKE])).code, 0)
  assert.equal((await decisionsOf())[0], [MAKE, 'skip', 'unchanged'])
})

test('why --json, and in words: each changed input by name', async () => {
  someScripts()
  await project.build(['--only', MAKE])
  project.write('bsp/demo/in.txt', 'two\n')
  project.write('bsp/demo/fragments/b.cfg', 'b\n')
  project.remove('bsp/demo/fragments/a.cfg')
  const why = await json('why', MAKE)
  assert.is(why.bsp, 'demo')
  assert.is(why.id, MAKE)
  assert.is(why.decision.action, 'run')
  for (const { code, message } of why.decision.reasons) assert.ok(code && message)
  const named = why.decision.reasons.map(
    (reason: { code: string; subject: string }) => `${reason.code} ${reason.subject}`,
  )
  assert.ok(named.includes('dependency_changed ./in.txt'), named.join('\n'))
  assert.ok(
    named.some((each: string) => each.includes('fragments/a.cfg')),
    named.join('\n'),
  )
  assert.ok(
    named.some((each: string) => each.includes('fragments/b.cfg')),
    named.join('\n'),
  )
  const { stdout } = await project.strux(['why', MAKE])
  assert.match(stdout, 'would run')
  assert.match(stdout, './in.txt')
})

test('hooks --json: the 25 of the table', async () => {
  const all = await json('hooks')
  const hooks = all.filter((hook: { vocabulary: string }) => hook.vocabulary === 'build')
  assert.equal(
    hooks.map((hook: { name: string }) => hook.name),
    BUILD_HOOKS.map(hook => hook.name),
  )
  assert.is(hooks.length, 25)
  for (const hook of hooks) assert.ok(hook.doc && hook.runs_in, hook.name)
  const { stdout } = await project.strux(['hooks'])
  for (const { name } of BUILD_HOOKS) assert.match(stdout, name)
})

test('check --json: a sound project', async () => {
  project.bsp([{ id: 'x', step: 'make_image', run: 'true' }])
  // The project has no application.
  const { ok, diagnostics } = await json('check')
  assert.equal([ok, diagnostics.map((each: { code: string }) => each.code)], [true, ['no_application']])
})

test('check --json: everything at once, with its place; exit code 1', async () => {
  badProject()
  const { code, stdout, stderr } = await project.strux(['check', '--json'])
  assert.is(code, 1)
  assert.is(stderr, '')
  const { ok, diagnostics } = JSON.parse(stdout)
  assert.is(ok, false)
  assert.equal(
    diagnostics
      .filter((each: { severity: string }) => each.severity === 'error')
      .map((each: { code: string; file: string }) => [each.code, each.file]),
    [
      ['unknown_hook', 'bsp/demo/bsp.ts'],
      ['unknown_key', 'bsp/demo/bsp.ts'],
      ['bad_version', 'strux.config.ts'],
    ],
  )
  for (const { file, line, column, length } of diagnostics) {
    const text = project
      .read(file)
      .split('\n')
      [line - 1]!.slice(column - 1, column - 1 + length)
    assert.match(text, /make_imaje|descripton|latest/)
  }
})

/** Three mistakes in two files. */
function badProject(): void {
  project.config({ project_version: 'latest' })
  project.write(
    'bsp/demo/bsp.ts',
    `import { defineBsp, sh } from 'strux-bsp'

export default defineBsp({
  name: 'demo',
  description: 'A test',
  arch: 'arm64',
  hostname: 'demo',
  scripts: [
    { step: 'make_imaje', run: sh\`touch dist/ran\` },
    { step: 'before_bundle', run: sh\`touch dist/ran\`, descripton: 'x' },
  ],
})
`,
  )
}

test('a bad project: build says everything at once, nothing runs, exit code 1, no stack', async () => {
  badProject()
  for (const flags of [[], ['--verbose']]) {
    const { code, stdout, stderr } = await project.strux(['build', '--from', 'before_bundle', ...flags])
    assert.is(code, 1)
    assert.is(stdout, '')
    for (const word of ['make_imaje', 'make_image', 'descripton', 'description', 'latest'])
      assert.match(stderr, word)
    assert.match(stderr, /bsp\/demo\/bsp\.ts:9:\d+/)
    assert.match(stderr, /bsp\/demo\/bsp\.ts:10:\d+/)
    assert.match(stderr, /strux\.config\.ts:\d+:\d+/)
    assert.match(stderr, '~~~')
    assert.not.match(stderr, /\n +at /)
    assert.not.ok(project.has('dist/ran'))
  }
})

test('a definition that throws: its own line, no stack of ours', async () => {
  project.write(
    'bsp/demo/bsp.ts',
    'const soc: string | undefined = undefined\nthrow new Error(`no SoC ${soc}`)\nexport default {}\n',
  )
  const { code, stderr } = await project.strux(['build'])
  assert.is(code, 1)
  assert.match(stderr, 'no SoC undefined')
  assert.match(stderr, 'bsp/demo/bsp.ts:2')
  assert.not.match(stderr, /runtime\/cli|node:internal/)
})

test('a script file that is missing is said before anything runs', async () => {
  project.bsp([
    { id: 'first', step: 'before_bundle', run: 'touch dist/ran' },
    { step: 'make_image', location: './scripts/absent.sh' },
  ])
  const { code, stderr } = await project.strux(['build', '--from', 'before_bundle'])
  assert.is(code, 1)
  assert.match(stderr, 'bsp/demo/scripts/absent.sh')
  assert.not.ok(project.has('dist/ran'))
})

test('no project: says where it looked, exit code 1 or 2, no stack', async () => {
  const { code, stderr } = await project.strux(['plan'], { cwd: '/' })
  assert.ok(code === 1 || code === 2)
  assert.match(stderr, 'strux.config.ts')
  assert.not.match(stderr, /\n +at /)
})

test('from a folder of the project, and with --project from elsewhere', async () => {
  someScripts()
  const here = await project.strux(['plan', '--json'])
  const inside = await project.strux(['plan', '--json'], { cwd: project.at('bsp/demo/scripts') })
  const outside = await project.strux(['plan', '--json', '--project', project.root], { cwd: '/' })
  const before = await project.strux(['-C', project.root, 'plan', '--json'], { cwd: '/' })
  for (const each of [inside, outside, before]) assert.is(each.stdout, here.stdout)
})

for (const [args, words] of [
  [['bild'], ['bild', 'build']],
  [
    ['build', '--claen'],
    ['--claen', '--clean'],
  ],
  [
    ['build', 'dmeo'],
    ["'dmeo'", 'demo'],
  ],
  [
    ['plan', 'dmeo'],
    ["'dmeo'", 'demo'],
  ],
  [['clean', '../..'], ['../..']],
  [
    ['build', '--only', 'make_imaje'],
    ['make_imaje', 'make_image'],
  ],
  [
    ['build', '--from', 'sum', '--until', 'make_image'],
    ['sum', 'make_image'],
  ],
  [['build', '--only'], ['--only']],
  [['build', 'demo', 'other'], ['']],
  [
    ['why', 'smu'],
    ['smu', 'sum'],
  ],
  [['why'], ['id']],
  [
    ['builder', 'stauts'],
    ['stauts', 'status'],
  ],
  [[], ['Usage']],
] as const) {
  test(`wrong use, exit code 2: strux ${args.join(' ')}`, async () => {
    someScripts()
    const { code, stdout, stderr } = await project.strux(args, NO_ENGINE)
    assert.is(code, 2, stderr)
    assert.is(stdout, '')
    for (const word of words) assert.match(stderr, word)
    assert.not.match(stderr, /\n +at /)
  })
}

for (const args of [
  ['--help'],
  ['build', '--help'],
  ['builder', 'status', '--help'],
  ['help', 'build'],
  ['--version'],
]) {
  test(`strux ${args.join(' ')} goes to standard output, exit code 0`, async () => {
    const { code, stdout, stderr } = await project.strux(args)
    assert.is(code, 0)
    assert.is(stderr, '')
    assert.ok(stdout.length > 4)
  })
}

test('no engine: a message and a hint, exit code 1, no stack', async () => {
  project.bsp([{ id: 'x', step: 'make_image', run: 'true' }])
  const { code, stderr } = await project.strux(['build', '--only', 'x'], NO_ENGINE)
  assert.is(code, 1)
  assert.match(stderr, '/nonexistent/docker.sock')
  assert.match(stderr, 'doctor')
  assert.not.match(stderr, /\n +at /)
  const { code: doctor, stdout } = await project.strux(['doctor', '--json'], NO_ENGINE)
  assert.is(doctor, 1)
  assert.is(JSON.parse(stdout).ok, false)
})

test('a stack only with --verbose', async () => {
  project.bsp([{ id: 'x', step: 'make_image', run: 'true' }])
  assert.not.match((await project.strux(['build', '--only', 'x'], NO_ENGINE)).stderr, /\n +at /)
  assert.match((await project.strux(['build', '--only', 'x', '--verbose'], NO_ENGINE)).stderr, /\n +at /)
})

test('doctor --json and builder status --json', async () => {
  project.bsp([{ id: 'x', step: 'make_image', run: 'true' }])
  const { stdout } = await project.strux(['doctor', '--json'])
  const { ok, checks } = JSON.parse(stdout)
  assert.is(ok, true)
  for (const check of checks) {
    assert.type(check.name, 'string')
    assert.type(check.detail, 'string')
    assert.ok(['yes', 'warning', 'no'].includes(check.ok))
  }
  assert.ok(checks.some((check: { name: string }) => check.name === 'Container engine'))
  await project.build(['--only', 'x'])
  const status = JSON.parse((await project.strux(['builder', 'status', '--json'])).stdout)
  assert.ok(status.images.length > 0)
  for (const { image, missing } of status.images) {
    assert.match(image, /^strux-builder:[0-9a-f]{16}$/)
    assert.ok(Array.isArray(missing))
  }
  assert.ok(
    status.images.some(
      (image: { id?: string; missing: string[] }) =>
        image.id?.startsWith('sha256:') && image.missing.length === 0,
    ),
  )
})

test('clean deletes what the builds of one BSP left', async () => {
  someScripts()
  project.bsp([{ id: 'x', step: 'make_image', run: 'touch "$BSP_CACHE_DIR/x"' }], { name: 'other' })
  await project.build(['--only', MAKE])
  await project.strux(['build', 'other', '--only', 'x'])
  assert.is((await project.strux(['clean'])).code, 0)
  assert.not.ok(project.has('dist/output/demo'))
  assert.not.ok(project.has('dist/cache/demo'))
  assert.ok(project.has('dist/cache/other/x'))
  assert.is((await project.strux(['clean', '--all'])).code, 0)
  assert.not.ok(project.has('dist/cache'))
  assert.ok(project.has('bsp/demo/in.txt'))
})

test('words for people: no escape codes with NO_COLOR or in a pipe, some with FORCE_COLOR; results on standard output', async () => {
  someScripts()
  const escapeCode = String.fromCharCode(27)
  const commands = [
    ['plan'],
    ['build', '--from', 'make_image'],
    ['build', '--from', 'make_image', '--verbose'],
    ['build', '--from', 'make_image', '--dry-run'],
    ['why', 'sum'],
    ['hooks'],
    ['check'],
    ['doctor'],
    ['builder', 'status'],
    ['plan', 'nothing'],
  ]
  for (const command of commands) {
    for (const env of [{}, { NO_COLOR: '1' }, { NO_COLOR: '1', FORCE_COLOR: '1' }]) {
      const { stdout, stderr } = await project.strux(command, { env })
      assert.not.ok(`${stdout}${stderr}`.includes(escapeCode), `${command.join(' ')} ${JSON.stringify(env)}`)
    }
    const { stdout, stderr } = await project.strux(command, { env: { FORCE_COLOR: '1' } })
    if (command[0] !== 'check') assert.ok(`${stdout}${stderr}`.includes(escapeCode), command.join(' '))
  }
  const { stdout, stderr } = await project.strux(['build', '--from', 'make_image'])
  assert.is(stdout, '')
  assert.match(stderr, /ok /)
})

test('machine output is alone on standard output, also with warnings and colours', async () => {
  someScripts()
  for (const command of [
    ['plan'],
    ['check'],
    ['hooks'],
    ['why', 'sum'],
    ['build', '--dry-run'],
    ['builder', 'status'],
  ]) {
    const { stdout } = await project.strux([...command, '--json'], { env: { FORCE_COLOR: '1' } })
    JSON.parse(stdout)
  }
  const built = await project.build(['--from', 'make_image'], { env: { FORCE_COLOR: '1' } })
  assert.ok(built.events.length > 3)
})

test('a reader that stops reading: strux plan --json | head -1', async () => {
  someScripts()
  const { execFileSync } = await import('node:child_process')
  const { CLI } = await import('../../support/process.ts')
  const said = execFileSync(
    'bash',
    ['-c', `'${process.execPath}' '${CLI}' hooks --json 2>&1 | head -1; sleep 0.5`],
    { cwd: project.root },
  )
  assert.is(said.toString(), '[\n')
})

test('a slow reader gets all of a long output, and one that stops early gets no complaint', async () => {
  const many = Array.from({ length: 300 }, (_, n) => ({
    id: `s${n}`,
    step: 'before_build',
    location: './s.sh',
  }))
  project.write('bsp/demo/s.sh', 'true\n')
  project.bsp(many)
  const pipeline = (reader: string) =>
    execFileSync(
      'bash',
      ['-c', `"${process.execPath}" "${CLI}" -C "${project.root}" plan --json | ${reader}`],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  const slow = pipeline('(sleep 1; cat)')
  assert.ok(slow.length > 1 << 17, 'longer than a pipe holds')
  assert.is(JSON.parse(slow).nodes.filter((node: { kind: string }) => node.kind === 'script').length, 300)
  assert.is(pipeline('head -n 1'), '{\n')
})

test.run()
