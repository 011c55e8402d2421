/** Scripts of the project (`rootfs_post`) change a real, small root filesystem: a bash with its libraries. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('rootfs')
const TARBALL = 'dist/cache/demo/rootfs-post.tar.gz'
const BRAND = 'rootfs_post:./scripts/brand.sh'
const EDITION = 'edition'
let project: TempProject
let small: Buffer

/** bash, its libraries, an odd owner, a setuid file, a device, a capability-less symlink. */
const MAKE_ROOTFS = `set -e
tree=$(mktemp -d)
mkdir -p "$tree"/{bin,etc,dev,tmp,root}
for file in "$(command -v bash)" $(ldd "$(command -v bash)" | grep -o '/[^ ]*'); do
  mkdir -p "$tree$(dirname "$file")"
  cp -L "$file" "$tree$file"
done
[ -e "$tree/bin/bash" ] || cp -L "$(command -v bash)" "$tree/bin/bash"
echo 'NAME=small' >"$tree/etc/os-release"
touch "$tree/root/suid" "$tree/root/owned" "$tree/etc/.updated"
chmod 4755 "$tree/root/suid"
chown 123:456 "$tree/root/owned"
mknod "$tree/dev/zero" c 1 5
ln -s owned "$tree/root/link"
tar --numeric-owner -czf "$1" -C "$tree" .
rm -rf "$tree"
`

test.before(() => {
  const file = `${process.env.TMPDIR ?? '/tmp'}/strux-small-rootfs-${process.pid}.tar.gz`
  execFileSync('bash', ['-c', MAKE_ROOTFS, 'bash', file])
  small = readFileSync(file)
  rmSync(file)
})

test.before.each(() => {
  project = new TempProject()
  project.bsp([])
  project.write('files/motd', 'welcome\n')
  project.write(
    'scripts/brand.sh',
    `set -e
progress "branding $BSP_NAME"
strux_progress_bar half 50
strux_progress_bar most 75%
echo "$STEP $ROOTFS_DIR $0"
strux_install_file "$PROJECT_FOLDER/files/motd" /etc/issue.d/motd
strux_install_file "$PROJECT_FOLDER/files/motd" /usr/bin/tool 0755
echo branded >>"$ROOTFS_DIR/etc/log"
run_in_chroot /bin/bash -c 'echo "in chroot as $UID: $(</etc/os-release)"; [ -e /proc/self/status ] && [ -c /dev/null ] && echo mounted; echo written >/etc/from-chroot'
run_in_chroot 'for word in one "two three"; do echo "line: $word"; done && echo $((6 * 7)) >/etc/from-line'
strux_chroot /bin/bash -c 'echo "words: $1"' bash 'a b'
`,
  )
  project.config({
    scripts: [
      { location: './scripts/brand.sh', depends_on: ['./files/motd'] },
      {
        id: EDITION,
        step: 'rootfs_post',
        run: 'echo edition >>"$ROOTFS_DIR/etc/log"; [ ! -e dist/fail ] || exit 11',
      },
    ],
  })
  project.write(TARBALL, small)
})
test.after.each(() => project.dispose())

