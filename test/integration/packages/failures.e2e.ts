/**
 * A package that fails in the middle of each phase and is corrected, with a library and a tool that it needs: nothing is
 * done twice, and the results are those of a build without failures.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../support/process.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('failures of source packages')
const project = new TempProject()
test.after(() => project.dispose())

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
] as const
type Phase = (typeof PHASES)[number]

/** Half of the work of a phase, then a failure; `legal_info` and `patch` fail by their files. */
const HALF: Readonly<Partial<Record<Phase, string>>> = {
  extract: 'touch left-over; exit 3',
  configure: 'echo half >settings; exit 3',
  build: 'echo half >product; exit 3',
  install_staging: 'echo half >"$STAGING_DIR/usr/half"; exit 3',
  install_target: 'echo half >"$TARGET_DIR/etc/half"; exit 3',
  install_images: 'echo half >"$BINARIES_DIR/half"; exit 3',
}
const WHOLE = {
  extract: 'tar -xf "$SOURCE_FILE" --strip-components=1',
  configure: 'mark "$(cat main)" "$(cat "$STAGING_DIR/usr/include/shape.h")" >settings',
  build: 'test ! -e finished; cat settings >product; touch finished',
  install_staging: 'install -D -m 644 product "$STAGING_DIR/usr/share/unit"',
  install_target: 'install -D -m 644 product "$TARGET_DIR/usr/share/unit"',
  install_images: 'cp product "$BINARIES_DIR/unit.bin"',
}

const patchTo = (from: string, to: string) => `--- a/main\n+++ b/main\n@@ -1 +1 @@\n-${from}\n+${to}\n`

/** Writes the package `unit`. `instead`: other commands of phases. */
function writeUnit(failing?: Phase, instead: Readonly<Partial<Record<Phase, string>>> = {}): void {
  const inline = (text: string) => `sh\`${text}\``
  const commands = { ...WHOLE, ...(failing && HALF[failing] && { [failing]: HALF[failing] }), ...instead }
  const hooks = PHASES.flatMap(phase => [
    [`pre_${phase}`, `echo ${phase} >>"$PROJECT_FOLDER/order"`],
    [
      `post_${phase}`,
      `${phase === 'download' && failing === phase ? 'exit 3; ' : ''}echo ${phase} done >>"$PROJECT_FOLDER/order"`,
    ],
  ])
  const list = (entries: readonly (readonly string[])[]) =>
    entries.map(([name, text]) => `${name}: ${inline(text!)},`).join('\n')
  project.write('packages/unit/second.patch', patchTo(failing === 'patch' ? 'another' : 'one', 'two'))
  project.write(
    'packages/unit/package.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'unit', version: '1', site: '.', site_method: 'file', patches: ['./first.patch', './second.patch'],
  dependencies: ['shape', 'host-mark'], install_staging: true, install_images: true,
  license_files: ['LICENSE'${failing === 'legal_info' ? ", 'NOTICE'" : ''}],
  commands: { ${list(Object.entries(commands))} },
  hooks: { ${list(hooks)} },
})
`,
  )
}

function writePackages(): void {
  project.write('unit-1/main', 'zero\n')
  project.write('unit-1/LICENSE', 'MIT\n')
  project.write('packages/unit/first.patch', patchTo('zero', 'one'))
  const tarball = project.write('packages/unit/unit-1.tar.gz', '')
  execFileSync('tar', ['-czf', tarball, '-C', project.root, 'unit-1'])
  project.write(
    'packages/shape.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({ name: 'shape', install_staging: true, install_target: false,
  hooks: { post_build: sh\`echo shape >>"$PROJECT_FOLDER/order"\` },
  commands: { install_staging: sh\`echo round >"$STAGING_DIR/usr/include/shape.h"\` },
})
`,
  )
  project.write(
    'packages/mark.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({ name: 'mark', target: false, host: {
  hooks: { post_build: sh\`echo mark >>"$PROJECT_FOLDER/order"\` },
  commands: { install: sh\`printf '#!/bin/sh\\necho "$@"\\n' >"$HOST_DIR/bin/mark"; chmod 755 "$HOST_DIR/bin/mark"\` },
} })
`,
  )
  project.bsp([], { packages: ['unit'] })
}

const NODES = ['package:shape', 'package:host-mark', 'package:unit', 'packages'].flatMap(id => ['--only', id])

/** What packages have done since the last build. */
function done(): string[] {
  const lines = project.has('order') ? project.read('order').trim().split('\n') : []
  project.remove('order')
  return lines
}

