/** Packages of an external tree of Buildroot as they are read, without a build. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PackageData } from '../../../lib/schema/package.ts'
import type { Sh } from '../../../lib/sh.ts'
import { packagesOf, TREE, treeProject } from '../../support/buildroot-tree.ts'
import type { TempProject } from '../../support/project.ts'

const test = suite('packages of a Buildroot tree')
let project: TempProject

test.before.each(() => {
  project = treeProject()
})
test.after.each(() => project.dispose())

/** The lines of recipes in a hook or command. */
const lines = (given: Sh | readonly Sh[] | undefined): string =>
  [given ?? []]
    .flat()
    .map(({ text }) => /\nstrux_recipe '([\s\S]*)'$/.exec(text)?.[1])
    .join('\n')

test('every package of the tree becomes a source package with its settings', async () => {
  const { packages, enabled, diagnostics } = await packagesOf(project)
  assert.equal(diagnostics, [])
  assert.equal(
    [...packages.values()].flatMap(each => each.diagnostics),
    [],
  )
  const names = 'core daemon files fw gpio leds meter sign tls ui wave zone'
    .split(' ')
    .map(name => `acme-${name}`)
  assert.equal([...packages.keys()], names)
  assert.equal([...enabled].sort(), names.map(name => (name === 'acme-sign' ? `host-${name}` : name)).sort())
  const data = (name: string) => packages.get(name)!.data as PackageData

  const infra = names.map(name => [name.slice(5), data(name).infra ?? 'generic'])
  assert.equal(Object.fromEntries(infra), {
    ...{
      core: 'cmake',
      daemon: 'generic',
      files: 'generic',
      fw: 'generic',
      gpio: 'autotools',
      leds: 'kernel-module',
    },
    ...{ meter: 'meson', sign: 'generic', tls: 'generic', ui: 'generic', wave: 'cmake', zone: 'generic' },
  })
  assert.equal(data('acme-core').conf_opts?.slice(-1), [
    `-DCMAKE_C_FLAGS=@STRUX_TARGET_CFLAGS@ -DACME_NAME='"panel"'`,
  ])
  assert.is(data('acme-core').install_staging, true)
  assert.equal(data('acme-daemon').dependencies, [
    'acme-core',
    'host-acme-sign',
    'deb:pkgconf:native',
    'deb:zlib1g-dev',
  ])
  assert.is(data('acme-daemon').units, 'all')
  assert.equal(data('acme-daemon').users, [
    { name: 'acme', uid: 250, group: 'acme', home: '/var/lib/acme', groups: ['dialout'] },
  ])
  assert.equal(data('acme-daemon').permissions, [
    {
      ...{ path: '/usr/sbin/acme-daemon', mode: '4755', owner: '0', group: '0' },
      capabilities: 'cap_net_raw+ep',
    },
  ])
  assert.match(lines(data('acme-daemon').commands?.build), /-C @STRUX_D@ MODE=small GREETING='\\''hello'\\''/)
  assert.match(lines(data('acme-daemon').hooks?.target_finalize), /acme 2\.0/)
  assert.match(
    lines(data('acme-files').hooks?.post_rsync),
    /cp .*package\/acme-files\/+motd\.in @STRUX_D@\/motd/,
  )
  assert.match(lines(data('acme-files').commands?.build), /PANEL_1/)
  assert.equal(data('acme-fw').patches, [`${TREE}/package/acme-fw/0001-mark.patch`])
  assert.match(data('acme-fw').sha256 ?? '', /^[0-9a-f]{64}$/)
  assert.is(data('acme-gpio').conf_env?.ACME_LINES, '8 lines')
  assert.equal(data('acme-gpio').host?.conf_opts?.slice(-1), ['--with-chip=host'])
  assert.match(lines(data('acme-gpio').hooks?.pre_configure), /autoreconf/)
  assert.is(data('acme-leds').subdir, 'driver')
  assert.equal(data('acme-leds').dependencies, ['deb:linux-headers-amd64'])
  assert.equal(data('acme-leds').make_opts?.slice(-1), ['EXTRA_NAME=panel'])
  assert.equal(data('acme-meter').conf_opts?.slice(-1), ['-Dunit=kilo watt'])
  assert.is(data('acme-sign').target, false)
  assert.equal(data('acme-tls').dependencies, ['deb:pkgconf:native', 'deb:libssl-dev'])
  assert.is(data('acme-ui').site, `${TREE}/package/acme-ui/page`)
  assert.equal(data('acme-ui').dependencies, ['host-acme-wave'])
  assert.match(lines(data('acme-zone').hooks?.target_finalize), /localtime/)
})

