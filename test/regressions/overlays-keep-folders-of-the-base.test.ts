/**
 * What is laid over the root filesystem leaves the owners and modes of its folders, follows its links inside it, and
 * does not depend on the umask of the checkout. By the bash of the step, in a builder container.
 */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inOneFolder, neutralModes } from '../../runtime/export/overlays.ts'
import { stepScript } from '../../runtime/steps/package-files.ts'
import { TempProject } from '../support/project.ts'

const test = suite('laid over the root filesystem')
const project = new TempProject()
project.bsp([{ id: 'a', step: 'before_build', run: 'true' }])
test.after(() => project.dispose())

/** A base with the links and modes of Debian's, and the commands that lay folders over it. */
async function laid(commands: string): Promise<string[]> {
  const library = stepScript(
    'shell/start.sh',
    'shell/step.sh',
    'shell/checkout.sh',
    'shell/inside.sh',
    'rootfs_post/lay-over.sh',
  )
  project.write(
    'lay.sh',
    `${library}
export ROOTFS_DIR=/tmp/root draft=/tmp/draft
rm -rf "$ROOTFS_DIR"
mkdir -p "$ROOTFS_DIR" "$draft"
cd "$ROOTFS_DIR"
mkdir -p usr/lib var/x etc/old tmp home/me srv
ln -s usr/lib lib
ln -s /var/x srv/x
ln -s /var/later srv/later
ln -s loop srv/loop
ln -s /etc/passwd srv/file
echo base >etc/passwd
echo base >etc/old/file
chmod 1777 tmp
chmod 2750 home/me
chown 1000:1001 home/me
chmod 755 .
cd /project
${commands}
cd "$ROOTFS_DIR" && find . -printf '/%P %M %U:%G %l\\n' | sort | sed 's/ *$//'
`,
  )
  const { code, stdout, stderr } = await project.strux(['shell', '--at', 'a'], { input: 'bash lay.sh\n' })
  assert.is(code, 0, `${stdout}${stderr}`)
  return stdout.trim().split('\n')
}

/** A checkout of the same files under a umask. */
function checkOut(folder: string, umask: number): void {
  project.remove(folder)
  const file = (path: string, mode = 0o666) => {
    const full = project.write(`${folder}/${path}`, path)
    chmodSync(full, mode & ~umask)
  }
  file('etc/motd')
  file('lib/udev/rules.d/90-x.rules')
  file('srv/x/data')
  file('srv/later/data')
  file('srv/loop/data')
  file('srv/file/data')
  file('tmp/seed')
  file('home/me/notes')
  file('usr/local/bin/tool', 0o777)
  file('etc/old')
  symlinkSync('/etc/motd', project.at(`${folder}/etc/issue`))
  for (const path of [
    '',
    'etc',
    'lib',
    'lib/udev',
    'lib/udev/rules.d',
    'srv',
    'srv/x',
    'srv/later',
    'srv/loop',
  ])
    chmodSync(join(project.at(folder), path), 0o777 & ~umask)
  for (const path of ['srv/file', 'tmp', 'home', 'home/me', 'usr', 'usr/local', 'usr/local/bin'])
    chmodSync(join(project.at(folder), path), 0o777 & ~umask)
}

test('a checkout gives the same root filesystem under every umask', async () => {
  const results: string[][] = []
  for (const umask of [0o022, 0o002, 0o077, 0o027]) {
    checkOut('overlay', umask)
    if (umask === 0o027) chmodSync(project.at('overlay'), 0o700)
    results.push(await laid('lay_checkout_over /project/overlay'))
  }
  for (const line of [
    '/ drwxr-xr-x 0:0',
    '/etc/issue lrwxrwxrwx 0:0 /etc/motd',
    '/etc/motd -rw-r--r-- 0:0',
    '/etc/old -rw-r--r-- 0:0',
    '/home/me drwxr-s--- 1000:1001',
    '/home/me/notes -rw-r--r-- 0:0',
    '/lib lrwxrwxrwx 0:0 usr/lib',
    '/srv/file drwxr-xr-x 0:0',
    '/srv/file/data -rw-r--r-- 0:0',
    '/srv/later lrwxrwxrwx 0:0 /var/later',
    '/srv/loop/data -rw-r--r-- 0:0',
    '/srv/x lrwxrwxrwx 0:0 /var/x',
    '/tmp drwxrwxrwt 0:0',
    '/usr/lib/udev/rules.d drwxr-xr-x 0:0',
    '/usr/lib/udev/rules.d/90-x.rules -rw-r--r-- 0:0',
    '/usr/local/bin/tool -rwxr-xr-x 0:0',
    '/var/later/data -rw-r--r-- 0:0',
    '/var/x/data -rw-r--r-- 0:0',
  ])
    assert.ok(results[0]!.includes(line), `${line}\n${results[0]!.join('\n')}`)
  for (const other of results.slice(1)) assert.equal(other, results[0])
})

