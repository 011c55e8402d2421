/** Post-image scripts of a Buildroot tree, unedited: what they find around them. In one build, as a user who is not root. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('post-image scripts of a Buildroot tree')
const UID = 12345
let project: TempProject

test.before.each(() => {
  project = new TempProject()
  project.defaults = {
    uid: UID,
    gid: statSync('/var/run/docker.sock').gid,
    env: { HOME: project.root, XDG_CACHE_HOME: '/nonexistent' },
  }
})
test.after.each(() => project.dispose())

const GENIMAGE_CFG = `image boot.vfat {
  vfat { files = { "bzImage" } }
  size = 4M
}
image sdcard.img {
  hdimage { }
  partition boot { partition-type = 0xC
    image = "boot.vfat" }
  partition rootfs { partition-type = 0x83
    image = "rootfs.ext4" }
}
`
/** Own folder by dirname, a configuration made in the build folder, and the shared script by a path from the tree's root. */
const CARD = `#!/bin/bash
BOARD_DIR="$(dirname $0)"
set -e
grep -q '^BR2_LINUX_KERNEL_BZIMAGE=y$' "\${BR2_CONFIG}"
sed "s/SIZE/4M/" "$BOARD_DIR/genimage.cfg" > \${BUILD_DIR}/genimage.cfg
echo changed >> "$BOARD_DIR/genimage.cfg"
support/scripts/genimage.sh -c \${BUILD_DIR}/genimage.cfg
exit $?
`
/** Programs of HOST_DIR, in both of its places, and symbols of the configuration. */
const UPDATE = `#!/bin/sh -e
BINARIES="$1"
DTS=$(sed -n 's/^BR2_LINUX_KERNEL_INTREE_DTS_NAME="\\(.*\\)"$/\\1/p' "$BR2_CONFIG")
test "$DTS" = vendor/panel
test "$2" = panel
cp board/acme/panel.its "$BINARIES/panel.its"
(cd "$BINARIES" && "$HOST_DIR/bin/mkimage" -f panel.its panel.itb >/dev/null)
"$HOST_DIR/usr/bin/mkenvimage" -s 4096 -o "$BINARIES/uboot-env.bin" board/acme/uboot.env
dd if="$BINARIES/u-boot.bin" of="$BINARIES/boot.img" bs=1k seek=8 conv=notrunc 2>/dev/null
gzip -9c "$BINARIES/sdcard.img" > "$BINARIES/sdcard.img.gz"
bmaptool create -o "$BINARIES/own.bmap" "$BINARIES/sdcard.img"
install -D "$TARGET_DIR/etc/hostname" "$BINARIES/hostname"
echo "$BR2_EXTERNAL_ACME_PATH $PWD" > "$BINARIES/places"
cpio -t < "$BINARIES/rootfs.cpio" > "$BINARIES/names"
cp board/acme/uboot.env output/images/copied.env
cmp output/target/etc/hostname "$TARGET_DIR/etc/hostname"
grep -q BR2_x86_64=y .config
"$BASE_DIR"/../support/scripts/genimage.sh -c board/acme/shared.cfg
`
const ITS = `/dts-v1/;
/ {
  description = "Panel"; #address-cells = <1>;
  images { kernel { description = "kernel"; data = /incbin/("bzImage"); type = "kernel"; arch = "x86_64"; os = "linux"; compression = "none"; load = <0x1000000>; entry = <0x1000000>; }; };
  configurations { default = "conf"; conf { kernel = "kernel"; }; };
};
`

