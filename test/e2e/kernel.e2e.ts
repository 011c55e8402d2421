/** A kernel from Debian's package of sources with fragments of files and one that stands in the definition; it starts. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'
import { takeSources } from '../support/sources.ts'

const test = suite('kernel')
let project: TempProject

test.before(() => {
  project = new TempProject()
  project.defaults = { timeout: 60 * 60 * 1000 }
  takeSources(project)
})
test.after(() => project.dispose())

/** A root filesystem of one static program, which says what the kernel says of itself. */
const ROOT = `
cd "$(mktemp -d)"
dpkg --add-architecture amd64
apt-get -qq update
apt-get -qq download busybox-static:amd64
dpkg-deb -x busybox-static*.deb busybox
mkdir -p tree/bin tree/sbin tree/proc tree/dev
cp busybox/bin/busybox tree/bin/ || cp busybox/usr/bin/busybox tree/bin/
cat >tree/sbin/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
echo "version: $(/bin/busybox cat /proc/version)"
/bin/busybox zcat /proc/config.gz | /bin/busybox grep CONFIG_LOCALVERSION=
/bin/busybox poweroff -f
INIT
chmod 755 tree/sbin/init
tar -C tree -czf "$BSP_CACHE_DIR/rootfs-post.tar.gz" .
cp "$BSP_CACHE_DIR/kernel/bzImage" "$BSP_CACHE_DIR/vmlinuz"
`

test('linux-source-6.12 with an inline fragment, which the running kernel shows', async () => {
  cpSync(join(REPOSITORY, 'test/fixtures/kiosk-kernel'), project.at('bsp/demo/configs'), { recursive: true })
  project.config({
    test: {
      timeout: 180,
      console: [
        'version: Linux version 6\\.12\\.\\d+-inline \\(strux@strux\\)',
        '^CONFIG_LOCALVERSION="-inline"',
      ],
    },
  })
  project.bsp([], {
    arch: 'x86_64',
    boot: {
      kernel: {
        custom_kernel: true,
        source: 'deb:linux-source-6.12',
        version: '6.12',
        defconfig: 'tinyconfig',
        fragments: [
          './configs/common.config',
          './configs/x86_64.config',
          'CONFIG_LOCALVERSION="-inline"\nCONFIG_IKCONFIG=y\nCONFIG_IKCONFIG_PROC=y\n',
        ],
      },
    },
    image: { table: 'none', partitions: [{ name: 'root', type: 'root' }] },
  })
  const built = await project.build(['--only', 'kernel'])
  assert.is(built.code, 0, `${built.said}\n${built.lines('kernel').slice(-20).join('\n')}`)
  assert.match(project.read('dist/cache/demo/kernel/.config'), /^CONFIG_LOCALVERSION="-inline"$/m)
  assert.equal((await project.build(['--only', 'kernel'])).ran, [])

  const made = await project.strux(['shell', '--at', 'kernel'], { input: `set -e\n${ROOT}\n` })
  assert.is(made.code, 0, `${made.stdout}${made.stderr}`)
  const image = await project.build(['--only', 'image'])
  assert.is(image.code, 0, image.said)
  const { code, stdout, stderr } = await project.strux(['test'])
  assert.is(code, 0, `${stdout}${stderr}`)
})

test.run()