test('the configuration enables packages, and its choices, selects and strings reach the makefiles', async () => {
  const { packages, enabled, diagnostics } = await packagesOf(project, {
    defconfig: 'acme_panel',
    config: { BR2_PACKAGE_ACME_DAEMON_TLS: true, BR2_PACKAGE_ACME_DAEMON_GREETING: 'good "day"' },
  })
  assert.equal(diagnostics, [])
  assert.equal(enabled, ['acme-core', 'acme-daemon', 'acme-tls'])
  const daemon = packages.get('acme-daemon')!.data!
  assert.match(lines(daemon.commands?.build), /MODE=fast/)
  assert.ok(daemon.dependencies?.includes('acme-tls'))
})

test('makefiles see symbols of the system that no Config.in names', async () => {
  const file = `${TREE}/package/acme-zone/acme-zone.mk`
  project.write(
    file,
    `ACME_ZONE_CONF_OPTS = $(BR2_INIT_SYSTEMD)$(BR2_ROOTFS_DEVICE_TABLE_SUPPORTS_EXTENDED_ATTRIBUTES)$(BR2_INIT_NONE)\n${project.read(file)}`,
  )
  assert.equal((await packagesOf(project)).packages.get('acme-zone')!.data?.conf_opts, ['yy'])
})

test('a symbol without effect is told with the one that was meant', async () => {
  const config = { BR2_PACKAGE_ACME_DEAMON: true, BR2_PACKAGE_LIBCURL: true, BR2_PACKAGE_ACME_FILES: true }
  const { unread, enabled } = await packagesOf(project, { config })
  assert.equal(
    unread.map(({ symbol, severity, hint }) => `${severity} ${symbol}: ${hint}`),
    [
      "error BR2_PACKAGE_ACME_DEAMON: did you mean 'BR2_PACKAGE_ACME_DAEMON'?",
      'warning BR2_PACKAGE_LIBCURL: leave it out',
    ],
  )
  assert.equal(enabled, ['acme-files'])
  project.bsp([], {
    packages: [{ buildroot: TREE, config: { BR2_PACKAGE_ACME_DEAMON: true } }],
  })
  const { code, stdout } = await project.strux(['check', '--json'])
  assert.is(code, 1)
  assert.equal(
    JSON.parse(stdout).diagnostics.map((each: { code: string; file: string }) => `${each.code} ${each.file}`),
    ['buildroot_unknown_symbol bsp/demo/bsp.ts'],
  )
})

test('hooks of packages that are not in the tree are told, with the hook to use', async () => {
  const file = `${TREE}/external.mk`
  const before = project.read(file)
  project.write(
    file,
    `${before}define OWN_FIX\n\ttrue\nendef\nLINUX_PRE_BUILD_HOOKS += OWN_FIX\nBUSYBOX_TARGET_FINALIZE_HOOKS += OWN_FIX\nROOTFS_EXT2_PRE_GEN_HOOKS += OWN_FIX\n`,
  )
  const { diagnostics } = await packagesOf(project)
  assert.equal(
    diagnostics
      .filter(each => each.file === file)
      .map(({ severity, line, message, hint }) => `${severity} ${line} ${message} | ${hint}`),
    [
      "warning 7 ROOTFS_EXT2_PRE_GEN_HOOKS names OWN_FIX, which does not run: images are not made by Buildroot's rules | use a post-image script",
      'warning 6 BUSYBOX_TARGET_FINALIZE_HOOKS names OWN_FIX, which does not run: busybox is not a package of this tree | write a script for the BSP at a hook of the same time, such as target_finalize',
      'warning 5 LINUX_PRE_BUILD_HOOKS names OWN_FIX, which does not run: linux is not a package of this tree | write a script for the BSP at a hook of the same time, such as after_kernel_extract',
    ],
  )
  project.write(file, before)
})

