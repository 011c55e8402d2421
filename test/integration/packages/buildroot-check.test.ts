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

test('a folder that is no external tree is an error with a remedy', async () => {
  const { code, stderr } = await project.strux(['buildroot', 'check', `${TREE}/package`])
  assert.is(code, 1)
  assert.match(stderr, /external\.desc/)
  assert.is((await project.strux(['buildroot', 'check', 'none'])).code, 2)
})

test.run()
