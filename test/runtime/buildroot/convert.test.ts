/** Evaluated makefiles of packages as source packages. Evaluation itself is in test/integration/packages. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { convertPackage } from '../../../runtime/buildroot/convert.ts'
import type { EvaluatedPackage } from '../../../runtime/buildroot/evaluate.ts'
import { MakefilePlaces } from '../../../runtime/buildroot/makefile-places.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('conversion of Buildroot packages')
const project = new TempProject()
test.after(() => project.dispose())

const FILE = 'tree/package/acme/acme.mk'

/** The package of these lines of its makefile, each `ACME_NAME = VALUE`. */
function convert(infra: string, variables: Readonly<Record<string, string>>) {
  const all = {
    SITE: '/project/tree/package/acme',
    SITE_METHOD: 'local',
    INSTALL_TARGET: 'YES',
    ...variables,
  }
  const lines = Object.entries(variables).map(([name, value]) =>
    value.includes('\n') ? `define ACME_${name}\n${value}\nendef` : `ACME_${name} = ${value}`,
  )
  project.write(FILE, `${lines.join('\n')}\n$(eval $(${infra}-package))\n`)
  const evaluated: EvaluatedPackage = {
    ...{ infra, variant: 'target', name: 'acme', prefix: 'ACME', isModule: false },
    ...{ folder: 'tree/package/acme', file: FILE, variables: all, hooks: [] },
  }
  const { data, diagnostics } = convertPackage([evaluated], {
    ...{ projectRoot: project.root, root: '/project', tree: 'tree', names: new Set(['acme']) },
    ...{ places: new MakefilePlaces(project.root), debian: {}, selected: [], finalize: [] },
  })
  return { data, told: diagnostics.map(each => `${each.severity} ${each.code}:${each.line} ${each.message}`) }
}

test('variables for make and ninja are no arguments', () => {
  const env = { V: 'a b', FLAGS: '-O1' }
  const text = `PATH="/x:$PATH" V="a b" FLAGS=-O1`
  const autotools = convert('autotools', { MAKE_ENV: text, MAKE_OPTS: 'CC=cc' })
  assert.equal([autotools.data?.make_env, autotools.data?.make_opts, autotools.told], [env, ['CC=cc'], []])
  const cmake = convert('cmake', { MAKE_ENV: text, BUILD_OPTS: '-v' })
  assert.equal([cmake.data?.make_env, cmake.data?.make_opts, cmake.told], [env, ['-v'], []])
  const meson = convert('meson', { NINJA_ENV: text, NINJA_OPTS: '-v' })
  assert.equal([meson.data?.make_env, meson.data?.make_opts, meson.told], [env, ['-v'], []])
})

test('options of another build system are left out with a warning at their line', () => {
  const cmake = convert('cmake', { VERSION: '1', MAKE_OPTS: 'V=1' })
  assert.is(cmake.data?.make_opts, undefined)
  assert.equal(cmake.told, [
    'warning buildroot_unsupported:2 ACME_MAKE_OPTS is not passed on: a cmake package is built with ninja',
  ])
  // Commands of the package may use it.
  assert.equal(convert('cmake', { MAKE_OPTS: 'V=1', BUILD_CMDS: 'make V=1' }).told, [])
  assert.equal(convert('generic', { MAKE_OPTS: 'V=1', BUILD_CMDS: 'make V=1' }).data?.make_opts, undefined)
})

test.run()
