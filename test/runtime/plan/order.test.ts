import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BUILD_HOOKS } from '../../../lib/hooks/build.ts'
import type { BspData, ProjectData, ScriptData } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import type { Finding } from '../../../runtime/diagnostics/diagnostic.ts'
import type { Plan } from '../../../runtime/model/plan.ts'
import { makePlan } from '../../../runtime/plan/plan.ts'
import { BUILD_PIPELINE } from '../../../runtime/steps/pipeline.ts'
import { bspWith, PROJECT, script } from '../../support/simulated.ts'

function planned(
  scripts: readonly ScriptData[],
  bsp: Partial<BspData> = {},
  project: Partial<ProjectData> = {},
): { plan: Plan; findings: readonly Finding[]; ids: string[] } {
  const { plan, findings } = makePlan(
    {
      project: { ...PROJECT, ...project } as ProjectData,
      bsp: bspWith(scripts, bsp),
      bspName: 'demo',
      bspFolder: 'bsp/demo',
      host: 'x86_64',
      version: '1',
      root: '/project',
      hostRoot: '/home/me/demo',
    },
    BUILD_PIPELINE,
  )
  return { plan, findings, ids: plan.nodes.map(node => node.id) }
}

const KERNEL = { kernel: { custom_kernel: true } }
const BOOTLOADER = { bootloader: { enabled: true, type: 'u-boot' as const } }
const BOTH = { boot: { ...KERNEL, ...BOOTLOADER } } as Partial<BspData>
const inOrder = (hooks: readonly string[]) =>
  hooks.map(hook => script(hook as ScriptData['step'], { id: `s-${hook}` }))
const everyHook = inOrder(BUILD_HOOKS.map(hook => hook.name).filter(name => !name.startsWith('custom_')))

test('the complete pipeline, with a script at each hook and every step', () => {
  const { ids, plan, findings } = planned([...everyHook].reverse(), BOTH, {
    scripts: [{ id: 'project-script', run: new Sh('x') }],
  })
  assert.equal(ids, [
    's-before_build',
    ...['frontend', 'application', 'cage', 'wpe', 'client'].flatMap(step => [
      `s-before_${step}`,
      step,
      `s-after_${step}`,
    ]),
    's-before_kernel',
    'kernel',
    's-after_kernel_extract',
    's-after_kernel',
    's-before_bootloader',
    'bootloader',
    's-after_bootloader',
    's-before_rootfs',
    'rootfs',
    's-after_rootfs',
    'rootfs_post',
    'project-script',
    's-before_bundle',
    's-make_image',
    's-after_build',
  ])
  assert.equal(
    plan.flash.map(node => node.id),
    ['s-flash_script_tool', 's-flash_script'],
  )
  assert.equal(plan.never, [])
  assert.equal(findings, [])
})

test('scripts of one hook run as they are listed, whatever stands between them', () => {
  const { ids } = planned([
    script('make_image', { id: 'b' }),
    script('before_build', { id: 'x' }),
    script('make_image', { id: 'a' }),
    script('make_image', { id: 'c' }),
  ])
  assert.equal(
    ids.filter(id => id.length === 1),
    ['x', 'b', 'a', 'c'],
  )
})

test('without custom_kernel and without bootloader their hooks never run, and each is warned of', () => {
  const hooks = BUILD_HOOKS.flatMap(row => ('when' in row ? [row] : []))
  for (const boot of [
    undefined,
    { kernel: { custom_kernel: false }, bootloader: { enabled: false, type: 'u-boot' } },
  ]) {
    const { ids, plan, findings } = planned(
      inOrder(hooks.map(row => row.name)),
      (boot ? { boot } : {}) as Partial<BspData>,
    )
    assert.equal(ids, ['frontend', 'application', 'cage', 'wpe', 'client', 'rootfs', 'rootfs_post'])
    assert.equal(
      plan.never.map(({ id, hook, reason }) => [id, hook, reason]),
      hooks.map(({ name, when }) => [
        `s-${name}`,
        name,
        `${name} runs only with boot.${when === 'bootloader' ? 'bootloader.enabled' : 'kernel.custom_kernel'}: true`,
      ]),
    )
    assert.equal(
      findings.map(({ severity, code, origin }) => ({ severity, code, origin })),
      hooks.map((_, index) => ({
        severity: 'warning',
        code: 'never_runs',
        origin: { source: 'bsp', keys: ['scripts', index, 'step'] },
      })),
    )
  }
})

