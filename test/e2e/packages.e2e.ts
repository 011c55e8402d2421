/** Source packages, their last hooks and whole-image scripts in a real root filesystem, in their order. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('source packages in a root filesystem')
const project = new TempProject()
test.after(() => project.dispose())

const note = (words: string) => `echo ${words} >>"$TARGET_DIR/order"`

test('files, users, permissions, units and libraries arrive; hooks and scripts run in their order', async () => {
  project.config({ build: { steps: { application: false } } })
  project.write(
    'packages/crypt/src/main.c',
    '#include <zlib.h>\nint main(void) { return zlibVersion()[0] == 0; }\n',
  )
  project.write(
    'packages/crypt/src/crypt.service',
    '[Service]\nExecStart=/usr/bin/crypt\n[Install]\nWantedBy=multi-user.target\n',
  )
  project.write(
    'packages/crypt/package.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'crypt', site: './src', dependencies: ['deb:zlib1g-dev'], units: ['crypt.service'],
  users: [{ name: 'crypt', groups: ['tty'] }, { name: 'fixed', uid: 250, gid: 251, home: '/var/lib/fixed' }],
  permissions: [
    { path: '/usr/bin/crypt', mode: '4750', group: 'crypt', capabilities: 'cap_net_raw,cap_net_admin+ep' },
    { path: '/srv/crypt/', mode: '0700', owner: 'crypt' },
  ],
  commands: {
    build: sh\`$CC $CFLAGS main.c -o crypt -lz\`,
    install_target: sh\`install -D crypt "$TARGET_DIR/usr/bin/crypt"; install -D -m 644 crypt.service "$TARGET_DIR/usr/lib/systemd/system/crypt.service"\`,
  },
  hooks: { target_finalize: [sh\`test -x "$TARGET_DIR/usr/bin/crypt"; ${note('finalize 1')}\`, sh\`${note('finalize 2')}\`] },
})
`,
  )
  project.write('bsp/demo/overlay/order', 'overlay\n')
  project.write(
    'board/post-build.sh',
    `#!/bin/sh\nset -e\ntest "$1" = "$TARGET_DIR"\n${note('post_build "$2"')}\n`,
    0o755,
  )
  project.bsp([], {
    rootfs: { overlay: './overlay' },
    packages: ['crypt'],
    target_finalize: `cat "$TARGET_DIR/order" >"$TARGET_DIR/finalized"; test -z "\${NAME-}"; test -d "$HOST_DIR"`,
    post_build: ['board/post-build.sh'],
    post_fakeroot: [
      {
        run: `set -e; ${note('post_fakeroot "$2" "$3"')}; chown 1234:1234 "$TARGET_DIR/order"`,
        args: ['own'],
      },
    ],
    post_image: { args: ['shared'] },
  })
  const built = await project.build(['--until', 'rootfs_post', '--from', 'before_build'], {
    timeout: 1_200_000,
  })
  assert.is(built.code, 0, built.stdout.slice(-4000))
  const archive = project.at('dist/cache/demo/rootfs-post.tar.gz')
  const tar = (...args: string[]) => execFileSync('tar', [...args], { encoding: 'utf8', maxBuffer: 1e8 })
  // The overlay takes the place of what the hooks wrote before it.
  assert.is(tar('-xzOf', archive, './order'), 'overlay\npost_build shared\npost_fakeroot shared own\n')
  // The BSP's hook comes after those of packages.
  assert.is(tar('-xzOf', archive, './finalized'), 'finalize 1\nfinalize 2\n')
  const listed = tar('-tvzf', archive, '--numeric-owner')
  assert.match(listed, /-rw-r--r-- 1234\/1234 .* \.\/order\n/)
  assert.match(listed, /-rwsr-x--- 0\/\d+ .* \.\/usr\/bin\/crypt\n/)
  assert.match(listed, /drwx------ \d+\/0 .* \.\/srv\/crypt\/\n/)
  assert.match(listed, /drwxr-xr-x 250\/251 .* \.\/var\/lib\/fixed\/\n/)
  // Bits 12 and 13, effective and permitted.
  const attributes = tar('--xattrs', '--xattrs-include=*', '-tvvzf', archive, './usr/bin/crypt')
  assert.match(attributes, /security\.capability/)
  assert.match(listed, /multi-user\.target\.wants\/crypt\.service -> /)
  assert.match(listed, /\/libz\.so\.1 -> /)
  assert.match(
    tar('-xzOf', archive, './etc/passwd'),
    /^crypt:x:\d+:\d+::\/nonexistent:\/usr\/sbin\/nologin$/m,
  )
  assert.match(tar('-xzOf', archive, './etc/group'), /^tty:.*crypt/m)
  assert.match(built.stdout, />>> crypt target_finalize/)
})

test.run()
