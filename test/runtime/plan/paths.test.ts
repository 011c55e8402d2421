import { posix } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  globBase,
  isGlob,
  overlaps,
  pathRef,
  type Resolved,
  resolveArtifact,
  resolveDependency,
  resolveLocation,
} from '../../../runtime/model/paths.ts'

const BSP = { bsp: 'qemu', own: 'bsp/qemu' }
const PROJECT = { bsp: 'qemu', own: '.' }
const show = (resolved: Resolved) => ('path' in resolved ? resolved.path : `(${resolved.problem})`)

const DEPENDENCIES: readonly (readonly [declared: string, bsp: string, project: string])[] = [
  ['cache/kernel/a.dtb', 'dist/cache/qemu/kernel/a.dtb', 'dist/cache/qemu/kernel/a.dtb'],
  ['output/disk.img', 'dist/output/qemu/disk.img', 'dist/output/qemu/disk.img'],
  ['./boot/extlinux.conf', 'bsp/qemu/boot/extlinux.conf', 'boot/extlinux.conf'],
  ['artifacts/logo.png', 'dist/artifacts/logo.png', 'dist/artifacts/logo.png'],
  ['cache', 'dist/cache', 'dist/cache'],
  ['output', 'dist/output', 'dist/output'],
  ['cache/', 'dist/cache/qemu', 'dist/cache/qemu'],
  ['caches/x', 'dist/caches/x', 'dist/caches/x'],
  ['cache/../x', 'dist/cache/x', 'dist/cache/x'],
  ['../strux.yaml', 'strux.yaml', 'strux.yaml'],
  ['..', '.', '.'],
  ['../..', '(outside)', '(outside)'],
  ['../../x', '(outside)', '(outside)'],
  ['cache/../../../../x', '(outside)', '(outside)'],
  ['../..x', '..x', '..x'],
  ['.', 'bsp/qemu', '.'],
  ['./', 'bsp/qemu', '.'],
  ['./overlay/', 'bsp/qemu/overlay', 'overlay'],
  ['./../other/x', 'bsp/other/x', '(outside)'],
  ['./../../strux.config.ts', 'strux.config.ts', '(outside)'],
  ['./cache/x', 'bsp/qemu/cache/x', 'cache/x'],
  ['./patches/*.patch', 'bsp/qemu/patches/*.patch', 'patches/*.patch'],
  ['cache/**/*.dtb', 'dist/cache/qemu/**/*.dtb', 'dist/cache/qemu/**/*.dtb'],
  ['.hidden', 'dist/.hidden', 'dist/.hidden'],
  ['/etc/passwd', '(absolute)', '(absolute)'],
]

for (const [declared, bsp, project] of DEPENDENCIES) {
  test(`the dependency ${declared} leads to ${bsp}, of a project's script to ${project}`, () => {
    assert.is(show(resolveDependency(declared, BSP)), bsp)
    assert.is(show(resolveDependency(declared, PROJECT)), project)
  })
}

const ARTIFACTS: readonly (readonly [string, string])[] = [
  ['cache/rootfs-post.tar.gz', 'dist/cache/qemu/rootfs-post.tar.gz'],
  ['output/disk.img', 'dist/output/qemu/disk.img'],
  ['x/y', 'dist/x/y'],
  ['cache', 'dist/cache'],
  ['./x', 'dist/x'],
  ['./cache/x', 'dist/cache/x'],
  ['cache/folder/', 'dist/cache/qemu/folder'],
  ['../x', 'x'],
  ['../../x', '(outside)'],
  ['/abs', '(absolute)'],
]

for (const [declared, path] of ARTIFACTS) {
  test(`the artifact ${declared} is made at ${path}`, () => {
    assert.is(show(resolveArtifact(declared, BSP)), path)
  })
}

test('a location is in the folder of the BSP, with ./ or without, and of the project for its scripts', () => {
  for (const declared of ['./scripts/a.sh', 'scripts/a.sh']) {
    assert.is(show(resolveLocation(declared, BSP)), 'bsp/qemu/scripts/a.sh')
    assert.is(show(resolveLocation(declared, PROJECT)), 'scripts/a.sh')
  }
  assert.is(show(resolveLocation('../shared/a.sh', BSP)), 'bsp/shared/a.sh')
  assert.is(show(resolveLocation('../../../a.sh', BSP)), '(outside)')
  assert.is(show(resolveLocation('../a.sh', PROJECT)), '(outside)')
  assert.is(show(resolveLocation('/bin/true', BSP)), '(absolute)')
})

const part = fc.constantFrom('..', '.', '', 'cache', 'output', 'a', 'b c', '..x', '*.dtb', 'dist')
const anyPath = fc.oneof(
  fc.array(part, { maxLength: 8 }).map(parts => parts.join('/')),
  fc.string(),
)

test('no path leaves the project, and all that lead somewhere are normalised', () => {
  fc.assert(
    fc.property(anyPath, fc.constantFrom(BSP, PROJECT), (declared, roots) => {
      for (const resolve of [resolveArtifact, resolveDependency, resolveLocation]) {
        const resolved = resolve(declared, roots)
        if (!('path' in resolved)) continue
        const { path } = resolved
        assert.is.not(path, '')
        assert.is(posix.normalize(path), path)
        assert.not(path.startsWith('/'))
        assert.not(path.length > 1 && path.endsWith('/'))
        assert.not(path === '..' || path.startsWith('../'))
      }
    }),
  )
})

test('a path that stays inside is never said to lead out', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), parts => {
      const declared = ['x', ...parts].join('/')
      const really = posix.normalize(`/dist/${declared}`)
      const climbs = posix.normalize(`dist/${declared}`).split('/')[0] === '..'
      const resolved = resolveArtifact(declared, BSP)
      assert.is('problem' in resolved, climbs)
      if ('path' in resolved) assert.is(posix.join('/', resolved.path), really.replace(/(.)\/$/, '$1'))
    }),
  )
})

test('globs are told from names, also from names with escaped signs', () => {
  for (const glob of ['*.dts', 'a/**', 'x?', 'a[0-9]', '{a,b}', '!(a)', '+(a)', '@(a|b)'])
    assert.ok(isGlob(glob), glob)
  for (const name of ['a.dts', 'a (copy)', 'a+b', 'user@host', 'wow!', 'a\\*b', 'a\\[1\\]'])
    assert.not(isGlob(name), name)
})

test('a plain path is the file that the escapes mean', () => {
  assert.is(pathRef('./a\\[1\\].dts', 'bsp/demo/a\\[1\\].dts').path, 'bsp/demo/a[1].dts')
  assert.is(pathRef('./a\\[1\\]*', 'bsp/demo/a\\[1\\]*').path, 'bsp/demo/a\\[1\\]*')
})

test('a search begins in the last folder before the first pattern', () => {
  assert.is(globBase('bsp/qemu/dts/*.dts'), 'bsp/qemu/dts')
  assert.is(globBase('bsp/*/dts/x'), 'bsp')
  assert.is(globBase('*'), '.')
  assert.is(globBase('a/b'), 'a/b')
})

test('paths overlap where one is or holds the other, and not where only their names begin alike', () => {
  assert.ok(overlaps('a/b', 'a/b'))
  assert.ok(overlaps('a', 'a/b'))
  assert.ok(overlaps('a/b', 'a'))
  assert.ok(overlaps('.', 'a'))
  assert.not(overlaps('a/b', 'a/bc'))
  assert.not(overlaps('a/b', 'a/c'))
})

test.run()
