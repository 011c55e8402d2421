/** customizeImage: the script runs inside the root filesystem with its arguments and the overlay. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { customizeImage } from '../../../lib/index.ts'
import type { Sh } from '../../../lib/sh.ts'
import { handlerHarness } from '../../../runtime/steps/extensions/harness.ts'
import { HandlerSession } from '../../support/handler-session.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('customizeImage')
const project = new TempProject()
const session = new HandlerSession(project)
test.before(async () => {
  // A tree that a chroot works in: the container's own root filesystem.
  const { code, said } = await session.bash('mkdir -p /sdcard && mount --bind / /sdcard')
  assert.is(code, 0, said)
  project.write('userpatches/overlay/greeting', 'from the overlay')
})
test.after(async () => {
  await session.close()
  await project.dispose()
})

const { hooks } = customizeImage('./userpatches') as unknown as {
  readonly hooks: {
    readonly pre_customize_image: { readonly run: Sh }
    readonly customize_image: { readonly run: Sh; readonly depends_on: readonly string[] }
  }
}

function customize(script: string) {
  project.write('userpatches/customize-image.sh', script)
  return session.bash(handlerHarness({ text: hooks.customize_image.run.text }), {
    ...{ EXTENSION_DIR: '/project', SDCARD: '/sdcard', RELEASE: 'trixie', LINUXFAMILY: 'x86' },
    ...{ BOARD: 'lobby', BUILD_DESKTOP: 'no', ARCH: 'amd64' },
  })
}

const left = async () =>
  (await session.bash('ls -d /tmp/customize-image.sh /tmp/overlay; grep /tmp/overlay /proc/mounts')).stdout

test('arguments, overlay, and nothing left', async () => {
  const { code, stdout, stderr } = await customize(`#!/bin/bash
echo "$0 $*"
cat /tmp/overlay/greeting
touch /tmp/overlay/x 2>/dev/null || echo " read-only"
echo made >/etc/made-by-customize
`)
  assert.is(code, 0, stderr)
  assert.is(stdout, '/tmp/customize-image.sh trixie x86 lobby no amd64\nfrom the overlay read-only')
  assert.is((await session.bash('cat /sdcard/etc/made-by-customize')).stdout, 'made')
  assert.is(await left(), '')
})

test('a code other than 0 ends the handler, and nothing is left', async () => {
  const { code } = await customize('echo before\nexit 9\n')
  assert.is(code, 9)
  assert.is(await left(), '')
})

test('a failed script is reported with its own line', async () => {
  const { code, stderr } = await customize(
    '#!/bin/bash\nset -e\nfalse || true\ninstalling() {\n  (exit 7)\n}\ninstalling\n',
  )
  assert.is(code, 7)
  assert.match(stderr, 'error: project/userpatches/customize-image.sh:5: exit code 7:   (exit 7)')
  assert.is(await left(), '')
})

test('of the builder, the script sees only the settings of the network', async () => {
  const { stdout } = await customize('#!/bin/bash\nenv | cut -d= -f1 | sort | tr "\\n" " "\n')
  const allowed =
    /^(HOME|LANG|LC_ALL|PATH|PWD|SHLVL|TERM|_|.*_proxy|.*_PROXY|SSL_CERT_FILE|.*CA.*|PIP_CERT|npm_config_cafile)$/
  assert.equal(
    stdout
      .trim()
      .split(' ')
      .filter(name => !allowed.test(name)),
    [],
  )
})

test('customize-image-host.sh runs on the host side, before', async () => {
  project.write(
    'userpatches/customize-image-host.sh',
    'mkdir -p "$USERPATCHES_PATH/overlay"; echo 1 >"$SDCARD/tmp/version"\n',
  )
  const { code, stderr } = await session.bash(handlerHarness({ text: hooks.pre_customize_image.run.text }), {
    ...{ EXTENSION_DIR: '/project', SDCARD: '/sdcard' },
  })
  assert.is(code, 0, stderr)
  assert.is((await session.bash('cat /tmp/version')).stdout, '1')
})

test('a missing script is told', async () => {
  project.remove('userpatches/customize-image.sh')
  const { code, stderr } = await session.bash(handlerHarness({ text: hooks.customize_image.run.text }), {
    ...{ EXTENSION_DIR: '/project', SDCARD: '/sdcard' },
  })
  assert.is(code, 1)
  assert.match(stderr, 'there is no customize-image.sh in /project/./userpatches')
})

test('script and overlay are inputs', () => {
  assert.equal(hooks.customize_image.depends_on, ['./userpatches/{customize-image.sh,overlay/**}'])
})

test.run()