const build = () => project.strux(['build', '--json', '--from', BRAND, '--until', EDITION])
const inTarball = (path: string) =>
  execFileSync('tar', ['-xzOf', project.at(TARBALL), `./${path}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString()
/** Name, mode and owner of everything. */
const listing = () =>
  execFileSync('tar', ['--numeric-owner', '-tvzf', project.at(TARBALL)])
    .toString()
    .trim()
    .split('\n')
    .map(line => line.replace(/ +\d{4}-\d\d-\d\d \d\d:\d\d/, ''))
const sha256 = () =>
  createHash('sha256')
    .update(readFileSync(project.at(TARBALL)))
    .digest('hex')

test('the scripts change it, and everything else stays as it was', async () => {
  const before = listing()
  const { code, stdout, stderr } = await build()
  assert.is(code, 0, `${stdout}${stderr}`)
  assert.match(stdout, '"message":"branding demo"')
  assert.match(stdout, '"message":"half","percent":50')
  assert.match(stdout, '"message":"most","percent":75')
  assert.match(stdout, '"line":"line: two three"')
  assert.match(stdout, '"line":"words: a b"')
  assert.is(inTarball('etc/from-line'), '42\n')
  assert.match(stdout, 'rootfs_post /tmp/rootfs /project/scripts/brand.sh')
  assert.match(stdout, 'in chroot as 0: NAME=small')
  assert.match(stdout, '"line":"mounted"')
  assert.is(inTarball('etc/issue.d/motd'), 'welcome\n')
  assert.is(inTarball('etc/from-chroot'), 'written\n')
  assert.is(inTarball('etc/log'), 'branded\nedition\n')
  const after = listing()
  const mode = (name: string) =>
    after
      .find(line => line.endsWith(` ./${name}`))
      ?.split(/ +/)
      .slice(0, 2)
      .join(' ')
  assert.is(mode('etc/issue.d/motd'), '-rw-r--r-- 0/0')
  assert.is(mode('usr/bin/tool'), '-rwxr-xr-x 0/0')
  assert.is(mode('root/suid'), '-rwsr-xr-x 0/0')
  assert.is(mode('root/owned'), '-rw-r--r-- 123/456')
  const files = before.filter(line => !line.startsWith('d'))
  const gone = files.filter(line => !after.includes(line)).map(line => line.split(' ').at(-1))
  assert.equal(gone, ['./etc/.updated'], 'but the device looks what has changed at its first start')
  assert.equal(
    after.filter(
      line => / \.\/(proc|sys|dev)\/./.test(line) && !before.includes(line) && !line.startsWith('d'),
    ),
    [],
    'nothing of the mounts is in it',
  )
})

test('two builds give the same bytes, whenever they are made', async () => {
  assert.is((await build()).code, 0)
  const first = sha256()
  const times = execFileSync('tar', ['--full-time', '--utc', '-tvzf', project.at(TARBALL)]).toString()
  assert.match(times, /2025-01-01 00:00:00 +\.\/etc\/log/)
  project.write(TARBALL, small)
  project.remove('dist/cache/demo/.build-cache.json')
  // Times of tar are whole seconds.
  await new Promise(resolve => setTimeout(resolve, 1100))
  assert.is((await build()).code, 0)
  assert.is(sha256(), first)
})

test('each change is in it exactly once, whatever runs again', async () => {
  assert.is((await build()).code, 0)
  for (const motd of ['hello\n', 'goodbye\n']) {
    project.write('files/motd', motd)
    const { code, stderr } = await build()
    assert.is(code, 0, stderr)
    assert.is(inTarball('etc/issue.d/motd'), motd)
    assert.is(inTarball('etc/log'), 'branded\nedition\n')
  }
})

test('a script that fails leaves the tarball as it was, and the next build is right', async () => {
  project.write('dist/fail', '')
  const { code, stderr } = await build()
  assert.is(code, 11, stderr)
  assert.is(inTarball('etc/log'), 'branded\n')
  const untouched = sha256()
  assert.is((await project.strux(['build', '--only', EDITION])).code, 11)
  assert.is(inTarball('etc/log'), 'branded\n')
  project.remove('dist/fail')
  assert.is((await build()).code, 0)
  assert.is(inTarball('etc/log'), 'branded\nedition\n')
  assert.not.equal(sha256(), untouched)
})

test('the first script fails on a fresh tarball: not a byte of it changes', async () => {
  const untouched = sha256()
  project.write(
    'scripts/brand.sh',
    'echo broken >"$ROOTFS_DIR/etc/os-release"; false; echo still here; exit 12\n',
  )
  const { code } = await build()
  assert.is(code, 12)
  assert.is(sha256(), untouched)
})

test('without a tarball: a message that says which', async () => {
  project.remove(TARBALL)
  const { code, stderr } = await project.strux(['build', '--only', BRAND])
  assert.is(code, 1)
  assert.match(stderr, 'there is no /project/dist/cache/demo/rootfs-post.tar.gz to change')
})

test.run()