async function build(code: number): Promise<string[]> {
  const built = await project.build(NODES)
  assert.is(built.code, code, built.lines('package:unit', 'stderr').join('\n'))
  return done()
}

/** All that packages leave behind: what each made, what was put together, and the images. */
function results(): Record<string, string> {
  const found: Record<string, string> = {}
  for (const place of ['per-package', 'host', 'staging', 'files'].map(
    name => `dist/cache/demo/packages/${name}`,
  ))
    Object.assign(found, filesOf(place))
  return Object.assign(found, filesOf('dist/output/demo'))
}

function filesOf(place: string): Record<string, string> {
  const paths = readdirSync(project.at(place), { recursive: true, encoding: 'utf8' })
  return Object.fromEntries(
    paths.map(path => {
      const file = join(project.at(place), path)
      const stat = lstatSync(file)
      const content = stat.isSymbolicLink()
        ? readlinkSync(file)
        : stat.isFile()
          ? createHash('sha256').update(readFileSync(file)).digest('hex')
          : ''
      return [join(place, path), `${stat.mode.toString(8)} ${content}`]
    }),
  )
}

const whole = (phases: readonly Phase[]) => phases.flatMap(phase => [phase, `${phase} done`])

let clean: Record<string, string>
test('a build without failures does each phase once', async () => {
  writePackages()
  writeUnit()
  assert.equal(
    (await build(0)).filter(line => !['shape', 'mark'].includes(line)),
    whole(PHASES),
  )
  clean = results()
  assert.is(project.read('dist/output/demo/unit.bin'), 'two round\n')
})

test('after a failure in the middle of a phase, a corrected build goes on there; the results are the same', async () => {
  project.remove('dist')
  const ran: Partial<Record<Phase | 'end', string[]>> = {}
  for (const failing of PHASES) {
    writeUnit(failing)
    ran[failing] = await build(1)
  }
  writeUnit()
  ran.end = await build(0)
  const dependencies = ran.download!.splice(0, 2)
  assert.equal(dependencies.sort(), ['mark', 'shape'])
  assert.equal(ran, {
    download: ['download'],
    extract: ['download', 'download done', 'extract'],
    patch: [...whole(['extract']), 'patch'],
    // Half of the patches were applied, so the source is unpacked again.
    configure: [...whole(['extract', 'patch']), 'configure'],
    build: [...whole(['configure']), 'build'],
    install_staging: [...whole(['build']), 'install_staging'],
    install_target: [...whole(['install_staging']), 'install_target'],
    install_images: [...whole(['install_target']), 'install_images'],
    legal_info: [...whole(['install_images']), 'legal_info'],
    end: whole(['legal_info']),
  })
  assert.equal(results(), clean)
  assert.not.ok(project.has('dist/cache/demo/packages/build/unit-1/left-over'))
})

test('after kill -9 in the middle of a phase, the next build goes on there; the results are the same', async () => {
  writeUnit(undefined, {
    build: 'echo half >product; touch "$PROJECT_FOLDER/hangs"; while :; do sleep 0.1; done',
  })
  const running = project.startBuild(NODES)
  await until('the package is compiled', 60_000, () => project.has('hangs'))
  running.child.kill('SIGKILL')
  await running.ended
  // The recipe of a finished phase is another one, so the build folder was made anew.
  assert.equal(done(), [...whole(['extract', 'patch', 'configure']), 'build'])
  writeUnit()
  assert.equal(await build(0), whole(PHASES.slice(PHASES.indexOf('build'))))
  assert.equal(results(), clean)
})

test('nothing of a finished phase with another recipe remains', async () => {
  // The build command fails if the build folder is not fresh.
  writeUnit(undefined, { build: `: changed; ${WHOLE.build}` })
  assert.equal(await build(0), whole(PHASES.slice(1)))
  writeUnit(undefined, { install_images: 'cp product "$BINARIES_DIR/other.bin"' })
  assert.equal(await build(0), whole(PHASES.slice(1)), 'the recipe of build is another one again')
  assert.not.ok(project.has('dist/output/demo/unit.bin'))
  writeUnit()
  assert.equal(await build(0), whole(['install_images', 'legal_info']))
  assert.equal(results(), clean)
  project.remove('dist/cache/demo/packages/per-package/unit')
  assert.equal(await build(0), whole(PHASES.slice(1)), 'its output is gone')
  assert.equal(results(), clean)
})

test.run()
