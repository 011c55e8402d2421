/** What is learned from this machine's files: certificates, proxies, mirrors, capabilities, notes of earlier builds. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mayHaveOrphanedLoops } from '../../../runtime/execute/containers/loop-devices.ts'
import { checkNode } from '../../../runtime/execute/doctor/doctor.ts'
import { removeStalePidFile } from '../../../runtime/execute/doctor/install-engine.ts'
import { BUNDLE_IN_CONTAINER, hostTrust, proxyVariables } from '../../../runtime/execute/engine/host-trust.ts'
import {
  GrantMemory,
  lackingCapabilities,
  refusedPrivileges,
} from '../../../runtime/execute/engine/privileges.ts'
import { chosenMirror, machineMirror, sourceLines } from '../../../runtime/execute/images/apt-sources.ts'
import { abandonedNotes, forgetUnclaimed, noteUnclaimed } from '../../../runtime/execute/ownership/notes.ts'

const test = suite('surroundings')
let folder: string

test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'strux-surroundings-'))
})
test.after.each(() => rmSync(folder, { recursive: true }))

function put(name: string, text: string): string {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('the bundle in containers: the machine’s, and additional authorities after it', () => {
  const system = put('system.crt', 'SYSTEM')
  const extra = put('extra.crt', 'EXTRA\n')
  const state = join(folder, 'state')
  const trust = hostTrust({ NODE_EXTRA_CA_CERTS: extra }, state, [join(folder, 'none'), system])
  assert.is(readFileSync(join(state, 'host-ca.crt'), 'utf8'), 'SYSTEM\nEXTRA\n')
  assert.equal(trust.binds, [`${join(state, 'host-ca.crt')}:${BUNDLE_IN_CONTAINER}:ro`])
  assert.is(trust.env.SSL_CERT_FILE, BUNDLE_IN_CONTAINER)
  assert.is(trust.env.npm_config_cafile, BUNDLE_IN_CONTAINER)
  symlinkSync(system, join(folder, 'link.crt'))
  hostTrust({ NODE_EXTRA_CA_CERTS: join(folder, 'link.crt'), SSL_CERT_FILE: system }, state, [])
  assert.is(readFileSync(join(state, 'host-ca.crt'), 'utf8'), 'SYSTEM\n')
  assert.equal(hostTrust({}, state, []), { env: {}, binds: [] })
})

test('proxies in both spellings, empty ones not at all', () => {
  assert.equal(proxyVariables({ HTTPS_PROXY: 'http://p:1', no_proxy: 'a,b', http_proxy: '' }), {
    https_proxy: 'http://p:1',
    HTTPS_PROXY: 'http://p:1',
    no_proxy: 'a,b',
    NO_PROXY: 'a,b',
  })
})

test('the Debian mirror is read from both formats, and vendors’ repositories are not mistaken for it', async () => {
  put('apt/sources.list.d/aaa.list', 'deb [arch=amd64] https://vendor.example/linux/debian bookworm stable\n')
  put(
    'apt/sources.list.d/vendor.list',
    'deb [signed-by=/k/vendor.gpg] https://vendor.example/debian bookworm main\n',
  )
  assert.is(machineMirror(join(folder, 'apt')), undefined)
  put(
    'apt/sources.list',
    '# deb http://old.example/debian trixie main\ndeb http://list.example/debian/ trixie main contrib\n',
  )
  assert.equal(machineMirror(join(folder, 'apt')), { main: 'http://list.example/debian' })
  const paragraphs = `Types: deb
# http://snapshot.example/archive/debian/20250101T000000Z
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm bookworm-updates
Components: main
`
  put('apt/sources.list.d/debian.sources', paragraphs)
  const mirror = { main: 'http://mirror.example/debian', security: 'http://mirror.example/debian-security' }
  assert.equal(machineMirror(join(folder, 'apt')), mirror)
  assert.equal(await chosenMirror('http://mirror.example/debian/', mirror), mirror)
  assert.equal(sourceLines(mirror, 'trixie'), [
    'deb http://mirror.example/debian trixie main',
    'deb http://mirror.example/debian trixie-updates main',
    'deb http://mirror.example/debian-security trixie-security main',
  ])
  assert.is(sourceLines(mirror, 'sid').length, 1)
})

test('capabilities that this machine lacks are left out', () => {
  assert.equal(lackingCapabilities('CapBnd:\t000001fffeffffff\n'), ['SYS_RESOURCE'])
  assert.equal(lackingCapabilities('CapBnd:\t000001fffcffffff\n'), ['SYS_RESOURCE', 'SYS_TIME'].slice(0, 2))
  assert.equal(lackingCapabilities('CapBnd:\t000001ffffffffff\n'), ['SYS_RESOURCE'])
  assert.equal(lackingCapabilities(''), ['SYS_RESOURCE'])
})

test('refusals for want of privileges are told from other failures', () => {
  assert.ok(
    refusedPrivileges('OCI runtime create failed: unable to apply caps: operation not permitted: unknown'),
  )
  assert.ok(refusedPrivileges('authorization denied: privileged containers are not allowed'))
  assert.not.ok(refusedPrivileges('no such image: x'))
  assert.not.ok(refusedPrivileges('no space left on device'))
})

test('what an engine granted is remembered for it alone; a damaged file is no obstacle', () => {
  const file = put('engine.json', '{')
  const memory = new GrantMemory(file)
  assert.is(memory.recall('engine-a'), undefined)
  memory.remember('engine-a', 'capabilities')
  assert.is(memory.recall('engine-a'), 'capabilities')
  assert.is(memory.recall('engine-b'), undefined)
  writeFileSync(file, JSON.stringify({ 'engine-c': 'plain', 'engine-d': 'everything' }))
  assert.is(memory.recall('engine-c'), 'plain')
  assert.is(memory.recall('engine-d'), undefined)
})

test('notes: one’s own BSP always, others only when their process is gone', () => {
  const since = new Date('2026-01-01T00:00:00Z')
  assert.equal(abandonedNotes(join(folder, 'none'), 'a'), [])
  noteUnclaimed(folder, { bsp: 'a', since, pid: process.pid })
  noteUnclaimed(folder, { bsp: 'b/ü', since, pid: 1 })
  noteUnclaimed(folder, { bsp: 'c', since, pid: 2 })
  const names = abandonedNotes(folder, 'a', pid => pid === 2).map(({ bsp }) => bsp)
  assert.equal(names.sort(), ['a', 'b/ü'])
  assert.equal(abandonedNotes(folder, 'a', () => true)[0]?.since, since)
  writeFileSync(join(folder, readdirSync(folder).find(name => name.includes('-c.'))!), 'damaged')
  assert.equal(
    abandonedNotes(folder, 'z')
      .map(({ bsp }) => bsp)
      .includes('c'),
    true,
  )
  forgetUnclaimed(folder, 'b/ü')
  assert.is(readdirSync(folder).length, 2)
})

test('loop devices of a dead container are suspected, others not', () => {
  put('project/dist/a.img', '')
  put('sys/loop0/loop/backing_file', '/project/dist/a.img\n')
  put('sys/loop1/loop/backing_file', '/elsewhere/dist/a.img\n')
  put('sys/sda/size', '1')
  const project = join(folder, 'project')
  assert.not.ok(mayHaveOrphanedLoops(project, join(folder, 'sys')))
  put('sys/loop2/loop/backing_file', '/dist/a.img\n')
  assert.ok(mayHaveOrphanedLoops(project, join(folder, 'sys')))
})

test('doctor: an old Node is no good; a stale pid file goes, a live one stays', () => {
  assert.is(checkNode('18.19.0').ok, 'no')
  assert.is(checkNode('20.1.0').ok, 'yes')
  const file = put('docker.pid', '999999999')
  removeStalePidFile(file)
  assert.not.ok(existsSync(file))
  put('docker.pid', `${process.pid}\n`)
  removeStalePidFile(file)
  assert.ok(existsSync(file))
})

test.run()
