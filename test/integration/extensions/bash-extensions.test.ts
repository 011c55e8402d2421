/** Bash extensions as a project uses them: enabled by name, read, configured, ordered, skipped. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'

const test = suite('bash extensions of a project')
let project: TempProject
test.before(() => {
  project = new TempProject()
  cpSync(join(REPOSITORY, 'test/fixtures/bash-extensions'), project.at('userpatches/extensions'), {
    recursive: true,
  })
})
test.after(() => project.dispose())

const IMAGE = {
  partitions: [
    { name: 'esp', type: 'esp', size: '48M' },
    { name: 'root', type: 'root' },
  ],
}
const ALL = [
  ...['backports-repo', 'carried-state', 'cloud-seed', 'early-network', 'efi-size', 'encrypted-root'],
  ...['example-dkms', 'gpio-udev-rules', 'hardware-watchdog', 'host-tool', 'older-names', 'output-qcow2'],
  ...['partition-check', 'scratch-mount'],
]

interface Node {
  readonly id: string
  readonly kind: string
  readonly hook?: string
  readonly env: Readonly<Record<string, string>>
  readonly dependencies: readonly { readonly path: string }[]
}

async function plan(extensions: readonly string[], more: object = {}): Promise<readonly Node[]> {
  project.bsp([], { arch: 'x86_64', image: IMAGE, extensions, ...more })
  const { code, stdout, stderr } = await project.strux(['plan', '--json'])
  assert.is(code, 0, stderr)
  return JSON.parse(stdout).nodes
}

async function refused(...extensions: readonly string[]): Promise<string> {
  project.bsp([], { arch: 'x86_64', image: IMAGE, extensions })
  const { code, stderr } = await project.strux(['plan', '--json'])
  assert.is.not(code, 0)
  return stderr
}

test('the whole folder: handlers in order, configuration in the plan', async () => {
  const nodes = await plan(ALL)
  const handlers = nodes.filter(({ id }) => id.includes('__')).map(({ id }) => id)
  assert.equal(
    handlers.filter(id => /customize_image/.test(id)),
    [
      'pre_customize_image__100_mount_scratch',
      'pre_customize_image__copy_seed',
      'pre_customize_image__900_main',
      'pre_customize_image__010_alias',
      'post_customize_image__900_umount_scratch',
      'post_repo_customize_image__install_from_backports',
    ],
  )
  const find = (id: string) => nodes.find(node => node.id === id)!
  assert.is(find('pre_customize_image__010_alias').env.HOOK_POINT, 'image_tweaks_pre_customize')
  assert.is(find('rootfs_post').env.INSTALL_HEADERS, 'yes')
  // image-suffix is enabled by carried-state.
  assert.is(find('image').env.EXTRA_IMAGE_SUFFIXES, '-crypt-lobby')
  assert.is(find('post_build_image__900_convert_to_qcow2').env.version, 'disk-crypt-lobby')
  const read = find('pre_customize_image__copy_seed').dependencies.map(({ path }) => path)
  assert.ok(read.includes('userpatches/extensions/cloud-seed'), read.join())
})

test('what configuration hooks change is attributed to them', async () => {
  project.bsp([], { arch: 'x86_64', image: IMAGE, extensions: ALL })
  const { stdout } = await project.strux(['plan', '--layers'])
  for (const said of [
    /packages.*tree.*carried-state: user_config__carried_state/,
    /hostname.*lobby.*carried-state/,
    /packages.*qemu-utils.*output-qcow2/,
    /packages.*gcc.*host-tool/,
    /packages.*cryptsetup.*encrypted-root/,
    /console=ttyS0,115200.*efi-size/,
  ])
    assert.match(stdout, said)
})

test('the second time, no container engine is needed', async () => {
  await plan(ALL)
  const { code, stderr } = await project.strux(['plan', '--json'], {
    env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
  })
  assert.is(code, 0, stderr)
})

test('bashExtension, --enable, skip_hooks and extension_hook_opt_out', async () => {
  project.write('vendor/one.sh', 'enable_extension two\npost_customize_image__one() { :; }\n')
  project.write(
    'vendor/two.sh',
    'extension_hook_opt_out post_customize_image__zero\npost_customize_image__two() { :; }\n',
  )
  project.write('extensions/zero.sh', 'post_customize_image__zero() { :; }\n')
  project.write(
    'bsp/demo/bsp.ts',
    `import { bashExtension, defineBsp } from 'strux-bsp'

export default defineBsp({
  name: 'demo', description: 'A test', arch: 'x86_64', hostname: 'demo',
  extensions: [bashExtension('../../vendor/one.sh')],
  skip_hooks: ['post_customize_image__two'],
})
`,
  )
  const { code, stdout, stderr } = await project.strux(['plan', '--json', '--enable', 'zero'])
  assert.is(code, 0, stderr)
  const ids = JSON.parse(stdout).nodes.map(({ id }: Node) => id)
  assert.equal(
    ids.filter((id: string) => id.startsWith('post_customize_image__')),
    ['post_customize_image__one'],
  )
})

test('warnings of configuration hooks, groups of packages, read-only globals, and names that no package has', async () => {
  project.write(
    'extensions/warns.sh',
    `extension_prepare_config__w() {
  [[ $NETWORKING_STACK == systemd-networkd && $KERNEL_HAS_WORKING_HEADERS == yes ]] || exit_with_error no
  declare -gr ONE=1; declare -gra DEPS=(a b)
  display_alert 'skipped' 'no device' warn
}
extension_finish_config__w() { [[ $ONE == 1 && \${DEPS[1]} == b ]] || exit_with_error lost; }
add_host_dependencies__w() { EXTRA_BUILD_DEPS+=("fs-tools::zerofree" "qemu::qemu-utils"); }
`,
  )
  project.bsp([], { arch: 'x86_64', image: IMAGE, extensions: ['warns'] })
  const { code, stderr } = await project.strux(['check', '--json'])
  const { diagnostics } = JSON.parse((await project.strux(['check', '--json'])).stdout)
  assert.is(code, 0, stderr)
  const warning = diagnostics.find((each: { code: string }) => each.code === 'handler_warning')
  assert.match(warning.message, "extension_prepare_config__w of the extension 'warns': skipped [ no device ]")
  const { stdout } = await project.strux(['plan', '--layers'])
  assert.match(stdout, /packages.*zerofree.*warns/)
  project.write('extensions/warns.sh', 'add_host_dependencies__w() { EXTRA_BUILD_DEPS="Not_A_Name"; }\n')
  assert.match(await refused('warns'), "'Not_A_Name' cannot be the name of a Debian package")
})

test('bashExtension gives its file variables, in configuration hooks and in the build', async () => {
  project.write(
    'vendor/kiosk.sh',
    `: "\${APPLIANCE_URL:?}"
extension_prepare_config__kiosk() { [[ -n "$APPLIANCE_URL" && "\${PAGES[1]}" == b ]] || exit_with_error 'no URL'; HOST="$PANEL"; }
post_customize_image__kiosk() { :; }
`,
  )
  const write = (settings: string) =>
    project.write(
      'bsp/demo/bsp.ts',
      `import { bashExtension, defineBsp } from 'strux-bsp'

export default defineBsp({
  name: 'demo', description: 'A test', arch: 'x86_64', hostname: 'demo',
  extensions: [bashExtension('../../vendor/kiosk.sh', { variables: ${settings} })],
})
`,
    )
  write("{ APPLIANCE_URL: 'http://a b', PAGES: ['a', 'b'], PANEL: 'lobby' }")
  const { code, stdout, stderr } = await project.strux(['plan', '--layers'])
  assert.is(code, 0, stderr)
  assert.match(stdout, /hostname.*lobby.*kiosk/)
  write("{ 'A-B': '1' }")
  assert.match((await project.strux(['plan'])).stderr, 'bsp/demo/bsp.ts:5:')
})

test('a file in any folder of extensions is found by its name', async () => {
  project.write('userpatches/extensions/board/parts/z-deep.sh', 'post_customize_image__z() { :; }\n')
  project.write('userpatches/extensions/board/b.sh', 'enable_extension z-deep\n')
  const ids = (await plan(['b'])).map(({ id }) => id)
  assert.ok(ids.includes('post_customize_image__z'), ids.join())
})

test('names with folders, hooks of an extension of its own, logs', async () => {
  project.write(
    'userpatches/extensions/acme/acme.sh',
    'enable_extension "acme/boot/flash"\npre_flash__acme() { :; }\nuser_config__acme() { echo x >"$DEST/$LOG_SUBPATH/acme.log"; }\n',
  )
  project.write(
    'userpatches/extensions/acme/boot/flash.sh',
    'pre_flash__own() { :; }\npost_customize_image__flash() { call_extension_method "pre_flash" </dev/null; }\n',
  )
  project.bsp([], { arch: 'x86_64', image: IMAGE, extensions: ['acme'] })
  const { code, stdout, stderr } = await project.strux(['extensions', '--json'])
  assert.is(code, 0, stderr)
  assert.equal(
    JSON.parse(stdout).extensions.map(({ name, file }: { name: string; file: string }) => [name, file]),
    [
      ['acme', 'userpatches/extensions/acme/acme.sh'],
      ['flash', 'userpatches/extensions/acme/boot/flash.sh'],
    ],
  )
  // The file that calls the hook is not acme.sh.
  assert.not.match(stderr, 'pre_flash')
})

test('errors are told at the line of the file', async () => {
  project.write(
    'extensions/wrong.sh',
    'user_config__wrong() {\n  exit_with_error "no panel" "$BOARD"\n}\nuser_config__before() {\n  echo "said before"\n}\n',
  )
  const wrong = await refused('wrong')
  assert.match(wrong, /wrong\.sh:2: no panel \[ demo \]/)
  assert.not.match(wrong, 'without a container')
  project.write('extensions/syntax.sh', 'a() {\n  if then\n')
  assert.match(await refused('syntax'), /extensions\/syntax\.sh:2:1/)
  project.write('extensions/needs.sh', '\nenable_extension absent-one\n')
  const missing = await refused('needs')
  assert.match(missing, "there is no extension 'absent-one'")
  assert.match(missing, 'extensions/needs.sh:2:1')
  project.write('extensions/unknown.sh', '\npost_family_tweek__x() { :; }\n')
  project.bsp([], { extensions: ['unknown'] })
  const { stderr } = await project.strux(['plan', '--json'])
  assert.match(stderr, /post_family_tweek__x is never called/)
  assert.match(stderr, "did you mean 'post_family_tweaks'?")
  assert.match(stderr, 'extensions/unknown.sh:2:1')
})

test('files that the text names are inputs', async () => {
  project.write('userpatches/panel.conf', '')
  project.write('extensions/tools/sign.py', '')
  project.write('userpatches/extensions/panel.d/a', '')
  project.write(
    'userpatches/extensions/panel.sh',
    `post_family_tweaks__panel() {
  cp "\${USERPATCHES_PATH}/panel.conf" "$SRC"/userpatches/panel.conf $SRC/extensions/tools/sign.py "\${EXTENSION_DIR}/panel.d/$BOARD" "$SDCARD/etc"
}
`,
  )
  const node = (await plan(['panel'])).find(({ id }) => id === 'post_family_tweaks__panel')!
  assert.equal(
    node.dependencies.map(({ path }) => path),
    ['extensions/tools/sign.py', 'userpatches/panel.conf', 'userpatches/extensions/panel.d'],
  )
})

test('assignments and calls outside functions change the definition too', async () => {
  project.write('extensions/outside.sh', 'INSTALL_HEADERS=yes\nadd_packages_to_image "jq"\n')
  const nodes = await plan(['outside'])
  assert.is(nodes.find(({ id }) => id === 'rootfs_post')!.env.INSTALL_HEADERS, 'yes')
  const { stdout } = await project.strux(['plan', '--layers'])
  assert.match(stdout, /packages.*jq.*outside/)
})

test.run()
