/** Functions of Buildroot that makefiles of packages call, and values that always exist. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packagesOf, TREE, treeProject } from '../../support/buildroot-tree.ts'
import type { TempProject } from '../../support/project.ts'

const test = suite('functions and values of a Buildroot')
let project: TempProject

test.before.each(() => {
  project = treeProject()
  const source = 'source "$BR2_EXTERNAL_ACME_PATH/package/acme-zone/Config.in"'
  project.write(`${TREE}/Config.in`, `${project.read(`${TREE}/Config.in`)}${source}\n`)
  project.write(`${TREE}/package/acme-zone/Config.in`, 'config BR2_PACKAGE_ACME_ZONE\n\tbool "zone"\n')
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

test('values that always exist have those of the architecture; a symbol without a value is a warning', async () => {
  const { options, told } = await optionsOf(
    [
      'OPTS = $(BR2_ENDIAN) $(BR2_SYSTEM_DEFAULT_PATH) $(GNU_TARGET_NAME) $(KERNEL_ARCH) $(BR2_KERNEL_MIRROR)',
      'OPTS += $(GCC_TARGET_ARCH) $(call qstrip,$(BR2_NORMALIZED_ARCH)) $(if $(HOSTARCH),host) $(BR2_TARGET_NOTHING)',
      'OPTS += $(ACME_ZONE_LIST_$(BR2_UNKNOWN_SWITCH)) $(if $(BR2_OTHER_SWITCH),no)',
      'ifeq ($(BR2_X86_CPU_HAS_SSE2)$(BR2_THIRD_SWITCH),y)',
      'OPTS += sse2',
      'endif',
    ].join('\n'),
  )
  assert.equal(options, [
    ...['LITTLE', '/usr/bin:/usr/sbin', 'x86_64-linux-gnu', 'x86_64', 'https://cdn.kernel.org/pub'],
    ...['x86-64', 'x86_64', 'host', 'sse2'],
  ])
  assert.equal(told, ['2 nothing defines BR2_TARGET_NOTHING, so it is empty'])
})

test('packages that depend on BUSYBOX_SHOW_OTHERS can be enabled, and the configuration wins over the table', async () => {
  project.write(
    `${TREE}/package/acme-zone/Config.in`,
    'config BR2_PACKAGE_ACME_ZONE\n\tbool "zone"\n\tdepends on BR2_PACKAGE_BUSYBOX_SHOW_OTHERS\n',
  )
  project.write(
    `${TREE}/package/acme-zone/acme-zone.mk`,
    'ACME_ZONE_CONF_OPTS = $(BR2_KERNEL_MIRROR)\n$(eval $(generic-package))\n',
  )
  const { packages, enabled, diagnostics } = await packagesOf(project, {
    config: { BR2_PACKAGE_ACME_ZONE: true, BR2_KERNEL_MIRROR: 'https://mirror.example' },
  })
  assert.equal(diagnostics, [])
  assert.equal(enabled, ['acme-zone'])
  assert.equal(packages.get('acme-zone')!.data?.conf_opts, ['https://mirror.example'])
})

test('a virtual package depends on its provider, which a symbol of the configuration names', async () => {
  project.write(
    `${TREE}/package/acme-zone/Config.in`,
    'config BR2_PACKAGE_ACME_ZONE\n\tbool "zone"\nconfig BR2_PACKAGE_PROVIDES_ACME_ZONE\n\tstring\n\tdefault "acme-core"\n',
  )
  project.write(`${TREE}/package/acme-zone/acme-zone.mk`, '$(eval $(virtual-package))\n')
  const { packages } = await packagesOf(project)
  const { data, diagnostics } = packages.get('acme-zone')!
  assert.equal(diagnostics, [])
  assert.equal(data?.dependencies, ['acme-core'])
})

test.run()
