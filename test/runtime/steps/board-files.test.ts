/** The folder in which handlers put the files of their boards: what is there at first, and what of it is merged. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageFile } from '../../../runtime/steps/package-files.ts'
import { inTempFolder } from '../../support/temp-folder.ts'

/** Runs bash as the handlers do; returns all that the step printed. */
function merge(root: string, handler: string): string {
  mkdirSync(join(root, 'rootfs'))
  const surroundings = `set -e
config() { :; }; strux_publish() { :; }; warn() { echo "warning: $*"; }
lay_over() { cp -a "$1/." "$ROOTFS_DIR"; }
export BSP_CACHE_DIR=${root} STRUX_SCRATCH=${root}`
  const phases = packageFile('runtime/steps/rootfs_post/phases.sh')
  return execFileSync(
    'bash',
    ['-c', `${surroundings}\n${phases}\nopen_board_files\n${handler}\nmerge_board_files`],
    { encoding: 'utf8' },
  )
}

test('handlers find the folders of a board package; empty ones are not merged', () =>
  inTempFolder(root => {
    const said = merge(
      root,
      'echo a >"$destination/etc/leds.conf"; echo b >"$destination/etc/systemd/system/leds.service"; mkdir "$destination/srv"',
    )
    assert.is(said, '')
    for (const path of ['etc/leds.conf', 'etc/systemd/system/leds.service', 'srv'])
      assert.ok(existsSync(join(root, 'rootfs', path)), path)
    for (const path of ['etc/udev', 'lib', 'usr']) assert.not(existsSync(join(root, 'rootfs', path)), path)
  }))

test('control files of a Debian package are left out, and scripts among them are told', () =>
  inTempFolder(root => {
    const said = merge(
      root,
      'mkdir "$destination/DEBIAN"; echo /etc/a >"$destination/DEBIAN/conffiles"; echo x >"$destination/DEBIAN/postinst"',
    )
    assert.not(existsSync(join(root, 'rootfs/DEBIAN')))
    assert.match(said, /^warning: DEBIAN\/postinst in \$destination never runs: .*post_family_tweaks\n$/)
  }))

test.run()
