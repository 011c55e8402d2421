/**
 * All hooks of packages, each with two scripts that record themselves: in the order that the original was seen to
 * have. Then failures in the middle of phases, and corrected builds.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PACKAGE_HOOKS, reasonHookNever } from '../../../lib/hooks/package.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('order of package hooks')
let project: TempProject

test.before(() => {
  project = new TempProject()
})
test.after(() => project.dispose())

/** Two scripts for every hook that runs. */
function recording(id: string, conditions: Parameters<typeof reasonHookNever>[1]): string {
  const rows = PACKAGE_HOOKS.filter(row => reasonHookNever(row.name, conditions) === undefined)
  const hooks = rows
    .filter(row => row.name !== 'target_finalize')
    .map(row => `${row.name}: [${[1, 2].map(n => `sh\`${record(`${id} ${row.name} ${n}`)}\``).join(', ')}]`)
  return `{ ${hooks.join(', ')} }`
}

const record = (words: string) => `echo ${words} >>"$PROJECT_FOLDER/order"`
const commands = (id: string, names: readonly string[]) =>
  `{ ${names.map(name => `${name}: sh\`${record(`${id} ${name}`)}\``).join(', ')} }`

const ALL = { install_staging: true, install_target: true, install_images: true } as const

function writePackages(): void {
  mkdirSync(project.at('packages/fookit/tree'), { recursive: true })
  project.write('packages/fookit/tree/fookit-1.0/README', 'text\n')
  execFileSync('tar', [
    ...['-czf', project.at('packages/fookit/fookit-1.0.tar.gz')],
    ...['-C', project.at('packages/fookit/tree'), 'fookit-1.0'],
  ])
  project.write(
    'packages/fookit/package.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'fookit', version: '1.0', site: '.', site_method: 'file',
  install_staging: true, install_images: true, dependencies: ['host-fookit'],
  hooks: ${recording('fookit', { variant: 'target', sources: 'fetched', ...ALL })},
  commands: ${commands('fookit', ['configure', 'build', 'install_staging', 'install_target', 'install_images'])},
  host: {
    hooks: ${recording('host-fookit', { variant: 'host', sources: 'fetched', ...ALL })},
    commands: ${commands('host-fookit', ['configure', 'build', 'install'])},
  },
})
`,
  )
  project.write('packages/barlocal/src/main.c', 'int main() { return 0; }\n')
  project.write('packages/barlocal/src/.git/HEAD', 'ref\n')
  project.write(
    'packages/barlocal/package.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'barlocal', site: './src', install_staging: true, install_images: true,
  hooks: ${recording('barlocal', { variant: 'target', sources: 'local', ...ALL })},
  commands: ${commands('barlocal', ['configure', 'build', 'install_staging', 'install_target', 'install_images'])},
})
`,
  )
}

/** The lines of the observed run for one package, without what is not ours: infrastructure hooks, steps. */
function observed(id: string, phases: readonly string[]): string[] {
  return phases.flatMap(phase => {
    const work = ['download', 'extract', 'rsync', 'patch', 'legal_info'].includes(phase)
      ? []
      : [`${id} ${phase}`]
    return [
      `${id} pre_${phase} 1`,
      `${id} pre_${phase} 2`,
      ...work,
      `${id} post_${phase} 1`,
      `${id} post_${phase} 2`,
    ]
  })
}

test('every hook runs in its place, host and target, fetched and local', async () => {
  writePackages()
  project.bsp([], { packages: ['fookit', 'barlocal'] })
  const built = await project.build([
    '--only',
    'package:host-fookit',
    '--only',
    'package:fookit',
    '--only',
    'package:barlocal',
  ])
  assert.is(built.code, 0, built.stdout)
  const lines = project.read('order').trim().split('\n')
  const of = (id: string) => lines.filter(line => line.startsWith(`${id} `))
  const installs = ['install_staging', 'install_target', 'install_images', 'legal_info']
  assert.equal(
    of('host-fookit'),
    observed('host-fookit', ['download', 'extract', 'patch', 'configure', 'build', 'install', 'legal_info']),
  )
  assert.equal(
    of('fookit'),
    observed('fookit', ['download', 'extract', 'patch', 'configure', 'build', ...installs]),
  )
  assert.equal(of('barlocal'), observed('barlocal', ['rsync', 'configure', 'build', ...installs]))
  assert.ok(lines.lastIndexOf('host-fookit post_install 2') < lines.indexOf('fookit pre_download 1'))
  assert.not.ok(project.has('dist/cache/demo/packages/build/barlocal/.git'))
  assert.ok(project.has('dist/cache/demo/packages/build/barlocal/main.c'))
})

const PHASES = [
  'download',
  'extract',
  'patch',
  'configure',
  'build',
  'install_staging',
  'install_target',
  'install_images',
  'legal_info',
]

/** A package whose phases record themselves; one of them fails after its work. */
function writeStepper({ failing = '', changed = '' }): void {
  const text = (phase: string) =>
    `${record(phase)}${changed === phase ? '; : changed' : ''}${failing === phase ? '; exit 3' : ''}`
  const hooks = PHASES.map(phase => `post_${phase}: sh\`${text(phase)}\``).join(', ')
  project.write(
    'packages/stepper.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'stepper', version: '1.0', site: 'packages/fookit', site_method: 'file', source: 'fookit-1.0.tar.gz',
  install_staging: true, install_images: true, hooks: { ${hooks} },
  commands: { build: sh\`test ! -e product; touch product\` },
})
`,
  )
}

/** Builds it, and returns the phases that were done. */
async function step(code: number): Promise<string[]> {
  project.remove('order')
  const built = await project.build(['--only', 'package:stepper'])
  assert.is(built.code, code, built.stdout)
  return project.has('order') ? project.read('order').trim().split('\n') : []
}

test('a build that failed goes on at the phase where it stopped; what was finished is not done twice', async () => {
  project.bsp([], { packages: ['stepper'] })
  const done: Record<string, string[]> = {}
  for (const failing of PHASES) {
    writeStepper({ failing })
    done[failing] = await step(1)
    if (failing === 'build') project.remove('dist/cache/demo/packages/build/stepper-1.0/product')
  }
  writeStepper({})
  done.end = await step(0)
  assert.equal(done, {
    download: ['download'],
    extract: ['download', 'extract'],
    patch: ['extract', 'patch'],
    // Half of the patches may have been applied, so the source is unpacked again.
    configure: ['extract', 'patch', 'configure'],
    build: ['configure', 'build'],
    install_staging: ['build', 'install_staging'],
    install_target: ['install_staging', 'install_target'],
    install_images: ['install_target', 'install_images'],
    legal_info: ['install_images', 'legal_info'],
    end: ['legal_info'],
  })
})

test('nothing of a finished phase with another recipe remains', async () => {
  // The build command fails if the build folder is not fresh.
  writeStepper({ changed: 'build' })
  assert.equal(await step(0), PHASES.slice(1))
  writeStepper({ changed: 'install_images' })
  assert.equal(await step(0), PHASES.slice(1), 'the recipe of build is another one again')
  writeStepper({})
  assert.equal(await step(0), ['install_images', 'legal_info'])
  project.remove('dist/cache/demo/packages/per-package/stepper')
  assert.equal(await step(0), PHASES.slice(1), 'its output is gone')
})

test.run()
