/** Units of packages in the root filesystem, by the bash of the step; systemctl itself is only noted. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stepScript } from '../../../runtime/steps/package-files.ts'

const test = suite('units of packages')
const root = mkdtempSync(join(tmpdir(), 'strux-units-'))
test.after(() => rmSync(root, { recursive: true, force: true }))

const LIBRARY = stepScript(...['shell/start.sh', 'shell/step.sh', 'rootfs_post/source-packages.sh'])
const STARTED = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n'
const HELPER = '[Service]\nExecStart=/bin/true\n'

test('with all units, those that say what starts them go by the presets; named ones are enabled', () => {
  const files = {
    'usr/lib/systemd/system/beacon.service': ['beacon', STARTED],
    'etc/systemd/system/beacon.timer': ['beacon', STARTED],
    'usr/lib/systemd/system/beacon-helper.service': ['beacon', HELPER],
    'usr/lib/systemd/system/beacon@.service': ['beacon', STARTED],
    'usr/lib/systemd/system/console@.service': ['beacon', `${STARTED}DefaultInstance=tty1\n`],
    'usr/lib/systemd/system/other.mount.d/beacon.conf': ['beacon', STARTED],
    'usr/lib/systemd/system/named.service': ['named', STARTED],
    'usr/lib/systemd/system/not-named.service': ['named', STARTED],
  } as const
  for (const [path, [, text]] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'rootfs', path)), { recursive: true })
    writeFileSync(join(root, 'rootfs', path), text)
  }
  const alias = 'usr/lib/systemd/system/alias.service'
  symlinkSync('beacon.service', join(root, 'rootfs', alias))
  mkdirSync(join(root, 'cache/packages'), { recursive: true })
  const list = [...Object.entries(files).map(([path, [id]]) => [path, id]), [alias, 'beacon']]
  writeFileSync(
    join(root, 'cache/packages/files.list'),
    list.map(([path, id]) => `file\t${path}\t${id}\n`).join(''),
  )
  const script = `${LIBRARY}\nin_chroot() { echo "$@"; }\nenable_package_units`
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: {
      ...process.env,
      BSP_CACHE_DIR: join(root, 'cache'),
      ROOTFS_DIR: join(root, 'rootfs'),
      STEP_CONFIG: JSON.stringify({
        source_packages: { units: ['named.service'], all_units_of: ['beacon'] },
      }),
    },
  })
  assert.is(status, 0, stderr)
  assert.equal(stdout.trim().split('\n'), [
    'SYSTEMD_OFFLINE=1 systemctl --quiet enable named.service',
    'SYSTEMD_OFFLINE=1 systemctl --quiet preset beacon.service beacon.timer console@.service',
  ])
})

test.run()
