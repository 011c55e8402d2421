/** The extensions that come with strux: by name and as values, with their options, and what they change in a definition. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { examine } from '../../../runtime/run/workspace.ts'
import { project } from '../load/temp-project.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me'

/** A BSP with an image, and this in `extensions`. */
const bsp = (extensions: string, more = '') => `import { defineBsp } from 'strux-bsp'
import { debugAccess, growRoot, imageFormats, serialConsole, sshAccess } from 'strux-bsp/extensions'
void [debugAccess, growRoot, imageFormats, serialConsole, sshAccess]
export default defineBsp({ name: 'q', description: 'd', arch: 'x86_64', hostname: 'h',
  image: { partitions: [{ name: 'root', type: 'root' }] }, ${more}
  extensions: [${extensions}] })
`

async function load(definition: string, files: Readonly<Record<string, string>> = {}) {
  const loaded = await loadProject(project({ 'bsp/qemu/bsp.ts': definition, ...files }))
  const found = await loadBsp(loaded, 'qemu')
  const { diagnostics, workspace } = await examine(loaded, found)
  return {
    errors: diagnostics.flatMap(each => (each.severity === 'error' ? [`${each.line}: ${each.message}`] : [])),
    warnings: diagnostics.flatMap(each =>
      each.severity === 'warning' ? [`${each.code} ${each.line}: ${each.message}`] : [],
    ),
    bsp: found.value?.data,
    extensions: found.value?.extensions,
    packages: found.value?.configured?.hostPackages,
    nodes: workspace?.plan.nodes ?? [],
  }
}

const refused = async (extension: string) => (await load(bsp(extension))).errors.join('\n')

test('all are found by name, beside values with options', async () => {
  const users = `[{ name: 'admin', keys: ['${KEY}'], sudo: true }]`
  const {
    errors,
    warnings,
    packages,
    bsp: data,
    extensions,
    nodes,
  } = await load(
    bsp(
      `'image-formats', 'grow-root', 'serial-console', 'debug-access', sshAccess.with({ users: ${users} })`,
      "boot: { cmdline: 'console=ttyS0 quiet' }, rootfs: { packages: ['jq'] },",
    ),
  )
  assert.equal(errors, [])
  assert.equal(
    extensions!.enabled.filter(({ kind }) => kind === 'shipped').map(({ name }) => name),
    ['image-formats', 'grow-root', 'serial-console', 'debug-access'],
  )
  assert.equal(extensions!.enabled.map(({ name }) => name).sort(), [
    'debug-access',
    'grow-root',
    'image-formats',
    'serial-console',
    'ssh-access',
  ])
  assert.equal(
    nodes.map(({ id }) => id).filter(id => id.includes('__')),
    [
      ...['debug-access', 'grow-root', 'serial-console', 'ssh-access'].map(
        name => `post_family_tweaks__${name}`,
      ),
      'post_build_image__image-formats',
    ],
  )
  assert.equal(data!.rootfs!.packages, [
    ...['jq', 'cloud-guest-utils', 'fdisk', 'e2fsprogs', 'openssh-server', 'sudo'],
  ])
  assert.is(data!.boot!.cmdline, 'quiet console=ttyS0,115200')
  assert.equal(packages, ['zstd', 'bmap-tools'])
  assert.match(
    warnings.join('\n'),
    'extension_warning 6: debug-access: THIS IMAGE IS OPEN: every console has a root shell without a password',
  )
})

test('options that cannot work are refused at the entry', async () => {
  assert.match(await refused("'ssh-access'"), '6: ')
  assert.match(await refused("'ssh-access'"), 'nobody could log in')
  const user = (name: string, keys: string) =>
    `sshAccess.with({ users: [{ name: '${name}', keys: ${keys} }] })`
  assert.match(await refused(user('admin', '[]')), "the user 'admin' has no public key")
  assert.match(await refused(user('a b', `['${KEY}']`)), "'a b' is not the name of a user")
  assert.match(await refused(user('admin', "['secret']")), "not a line of authorized_keys: 'secret'")
  assert.match(await refused("imageFormats.with({ formats: ['iso' as never] })"), "'iso' is not a format")
  assert.match(
    await refused("serialConsole.with({ port: '/dev/ttyS0' })"),
    "'/dev/ttyS0' is not a serial port",
  )
  assert.match(await refused("'grow-roots'"), "there is no extension 'grow-roots'")
})

test('an extension of the project with the same name comes first', async () => {
  const own = `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'grow-root', hooks: { post_customize_image: sh\`true\` } })
`
  const { errors, nodes } = await load(bsp("'grow-root'"), { 'extensions/grow-root.ts': own })
  assert.equal(errors, [])
  assert.equal(
    nodes.map(({ id }) => id).filter(id => id.includes('__')),
    ['post_customize_image__grow-root'],
  )
})

test('by name in the project and as a value in the BSP, it is one extension', async () => {
  const { errors, extensions } = await load(bsp('imageFormats.with({ formats: ["xz"] })'), {
    'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'p', project_version: '1.0.0', bsp: 'qemu', extensions: ['image-formats'] })
`,
  })
  assert.equal(errors, [])
  assert.equal(
    extensions!.enabled.map(({ name, options }) => [name, options]),
    [['image-formats', { formats: ['xz'] }]],
  )
})

test.run()
