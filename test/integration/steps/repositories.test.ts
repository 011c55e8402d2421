/** The apt sources and preferences of an image, as the post-processing of its root filesystem writes them. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stepScript } from '../../../runtime/steps/package-files.ts'
import { TestProject } from '../execute/project.ts'

const test = suite('repositories')
const project = new TestProject()
test.after(() => project.remove())

const KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n'
const REPOSITORIES = [
  [
    {
      uri: 'https://nginx.example:8443/deb',
      suite: 'trixie',
      key: 'x.asc',
      pin: { priority: 990, packages: ['nginx*', 'njs'] },
    },
  ],
  [
    {
      uri: 'http://deb.debian.example/debian',
      suite: 'trixie-backports',
      key: 'x.asc',
      pin: { priority: -1 },
    },
    { uri: 'http://deb.debian.example/flat', suite: './', key: 'x.asc' },
  ],
]

test('a pin names the host of its repository, or the suite where the host is that of Debian itself', async () => {
  const config = { 'rootfs.components': ['main'], 'rootfs.repositories': REPOSITORIES }
  const { stdout, stderr } = await project.run(
    `${stepScript('shell/start.sh', 'shell/step.sh', 'shell/places.sh', 'rootfs_post/packages.sh', 'rootfs_post/repositories.sh')}
ROOTFS_DIR=$(mktemp -d) PROJECT_FOLDER=$(mktemp -d)
BSP_FOLDER=$PROJECT_FOLDER/bsp
printf '%s' '${KEY}' >"$PROJECT_FOLDER/x.asc"
mkdir -p "$ROOTFS_DIR/etc/apt/sources.list.d"
echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.example/debian trixie main contrib' \\
  >"$ROOTFS_DIR/etc/apt/sources.list.d/0000debian.list"
configure_repositories
cd "$ROOTFS_DIR/etc/apt" && tail -n +1 sources.list.d/*.list preferences.d/* && grep -h URIs sources.list.d/*.sources`,
    { STEP_NAME: 'rootfs_post', TARGET_ARCH: 'x86_64', STEP_CONFIG: JSON.stringify(config) },
  )
  assert.equal(
    stdout.filter(line => line !== ''),
    [
      '==> sources.list.d/0000debian.list <==',
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.example/debian trixie main',
      '==> preferences.d/strux-1 <==',
      'Package: nginx* njs',
      'Pin: origin "nginx.example"',
      'Pin-Priority: 990',
      '==> preferences.d/strux-2 <==',
      'Package: *',
      'Pin: release trixie-backports',
      'Pin-Priority: -1',
      'URIs: https://nginx.example:8443/deb',
      'URIs: http://deb.debian.example/debian',
      'URIs: http://deb.debian.example/flat',
    ],
    stderr.join('\n'),
  )
})

test.run()