test('a custom_kernel script takes the place of the kernel step, between its hooks', () => {
  const { ids, plan, findings } = planned(
    inOrder(['after_kernel_extract', 'after_kernel', 'custom_kernel', 'before_kernel']),
    { boot: KERNEL } as Partial<BspData>,
  )
  assert.equal(
    ids.filter(id => id.includes('kernel')),
    ['s-before_kernel', 's-custom_kernel', 's-after_kernel'],
  )
  assert.equal(
    plan.never.map(({ id, reason }) => [id, reason]),
    [['s-after_kernel_extract', 'a custom_kernel script replaces the step Linux kernel']],
  )
  assert.equal(findings.length, 1)
  assert.equal(findings[0]!.origin.keys, ['scripts', 0, 'step'])
})

test('a custom_bootloader script takes the place of the bootloader step, between its hooks', () => {
  const { ids } = planned(inOrder(['after_bootloader', 'custom_bootloader', 'before_bootloader']), {
    boot: BOOTLOADER,
  } as Partial<BspData>)
  assert.equal(
    ids.filter(id => id.includes('bootloader')),
    ['s-before_bootloader', 's-custom_bootloader', 's-after_bootloader'],
  )
})

test('a custom_kernel script that cannot run replaces nothing', () => {
  const { ids } = planned(inOrder(['custom_bootloader']), { boot: KERNEL } as Partial<BspData>)
  assert.ok(ids.includes('kernel'))
})

for (const type of ['custom', 'none', undefined] as const) {
  test(`a bootloader of type ${type} has its hooks and no built-in step`, () => {
    const { ids } = planned(inOrder(['before_bootloader', 'custom_bootloader', 'after_bootloader']), {
      boot: { bootloader: { enabled: true, ...(type ? { type } : {}) } },
    } as Partial<BspData>)
    assert.equal(
      ids.filter(id => id.includes('bootloader')),
      ['s-before_bootloader', 's-custom_bootloader', 's-after_bootloader'],
    )
    const bare = planned([], {
      boot: { bootloader: { enabled: true, ...(type ? { type } : {}) } },
    } as Partial<BspData>)
    assert.not(bare.ids.includes('bootloader'))
  })
}

test('scripts of the project come right behind the root filesystem, in order, and count from the project', () => {
  const { plan, ids } = planned(
    [script('before_bundle', { id: 'bsp' }), script('after_rootfs', { id: 'earlier' })],
    {},
    {
      scripts: [
        { location: './a.sh', depends_on: ['./x'] },
        { location: 'sub/b.sh', step: 'rootfs_post' },
      ],
    },
  )
  assert.equal(ids.slice(-5), ['earlier', 'rootfs_post', 'rootfs_post:./a.sh', 'rootfs_post:sub/b.sh', 'bsp'])
  const node = plan.nodes.at(-3)!
  assert.ok(node.kind === 'script')
  assert.equal(node.source, { kind: 'file', path: 'a.sh' })
  assert.is(node.dependencies[0]!.path, 'x')
  assert.is(node.env.STEP, 'rootfs_post')
  assert.equal(
    node.rewrites.map(ref => ref.path),
    ['dist/cache/demo/rootfs-post.tar.gz'],
  )
  assert.equal(node.origin, { source: 'project', keys: ['scripts', 0] })
})