test('makefiles in the style of boards are read as Buildroot reads them', async () => {
  project.write(
    `${TREE}/package/acme_blob/acme_blob.mk`,
    `ACME_BLOB_VERSION = 1
ACME_BLOB_SITE = "\${BR2_EXTERNAL_ACME_PATH}/dl"
ACME_BLOB_SITE_METHOD = file
ACME_BLOB_LICENSE_FILES = $(BR2_EXTERNAL_ACME_PATH)/../LICENSE
define ACME_BLOB_EXTRACT_CMDS
	$(call suitable-extractor,$(ACME_BLOB_SOURCE)) $(ACME_BLOB_DL_DIR)/$(ACME_BLOB_SOURCE) | $(TAR) -C $(@D) $(TAR_OPTIONS) -
	cd $(@D) && PATH=$(BR_PATH) ./autogen.sh
	$(BR2_MAKE) -C $(LINUX_DIR) M=$(@D)
endef
$(eval $(generic-package))
`,
  )
  const { packages } = await packagesOf(project, { config: { BR2_PACKAGE_ACME_BLOB: true } })
  const { data, diagnostics, usesKernel } = packages.get('acme_blob')!
  assert.equal(diagnostics, [])
  assert.is(data?.site, `${TREE}/dl`)
  assert.is(usesKernel, true)
  assert.equal(data?.dependencies, ['deb:linux-headers-amd64'])
  assert.is(
    lines(data?.commands?.extract),
    `gzip -d -c @STRUX_BASE_DIR@/dl/acme_blob/acme_blob-1.tar.gz | tar -C @STRUX_D@ -xf -
	cd @STRUX_D@ && PATH="@STRUX_HOST_DIR@/bin:@STRUX_HOST_DIR@/sbin:$PATH" ./autogen.sh
	make -C @STRUX_LINUX_DIR@ M=@STRUX_D@`,
  )
})

test('references to parts of Buildroot that are not here are told at their lines', async () => {
  project.write(
    `${TREE}/package/acme-isp/acme-isp.mk`,
    `ACME_ISP_VERSION = 1
ACME_ISP_SITE = $(VENDOR_SITE)
ACME_ISP_SOURCE = acme-isp.bin
ACME_ISP_DEPENDENCIES = uboot
ACME_ISP_OPTIONAL = $(ACME_ISP_UNSET) $(BR2_UNSET) $(foreach each,a b,$(each))
define ACME_ISP_EXTRACT_CMDS
	$(call VENDOR_EXTRACT,$(ACME_ISP_SOURCE)) $$(SHELL_FUNCTION)
endef
define ACME_ISP_INSTALL_TARGET_CMDS
	$(foreach each,$(wildcard $(@D)/*.dtbo $(ACME_ISP_PKGDIR)),echo $(each))
endef
SYSREPO_CONF_OPTS += -DGROUP=acme
ACME_ISP_COMMON_CONF_OPTS = --all
TARGETS_ROOTFS += rootfs-acme
# $(COMMENTED) $(wildcard $(@D)/*)
$(eval $(generic-package))
`,
  )
  const { packages, diagnostics } = await packagesOf(project)
  const told = [...packages.get('acme-isp')!.diagnostics, ...diagnostics]
  assert.equal(
    told.map(({ severity, line, message }) => `${severity} ${line} ${message}`),
    [
      'error 2 ACME_ISP_SITE is empty, so there is no source',
      'error 4 acme-isp depends on uboot, whose files packages do not see',
      'warning 2 nothing defines VENDOR_SITE, so it is empty',
      'warning 7 nothing defines VENDOR_EXTRACT, so it is empty',
      'warning 10 $(wildcard …) finds nothing in $(@D): makefiles are read before the build',
      'warning 12 SYSREPO_CONF_OPTS has no effect: sysrepo is not a package of this tree',
      "warning 14 TARGETS_ROOTFS has no effect: images are not made by Buildroot's rules",
    ],
  )
})

