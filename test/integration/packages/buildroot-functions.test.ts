/** Functions of Buildroot that makefiles of packages call, and values that always exist. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packagesOf, TREE, treeProject } from '../../support/buildroot-tree.ts'
import type { TempProject } from '../../support/project.ts'

const test = suite('functions and values of a Buildroot')
let project: TempProject

test.before.each(() => {
  project = treeProject()
})
test.after.each(() => project.dispose())

/** The options of a package whose makefile has these lines; `OPTS` in them is its list. */
async function optionsOf(lines: string) {
  project.write(
    `${TREE}/package/acme-zone/acme-zone.mk`,
    `${lines.replaceAll('OPTS', 'ACME_ZONE_CONF_OPTS')}\n$(eval $(generic-package))\n`,
  )
  const { packages } = await packagesOf(project)
  const { data, diagnostics } = packages.get('acme-zone')!
  return { options: data?.conf_opts, told: diagnostics.map(each => `${each.line} ${each.message}`) }
}

test('functions give what they give in Buildroot', async () => {
  const { options } = await optionsOf(
    [
      'OPTS = $(call qstrip," a b ") $(call github,me,tool,v1) $(call gitlab,me,tool,v1)',
      'OPTS += $(call notfirstword,a b c) $(call notfirstword,a)',
      // The file is the last one at this point.
      'ACME_ZONE_HERE := $(notdir $(pkgdir)) $(pkgname)',
      'OPTS += $(ACME_ZONE_HERE) $(notdir $(ACME_ZONE_SRCDIR)) $(dir $(ACME_ZONE_SRCDIR))',
      'ACME_ZONE_SUBDIR = sub ',
    ].join('\n'),
  )
  assert.equal(options, [
    ...['a', 'b', 'https://github.com/me/tool/archive/v1', 'https://gitlab.com/me/tool/-/archive/v1'],
    ...['b', 'c', 'acme-zone', 'acme-zone', 'sub', '@STRUX_BUILD_DIR@/acme-zone/'],
  ])
})

test.run()
