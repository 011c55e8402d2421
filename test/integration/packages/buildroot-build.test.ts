/**
 * Packages of an external tree of Buildroot, built as they are: a daemon with a cmake library and a tool for the machine
 * that builds, firmware with a hash and patches.
 */
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TREE, treeProject } from '../../support/buildroot-tree.ts'
import type { TempProject } from '../../support/project.ts'

const test = suite('packages of a Buildroot tree, built')
let project: TempProject

test.before(() => {
  project = treeProject()
})
test.after(() => project.dispose())

const at = (path: string) => `dist/cache/demo/packages/${path}`
const NODES = [
  'package:acme-core',
  'package:host-acme-sign',
  'package:acme-daemon',
  'package:acme-fw',
  'packages',
]
const only = (names: readonly string[]) => names.flatMap(name => ['--only', name])

test('recipes, hooks, options, patches and dependencies work; a second build has nothing to do', async () => {
  project.bsp([], {
    arch: 'x86_64',
    packages: [
      {
        buildroot: TREE,
        defconfig: 'acme_panel',
        config: { BR2_PACKAGE_ACME_DAEMON_GREETING: 'good day', BR2_PACKAGE_ACME_FW: true },
      },
    ],
  })
  const built = await project.build([...only(NODES), '--jobs', '2'])
  assert.is(built.code, 0, built.stdout)
  assert.equal([...built.ran].sort(), [...NODES].sort())
  const files = (path: string) => project.at(at(`files/${path}`))
  const libraries = execFileSync('find', [project.at(at('files')), '-name', 'libacme.so*'], {
    encoding: 'utf8',
  })
  const folder = libraries.split('\n')[0]!.replace(/\/[^/]*$/, '')
  assert.is(
    execFileSync('strings', ['-a', files('usr/sbin/acme-daemon')], { encoding: 'utf8' }).includes('good day'),
    true,
  )
  assert.match(execFileSync('strings', ['-a', `${folder}/libacme.so.1`], { encoding: 'utf8' }), /^panel$/m)
  assert.is(statSync(`${folder}/libacme.so.1`).mode & 0o777, 0o755, 'as Buildroot installs it, not as Debian')
  assert.match(project.read(at('files/etc/acme/first.conf')), /^greeting=good day \/.*\/staging\n$/)
  assert.is(project.read(at('files/etc/acme/second.conf')), 'greeting=none\n')
  assert.match(project.read('dist/output/demo/acme-daemon.sig'), /^signed \//)
  assert.ok(project.has(at('files/usr/lib/systemd/system/acme-daemon.service')))
  assert.is(project.read(at('files/usr/lib/firmware/acme/firmware.txt')), 'original\npatched\ntwice\n')
  assert.match(project.read(at('files.list')), /debian\tzlib1g/)

  assert.equal((await project.build(only(NODES))).ran, [])
  project.write(
    `${TREE}/package/acme-fw/0002-again.patch`,
    '--- a/firmware.txt\n+++ b/firmware.txt\n@@ -1,2 +1,2 @@\n-original\n+changed\n patched\n',
  )
  project.remove(`${TREE}/package/acme-fw/more`)
  const again = await project.build(only(NODES))
  assert.equal(again.ran, ['package:acme-fw', 'packages'], again.stdout)
  assert.is(project.read(at('files/usr/lib/firmware/acme/firmware.txt')), 'changed\npatched\n')
})

test('a recipe runs as in a Buildroot: rules of make, its environment, folders, and licences that are not there', async () => {
  const folder = `${TREE}/package/acme_tool`
  project.write(`${folder}/Config.in`, 'config BR2_PACKAGE_ACME_TOOL\n\tbool "tool"\n')
  project.write(
    `${TREE}/Config.in`,
    `${project.read(`${TREE}/Config.in`)}source "$BR2_EXTERNAL_ACME_PATH/package/acme_tool/Config.in"\n`,
  )
  project.write(
    `${folder}/acme_tool.mk`,
    `ACME_TOOL_SITE = "$(ACME_TOOL_PKGDIR)/src"
ACME_TOOL_SITE_METHOD = local
ACME_TOOL_DEPENDENCIES = host-e2fsprogs host-jq
ACME_TOOL_LICENSE_FILES = COPYING $(BR2_EXTERNAL_ACME_PATH)/../LICENSE
define ACME_TOOL_BUILD_CMDS
	echo "$$\{CC-no CC} $$\{VERSION-no version}" > $(@D)/env
	$(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D) tool
endef
define ACME_TOOL_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/tool $(TARGET_DIR)/etc/init.d/
	truncate -s 1M $(@D)/disk && $(HOST_DIR)/sbin/mkfs.ext4 -q $(@D)/disk
	echo '{"a":7}' | $(HOST_DIR)/bin/jq .a > $(TARGET_DIR)/etc/seven
	$(INSTALL) -D -m 0644 $(@D)/env $(BINARIES_DIR)/tool.txt
	$(INSTALL) -m 0644 $(@D)/env $(TARGET_DIR)/usr/lib/systemd/system/
	ln -sf ../acme.service $(TARGET_DIR)/usr/lib/systemd/system/multi-user.target.wants/
	$(INSTALL) -D -m 0644 $(@D)/env $(TARGET_DIR)/usr/share/dbus-1/system.d/
endef
$(eval $(generic-package))
`,
  )
  project.write(`${folder}/src/tool.c`, 'int main(void) { return 0; }\n')
  project.write(`${folder}/src/Makefile`, 'tool: tool.o\n')
  project.bsp([], {
    arch: 'x86_64',
    packages: [{ buildroot: TREE, config: { BR2_PACKAGE_ACME_TOOL: true } }],
  })
  const { code, stdout } = await project.build(only(['package:acme_tool', 'packages']))
  assert.is(code, 0, stdout)
  assert.is(project.read(at('files/usr/lib/systemd/system/env')), 'no CC no version\n')
  assert.ok(project.has(at('files/etc/init.d/tool')))
  assert.ok(project.has('dist/output/demo/tool.txt'))
  assert.is(project.read(at('files/etc/seven')), '7\n')
  assert.not.ok(project.has(at('per-package/acme_tool/host/bin/jq')), 'programs of the builder are no output')
})

test.run()