test('a failure of the machine is told as such, and gone when the machine is mended', async () => {
  const withoutPackages = 'python3() { command python3 -S "$@"; }'
  const failed = await packagesOf(project, {}, withoutPackages).catch(error => error)
  assert.match(failed.message, /br-external cannot be read: .*No module named 'kconfiglib'/)
  assert.match(failed.hint, /python3-kconfiglib/)
  const full = await packagesOf(project, {}, 'mktemp() { echo /dev/full; }').catch(error => error)
  assert.match(full.message, /br-external cannot be read/)
  assert.is((await packagesOf(project)).packages.size, 12)
})

test('what cannot work is told with file and line', async () => {
  project.write(
    `${TREE}/package/acme-bad/acme-bad.mk`,
    `ACME_BAD_VERSION = 1
ACME_BAD_SITE = https://example.com/bad
ACME_BAD_DEPENDENCIES = acme-core \\
	acme-crypt
define ACME_BAD_FIX
	true
endef
ACME_BAD_POST_PATCH_HOOKS += ACME_BAD_FIX
ACME_BAD_POST_BUILD_HOOKS += ACME_BAD_FXI
$(eval $(generic-package))
`,
  )
  project.write(`${TREE}/package/acme-bad/acme-bad.hash`, 'sha256  00  other.tar.gz\n')
  project.write(
    `${TREE}/package/acme-py/acme-py.mk`,
    'ACME_PY_SITE = ./src\nACME_PY_SITE_METHOD = local\n\n$(eval $(python-package))\n',
  )
  project.write(
    `${TREE}/package/acme-zone/Config.in`,
    'config BR2_PACKAGE_ACME_ZONE\n\tbool "zone"\n\tdepends on BR2_PACKAGE_ICU\n',
  )
  project.write(
    `${TREE}/Config.in`,
    `${project.read(`${TREE}/Config.in`)}source "$BR2_EXTERNAL_ACME_PATH/package/acme-zone/Config.in"\n`,
  )
  const { packages, diagnostics } = await packagesOf(project, { config: { BR2_PACKAGE_ACME_ZONE: true } })
  const found = [...diagnostics, ...['acme-bad', 'acme-py'].flatMap(name => packages.get(name)!.diagnostics)]
  assert.equal(
    found.map(
      ({ severity, code, file, line }) => `${severity} ${code} ${file.slice(TREE.length + 9)}:${line}`,
    ),
    [
      'error buildroot_not_enabled acme-zone/Config.in:1',
      'error buildroot_no_hash acme-bad/acme-bad.hash:1',
      'warning buildroot_unknown_hook acme-bad/acme-bad.mk:9',
      'error buildroot_dependency acme-bad/acme-bad.mk:4',
      'error buildroot_unsupported acme-py/acme-py.mk:4',
      'error buildroot_no_source acme-py/acme-py.mk:1',
    ],
  )
  assert.is(packages.get('acme-bad')!.data, undefined)

  project.write(`${TREE}/package/acme-bad/acme-bad.mk`, 'ACME_BAD_VERSION = 1\nifeq (1\n')
  const broken = await packagesOf(project)
  assert.equal(
    broken.diagnostics.map(({ code, file, line }) => `${code} ${file}:${line}`),
    [`buildroot_broken ${TREE}/package/acme-bad/acme-bad.mk:2`],
  )
  project.write(`${TREE}/package/acme-zone/Config.in`, 'config BR2_PACKAGE_ACME_ZONE\n\tboool "zone"\n')
  const unparsed = await packagesOf(project)
  assert.equal(
    unparsed.diagnostics.map(({ code, file, line }) => `${code} ${file}:${line}`),
    [`buildroot_broken ${TREE}/package/acme-zone/Config.in:2`],
  )
})

test.run()