test('what an author has restricted or marked stays so', async () => {
  project.remove('overlay')
  for (const [path, mode] of [
    ['etc/wireguard/wg0.conf', 0o600],
    ['etc/sudoers.d/me', 0o440],
    ['usr/bin/su', 0o4755],
    ['var/spool/in/x', 0o664],
  ] as const)
    chmodSync(project.write(`overlay/${path}`, path), mode)
  chmodSync(project.at('overlay/etc/wireguard'), 0o700)
  chmodSync(project.at('overlay/var/spool/in'), 0o3777)
  const found = await laid('lay_checkout_over /project/overlay')
  for (const line of [
    '/etc/wireguard drwx------ 0:0',
    '/etc/wireguard/wg0.conf -rw------- 0:0',
    '/etc/sudoers.d/me -r--r----- 0:0',
    '/usr/bin/su -rwsr-xr-x 0:0',
    '/var/spool/in drwxrwsrwt 0:0',
    '/var/spool/in/x -rw-rw-r-- 0:0',
  ])
    assert.ok(found.includes(line), `${line}\n${found.join('\n')}`)
})

test('a later overlay wins over an earlier one; a link replaces a folder, and a folder goes where a link leads', async () => {
  project.write('first/opt/app/old', 'first')
  project.write('first/opt/x', 'first')
  mkdirSync(project.at('second/opt'), { recursive: true })
  symlinkSync('/var/app', project.at('second/opt/app'))
  project.write('third/opt/app/new', 'third')
  project.write('third/opt/x', 'third')
  const found = await laid(
    'for each in first second third; do lay_checkout_over /project/$each; done; cat "$ROOTFS_DIR/opt/x"; echo',
  )
  assert.ok(found.includes('third'))
  assert.ok(found.includes('/opt/app lrwxrwxrwx 0:0 /var/app'))
  assert.ok(found.includes('/var/app/new -rw-r--r-- 0:0'))
  assert.not(found.some(line => line.startsWith('/opt/app/')))
})

test('files of packages keep modes, owners and hard links, and folders of the base stay', async () => {
  const found =
    await laid(`mkdir -p /tmp/files/{tmp,srv/x,opt/p} && chmod 700 /tmp/files /tmp/files/tmp && chmod 2775 /tmp/files/opt/p
echo a >/tmp/files/opt/p/a && ln /tmp/files/opt/p/a /tmp/files/srv/x/b && chmod 4711 /tmp/files/opt/p/a && chown 5:6 /tmp/files/opt/p
lay_over /tmp/files
stat -c 'links %h' "$ROOTFS_DIR/var/x/b"`)
  for (const line of [
    'links 2',
    '/ drwxr-xr-x 0:0',
    '/tmp drwxrwxrwt 0:0',
    '/opt/p drwxrwsr-x 5:6',
    '/opt/p/a -rws--x--x 0:0',
    '/var/x/b -rws--x--x 0:0',
  ])
    assert.ok(found.includes(line), `${line}\n${found.join('\n')}`)
})

test('overlays that an export combines have the same modes', () => {
  const entry = (path: string, mode: number, kind: 'folder' | 'text') =>
    [path, { content: kind === 'folder' ? { kind } : { kind, text: '' }, mode }] as const
  const modes = (all: readonly (readonly [string, { mode: number }])[]) =>
    all.map(([path, { mode }]) => `${path} ${mode.toString(8)}`)
  for (const umask of [0o022, 0o002, 0o077])
    assert.equal(
      modes(
        neutralModes([
          entry('etc', 0o777 & ~umask, 'folder'),
          entry('etc/a', 0o666 & ~umask, 'text'),
          entry('b', 0o777 & ~umask, 'text'),
          entry('spool', 0o1777, 'folder'),
        ]),
      ),
      ['etc 755', 'etc/a 644', 'b 755', 'spool 1777'],
    )
  const combined = inOneFolder([
    [entry('etc', 0o755, 'folder'), entry('etc/key', 0o600, 'text'), entry('own', 0o700, 'folder')],
    [entry('etc', 0o755, 'folder'), entry('own', 0o755, 'folder')],
  ])
  assert.equal(modes(combined), ['etc/key 600', 'own 700'])
})

test.run()