test('ids: the own one, else hook and location, else hook and inline; equals are counted', () => {
  const { ids } = planned([
    script('make_image', { location: './a.sh' }),
    script('make_image', { location: './a.sh' }),
    script('make_image', {}),
    script('make_image', {}),
    script('make_image', {}),
    script('make_image', { id: 'own' }),
    script('after_build', { id: 'own' }),
    script('after_build', { location: './a.sh' }),
    script('after_build', { id: 'make_image:./a.sh#2' }),
  ])
  assert.equal(ids.slice(7), [
    'make_image:./a.sh',
    'make_image:./a.sh#2',
    'make_image:inline',
    'make_image:inline#2',
    'make_image:inline#3',
    'own',
    'own#2',
    'after_build:./a.sh',
    'make_image:./a.sh#2#2',
  ])
})

test('a script that is called like a step gets another id, also where that step is not part of the plan', () => {
  const { ids } = planned([script('make_image', { id: 'kernel' }), script('make_image', { id: 'cage' })])
  assert.equal(ids.slice(-2), ['kernel#2', 'cage#2'])
})

test('scripts that never run keep the ids of the others as they are', () => {
  const scripts = [
    script('make_image'),
    script('before_kernel', { id: 'x' }),
    script('make_image', { id: 'x' }),
  ]
  assert.is(planned(scripts).ids.at(-1), 'x#2')
  assert.ok(planned(scripts, { boot: KERNEL } as Partial<BspData>).ids.includes('x#2'))
})

test('titles: the description, else the location, else the first line that says something', () => {
  const { plan } = planned([
    script('make_image', { location: './a.sh', description: 'Make it' }),
    script('make_image', { location: './a.sh' }),
    script('make_image', { run: new Sh('\n\n  genimage --x\nsync') }),
    script('make_image', { run: new Sh('') }),
  ])
  assert.equal(
    plan.nodes.slice(-4).map(node => node.title),
    ['Make it', './a.sh', 'genimage --x', '(empty script)'],
  )
})

test('a path that is absolute or leads out is an error that knows its keys, and all are said at once', () => {
  const { findings, ids } = planned(
    [
      script('make_image', {
        location: '../../../x.sh',
        depends_on: ['./ok', '/etc/passwd', '../../x'],
        cached_generated_artifacts: ['../../y'],
      }),
    ],
    {},
    { scripts: [{ location: '/abs.sh' }] } as Partial<ProjectData>,
  )
  assert.equal(
    findings.map(({ severity, code, origin }) => [severity, code, origin.source, origin.keys.join('.')]),
    [
      ['error', 'path_escapes', 'bsp', 'scripts.0.location'],
      ['error', 'path_escapes', 'bsp', 'scripts.0.cached_generated_artifacts.0'],
      ['error', 'absolute_path', 'bsp', 'scripts.0.depends_on.1'],
      ['error', 'path_escapes', 'bsp', 'scripts.0.depends_on.2'],
      ['error', 'absolute_path', 'project', 'scripts.0.location'],
    ],
  )
  assert.not(ids.some(id => id.startsWith('make_image')))
})

test('scripts before the kernel and inside it feed its step, those after it do not; likewise for the bootloader', () => {
  const { plan } = planned(everyHook, BOTH)
  const feeders = (id: string) =>
    plan.nodes.flatMap(node => (node.id === id && node.kind === 'step' ? node.feeders : []))
  assert.equal(feeders('kernel'), ['s-before_kernel', 's-after_kernel_extract'])
  assert.equal(feeders('bootloader'), ['s-before_bootloader'])
  assert.equal(feeders('cage'), [])
})

test('patterns to ignore reach the inputs of scripts', () => {
  const { plan } = planned([script('make_image', { depends_on: ['./dir'] })], {}, {
    build: { cache: { ignore_patterns: ['*.swp'] } },
  } as Partial<ProjectData>)
  assert.equal(plan.nodes.at(-1)!.dependencies[0]!.ignore, ['*.swp'])
})

test.run()