test('scripts of boards find tree, programs, images and configuration; the tree stays as it is', async () => {
  const tree = 'bsp/demo/br-external'
  project.write(`${tree}/external.desc`, 'name: ACME\ndesc: Boards of Acme\n')
  project.write(
    `${tree}/configs/acme_panel_defconfig`,
    'BR2_x86_64=y\nBR2_LINUX_KERNEL_INTREE_DTS_NAME="vendor/panel"\nBR2_PACKAGE_HOST_BMAP_TOOLS=y\n',
  )
  project.write(`${tree}/board/acme/genimage.cfg`, GENIMAGE_CFG.replace('4M', 'SIZE'))
  project.write(`${tree}/board/acme/shared.cfg`, GENIMAGE_CFG.replace('sdcard.img', 'shared.img'))
  project.write(`${tree}/board/acme/panel.its`, ITS)
  project.write(`${tree}/board/acme/uboot.env`, 'bootdelay=1\n')
  project.write(`${tree}/board/acme/post-image.sh`, CARD, 0o755)
  project.write(`${tree}/board/acme/update.sh`, UPDATE, 0o755)
  project.bsp([], {
    arch: 'x86_64',
    post_image: {
      tree: { path: './br-external', defconfig: 'acme_panel' },
      image_args: ['panel'],
      scripts: [
        { location: 'board/acme/post-image.sh', tools: ['image'] },
        { location: 'board/acme/update.sh', tools: ['image'] },
        {
          location: 'support/scripts/genimage.sh',
          tools: ['image'],
          args: ['-c', 'board/acme/shared.cfg'],
        },
      ],
    },
  })
  // What a build has made.
  const cache = project.at('dist/cache/demo')
  project.write('dist/cache/demo/root/etc/hostname', 'panel\n')
  project.write('dist/cache/demo/root/etc/ssl/Főtanúsítvány.crt', 'certificate\n')
  project.write('dist/cache/demo/vmlinuz', Buffer.alloc(100_000, 7))
  project.write('dist/cache/demo/bootloader/u-boot.bin', 'boot')
  mkdirSync(project.at('dist/output/demo'), { recursive: true })
  execFileSync('tar', [
    '-czf',
    `${cache}/rootfs-post.tar.gz`,
    '--format=posix',
    '--owner=7',
    '-C',
    `${cache}/root`,
    '.',
  ])
  project.chown(UID, UID)

  const built = new Built(await project.start(['build', '--json', '--from', 'make_image']).ended)
  assert.is(built.code, 0, built.stdout)
  const output = (name: string) => project.at(`dist/output/demo/${name}`)
  for (const name of ['sdcard.img', 'sdcard.img.bmap', 'shared.img', 'shared.img.bmap', 'own.bmap'])
    assert.ok(project.has(`dist/output/demo/${name}`), name)
  for (const name of ['copied.env', 'panel.itb', 'uboot-env.bin', 'boot.img', 'sdcard.img.gz', 'rootfs.ext2'])
    assert.ok(project.has(`dist/output/demo/${name}`), name)
  assert.not.ok(project.has('dist/output/demo/rootfs.tar'), 'a form that no file of the tree names')
  assert.is(project.read('dist/output/demo/hostname'), 'panel\n')
  assert.is(
    project.read('dist/output/demo/places'),
    `${'/project/dist/cache/demo/packages/post-image/tree '.repeat(2).trim()}\n`,
  )
  assert.is(project.read(`${tree}/board/acme/genimage.cfg`), GENIMAGE_CFG.replace('4M', 'SIZE'))
  assert.match(
    execFileSync('debugfs', ['-R', 'stat /etc/hostname', output('rootfs.ext2')], {
      stdio: 'pipe',
    }).toString(),
    /User:\s+7/,
  )
  assert.match(
    execFileSync('debugfs', ['-R', 'ls -p /etc/ssl', output('rootfs.ext2')], { stdio: 'pipe' }).toString(),
    'Főtanúsítvány.crt',
  )
  assert.match(project.read('dist/output/demo/names'), /etc\/ssl\/F.*tan/)
  assert.is(statSync(output('sdcard.img')).uid, UID)
})

test('a tree or a defconfig that is missing ends the build with a message that names it', async () => {
  for (const [tree, message] of [
    [{ path: './none' }, /there is no folder bsp\/demo\/none \(post_image\.tree\)/],
    [{ path: './', defconfig: 'acme' }, /there is no file bsp\/demo\/configs\/acme_defconfig/],
  ] as const) {
    project.bsp([], {
      arch: 'x86_64',
      post_image: { tree, scripts: [{ run: 'set -e', tools: ['image'] }] },
    })
    project.chown(UID, UID)
    const built = new Built(await project.start(['build', '--json', '--from', 'make_image']).ended)
    assert.is(built.code, 1, built.stdout)
    assert.match(built.stdout, message)
  }
})

test.run()
