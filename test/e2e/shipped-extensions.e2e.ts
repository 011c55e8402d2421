/** An image with all extensions that come with strux: it is built, has its other formats, boots, grows and lets a key in. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, statSync, truncateSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'

const test = suite('shipped extensions')
const key = rsaKey()
const project = kioskProject(
  { folder: 'qemu-x86_64-uefi', name: 'qemuX86_64Uefi', options: '{}' },
  {
    build: { steps: { application: false, client: false } },
    test: {
      timeout: 600,
      console: ['automatic login', 'ROOT SIZE \\d+', 'HOST KEYS [1-9]', 'SSH LOGIN root', 'PASSWORD REFUSED'],
    },
  },
  `extensions: ['grow-root', 'serial-console', 'debug-access', 'probe',
    imageFormats.with({ formats: ['qcow2', 'vmdk', 'xz', 'zst', 'bmap'] }),
    sshAccess.with({ users: [{ name: 'admin', keys: ['${key.public}'], sudo: true }] })],`,
)
test.after(() => project.dispose())

const DISK = 'dist/output/demo/disk.img'
const MORE = 512

test.before(() => {
  const bsp = project.read('bsp/demo/bsp.ts')
  project.write('bsp/demo/bsp.ts', `import { imageFormats, sshAccess } from 'strux-bsp/extensions'\n${bsp}`)
  project.write('extensions/probe/key', key.private)
  project.write(
    'extensions/probe/probe.sh',
    `function post_customize_image__install_probe() {
  install -m 600 "$EXTENSION_DIR/key" "$SDCARD/root/key"
  install -m 755 "$EXTENSION_DIR/report" "$SDCARD/usr/local/bin/report"
  install -m 644 "$EXTENSION_DIR/report.service" "$SDCARD/etc/systemd/system/report.service"
  ln -s ../report.service "$SDCARD/etc/systemd/system/multi-user.target.wants/report.service"
}
`,
  )
  project.write(
    'extensions/probe/report',
    `#!/bin/bash
echo "ROOT SIZE $(df --output=size -B1M / | tail -n 1 | tr -d ' ')"
echo "HOST KEYS $(ls /etc/ssh/ssh_host_*_key | wc -l)"
ssh="ssh -i /root/key -o StrictHostKeyChecking=no -o BatchMode=yes"
for try in 1 2 3 4 5 6; do
  if who=$($ssh admin@localhost sudo id -un); then echo "SSH LOGIN $who"; break; fi
  sleep 5
done
$ssh -o PubkeyAuthentication=no -v admin@localhost true 2>&1 | grep -q 'Permission denied (publickey)' && echo 'PASSWORD REFUSED'
`,
  )
  project.write(
    'extensions/probe/report.service',
    `[Unit]
After=grow-root.service ssh.service
[Service]
Type=oneshot
StandardOutput=journal+console
StandardError=journal+console
ExecStart=/usr/local/bin/report
`,
  )
})

test('is built, with a warning of the open image, and no host keys in it', async () => {
  const built = await project.build(['--from', 'before_build'])
  const said = ['rootfs_post', 'image'].flatMap(id => built.lines(id).slice(-20))
  assert.is(built.code, 0, `${built.said}\n${said.join('\n')}`)
  const { stdout: keys } = await project.strux(['shell', '--at', 'image'], {
    input: 'tar -tzf dist/cache/demo/rootfs-post.tar.gz | grep ssh_host_ || echo none\n',
  })
  assert.match(keys, 'none')
  const { stdout, stderr } = await project.strux(['check'])
  assert.match(stdout + stderr, 'debug-access: THIS IMAGE IS OPEN')
})

test('the other formats hold the same image', async () => {
  const { code, stdout, stderr } = await project.strux(['shell', '--at', 'image'], {
    input: `set -e
cd dist/output/demo
qemu-img check disk.img.qcow2
qemu-img compare disk.img disk.img.qcow2
qemu-img compare disk.img disk.img.vmdk
sha256sum -c disk.img.xz.sha256 disk.img.zst.sha256
xz -dc disk.img.xz | cmp - disk.img
bmaptool copy disk.img.zst /tmp/copy.img
cmp /tmp/copy.img disk.img
`,
  })
  assert.is(code, 0, stdout + stderr)
  assert.match(stdout, 'Images are identical')
})

test('boots from a larger disk: the root filesystem grows, a key opens a session, a password does not', async () => {
  const before = statSync(project.at(DISK)).size
  truncateSync(project.at(DISK), before + MORE * 2 ** 20)
  const { code, stdout, stderr } = await project.strux(['test'])
  const log = 'dist/test/demo/console.log'
  assert.is(code, 0, `${stdout}${stderr}${existsSync(project.at(log)) ? project.read(log) : ''}`)
  const [, size] = /ROOT SIZE (\d+)/.exec(project.read(log))!
  // The ESP has 128 MiB; ext4 needs some space for itself.
  assert.ok(
    Number(size) > (before / 2 ** 20 + MORE - 128) * 0.85,
    `${size} MiB of ${before / 2 ** 20 + MORE}`,
  )
})

/** The key pair as PEM, and as a line of authorized_keys. Source of the latter: RFC 4253, 6.6. */
function rsaKey(): { readonly private: string; readonly public: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { e, n } = publicKey.export({ format: 'jwk' }) as { e: string; n: string }
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  // Positive numbers begin with a zero bit.
  const number = (text: string) => {
    const bytes = Buffer.from(text, 'base64url')
    return field(bytes[0]! < 0x80 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]))
  }
  const blob = Buffer.concat([field(Buffer.from('ssh-rsa')), number(e), number(n)])
  return {
    private: privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
    public: `ssh-rsa ${blob.toString('base64')} probe`,
  }
}

test.run()
