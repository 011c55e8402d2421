/** Post-image scripts of a user who is not root, in one build. The tests are root, to become that user. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('post-image scripts')
const UID = 12345
const FOLDERS = 'BR2_CONFIG HOST_DIR STAGING_DIR TARGET_DIR BUILD_DIR BINARIES_DIR CONFIG_DIR BASE_DIR'.split(
  ' ',
)
let project: TempProject

test.before(() => assert.is(process.getuid?.(), 0, 'these tests become another user, which takes root'))
test.before.each(() => {
  project = new TempProject()
  project.defaults = {
    uid: UID,
    gid: statSync('/var/run/docker.sock').gid,
    env: { HOME: project.root, XDG_CACHE_HOME: '/nonexistent' },
  }
})
test.after.each(() => project.dispose())

/** Appends a line that tells how the script was called. */
const RECORD = `printf '%s|' "$0" "$(id -u)" "$PWD" "$@" >>"$BINARIES_DIR/calls"; echo >>"$BINARIES_DIR/calls"`

test('all images exist, and each script gets its folder, its arguments and the eight variables, as the user', async () => {
  project.write(
    'board/first.sh',
    `#!/bin/sh
set -e
${RECORD}
test -s "$BINARIES_DIR/disk.img"
# No privileges: neither root's files nor mounts.
if mount -t tmpfs none /mnt 2>/dev/null || echo x 2>/dev/null >/etc/own; then exit 9; fi
grep -q '^CapEff:[[:space:]]*0000000000000000$' /proc/self/status
for name in ${FOLDERS.join(' ')}; do eval "test -e \\"\\$$name\\"" || { echo "$name is missing"; exit 8; }; done
echo 'echo tool' >"$HOST_DIR/bin/board-tool"; chmod +x "$HOST_DIR/bin/board-tool"
cp "$TARGET_DIR/etc/hostname" "$BINARIES_DIR/hostname"
grep -q '^BR2_.*=y$' "$BR2_CONFIG"
`,
    0o755,
  )
  project.write(
    'bsp/demo/second.py',
    '#!/usr/bin/env python3\nimport os, sys\nopen(os.environ["BINARIES_DIR"] + "/calls", "a").write("python|" + "|".join(sys.argv[2:]) + "\\n")\n',
    0o755,
  )
  project.bsp(
    [{ step: 'make_image', run: 'set -e; sleep 1; echo image >"$PROJECT_DIST_OUTPUT_FOLDER/disk.img"' }],
    {
      post_image: {
        args: ['shared', "it's two words; $HOME"],
        image_args: ['-c', 'image only'],
        scripts: [
          'board/first.sh',
          { location: './second.py', args: ['own'] },
          { id: 'inline', run: `set -e; ${RECORD}; board-tool >"$BINARIES_DIR/tool"`, cwd: './' },
          { id: 'here', run: `set -e; ${RECORD}; test -z "\${STRUX_IN_CONTAINER:-}"`, runs_in: 'host' },
        ],
      },
    },
  )
  // A finished root filesystem.
  const folder = `${project.root}/dist/cache/demo`
  mkdirSync(`${folder}/root/etc`, { recursive: true })
  project.write('dist/cache/demo/root/etc/hostname', 'panel\n')
  execFileSync('tar', ['-czf', `${folder}/rootfs-post.tar.gz`, '-C', `${folder}/root`, '.'])
  project.chown(UID, UID)

  const built = new Built(await project.start(['build', '--json', '--from', 'make_image']).ended)
  assert.is(built.code, 0, built.stdout)
  const images = '/project/dist/output/demo'
  const shared = `shared|it's two words; $HOME|-c|image only`
  assert.equal(project.read('dist/output/demo/calls').trim().split('\n'), [
    `/project/board/first.sh|${UID}|/project|${images}|${shared}|`,
    `python|${shared}|own`,
    `post_image|${UID}|/project/bsp/demo|${images}|${shared}|`,
    `post_image|${UID}|${project.root}|${project.root}/dist/output/demo|${shared}|`,
  ])
  assert.is(project.read('dist/output/demo/hostname'), 'panel\n')
  assert.is(project.read('dist/output/demo/tool'), 'tool\n')
  assert.is(statSync(project.at('dist/output/demo/calls')).uid, UID)
})

test('a script that fails ends the build with its code, and later scripts do not run', async () => {
  project.bsp([], {
    post_image: {
      scripts: [
        { id: 'bad', run: 'set -e; (exit 7)' },
        { id: 'late', run: 'set -e' },
      ],
    },
  })
  project.chown(UID, UID)
  const built = new Built(await project.start(['build', '--json', '--from', 'make_image']).ended)
  assert.is(built.code, 7)
  assert.not.match(built.stdout, /"node_started","id":"late"/)
})

test.run()
