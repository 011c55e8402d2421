/** `strux buildroot check`, in a project and without one. */
import { cpSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TREE, treeProject } from '../../support/buildroot-tree.ts'
import type { TempProject } from '../../support/project.ts'

const test = suite('strux buildroot check')
let project: TempProject

test.before.each(() => {
  project = treeProject()
})
test.after.each(() => project.dispose())

test('it shows what runs for each package, and ends with 0 if nothing is missing', async () => {
  const { code, stdout, stderr } = await project.strux(['buildroot', 'check', TREE, '--arch', 'x86_64'])
  assert.is(code, 0, stderr)
  assert.match(stdout, /^acme-daemon 2\.0 \(generic\) in br-external\/package\/acme-daemon$/m)
  assert.match(stdout, /^ {2}target: rsync configure build install_target install_images legal_info$/m)
  assert.match(stdout, /^ {4}hooks: post_install_target ×2, target_finalize$/m)
  assert.match(stdout, /^ {4}needs: acme-core host-acme-sign deb:pkgconf:native deb:zlib1g-dev$/m)
  assert.match(stdout, /^12 of 12 packages can be built$/m)
})

test('it names file and line of what is missing, also without a project, and leaves nothing in the tree', async () => {
  project.write(
    `${TREE}/package/acme-zone/acme-zone.mk`,
    'ACME_ZONE_DEPENDENCIES = acme-tz\n\n$(eval $(generic-package))\n',
  )
  const alone = project.at('../strux-tree-alone')
  cpSync(project.at(TREE), alone, { recursive: true })
  try {
    for (const [tree, options] of [
      [TREE, {}],
      [alone, { cwd: '/' }],
    ] as const) {
      const { code, stdout } = await project.strux(['buildroot', 'check', tree, '--json'], options)
      assert.is(code, 1)
      const { ok, packages, diagnostics } = JSON.parse(stdout)
      assert.is(ok, false)
      assert.is(packages.find((each: { name: string }) => each.name === 'acme-zone').ok, false)
      const [found] = diagnostics
      assert.is(`${found.code}:${found.line}`, 'buildroot_dependency:1')
      assert.match(found.file, /package\/acme-zone\/acme-zone\.mk$/)
    }
    assert.not.ok(project.has('../strux-tree-alone/dist'))
  } finally {
    project.remove('../strux-tree-alone')
  }
})

/** A package of the tree with these lines of its Config.in and makefile. */
function own(name: string, config: string, make: string) {
  const symbol = `BR2_PACKAGE_${name.toUpperCase().replaceAll('-', '_')}`
  const folder = `${TREE}/package/${name}`
  project.write(`${folder}/Config.in`, `config ${symbol}\n\tbool "${name}"\n${config}`)
  project.write(`${folder}/${name}.mk`, `${make}\n`)
  project.write(
    `${TREE}/Config.in`,
    `${project.read(`${TREE}/Config.in`)}source "$BR2_EXTERNAL_ACME_PATH/package/${name}/Config.in"\n`,
  )
}

test('select of a host package of the same tree is a dependency; a hook that nothing defines is a warning', async () => {
  own(
    'acme-app',
    '\tselect BR2_PACKAGE_HOST_ACME_TOOL\n',
    'ACME_APP_POST_BUILD_HOOKS += ACME_APP_NOPE\n$(eval $(generic-package))',
  )
  own('acme-tool', '', '$(eval $(host-generic-package))')
  project.write(
    `${TREE}/package/acme-tool/Config.in`,
    'config BR2_PACKAGE_HOST_ACME_TOOL\n\tbool "tool"\n\tselect BR2_PACKAGE_HOST_ACME_SIGN\n',
  )
  const { code, stdout } = await project.strux(['buildroot', 'check', TREE, '--json', '--arch', 'x86_64'])
  const { ok, packages, diagnostics } = JSON.parse(stdout)
  assert.equal([code, ok], [0, true], stdout)
  const needs = (name: string) =>
    packages.find((each: { name: string }) => each.name === name).variants[0].dependencies
  assert.equal(needs('acme-app'), ['host-acme-tool'])
  assert.equal(needs('acme-tool'), ['host-acme-sign'])
  assert.equal(
    diagnostics.map(({ severity, code, line }: Record<string, unknown>) => `${severity} ${code} ${line}`),
    ['warning buildroot_unknown_hook 1'],
  )
})

test('errors about the symbols of a package count against it', async () => {
  own('acme-app', '\tselect BR2_PACKAGE_NO_SUCH_THING\n', '$(eval $(generic-package))')
  const { code, stdout } = await project.strux(['buildroot', 'check', TREE, '--arch', 'x86_64'])
  assert.is(code, 1)
  assert.match(stdout, /^acme-app \(cannot be built\)/m)
  assert.match(stdout, /^12 of 13 packages can be built; 1 error$/m)
})

test('packages that exclude each other need a defconfig', async () => {
  const error = 'ifeq ($(BR2_PACKAGE_ACME_APP)$(BR2_PACKAGE_ACME_UI),yy)\n$(error choose one)\nendif'
  own('acme-app', '', `${error}\n$(eval $(generic-package))`)
  const { code, stdout, stderr } = await project.strux(['buildroot', 'check', TREE, '--arch', 'x86_64'])
  assert.is(code, 1)
  assert.match(stdout + stderr, /choose one[\s\S]*give a defconfig/)
  assert.match(stdout, /^the tree cannot be read$/m)
})

test('a folder that is no external tree is an error with a remedy', async () => {
  const { code, stderr } = await project.strux(['buildroot', 'check', `${TREE}/package`])
  assert.is(code, 1)
  assert.match(stderr, /external\.desc/)
  assert.is((await project.strux(['buildroot', 'check', 'none'])).code, 2)
})

test.run()
