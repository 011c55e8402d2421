/** Reading a bash extension without containers changes nothing of the machine, holds nothing up, and needs no trust in the file. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openConfinedProcess } from '../../runtime/confined/confined-process.ts'
import type { ConfinedResult } from '../../runtime/confined/confined-shell.ts'
import { TempProject } from '../support/project.ts'

const test = suite('reading changes nothing')
let project: TempProject
let outside: string

test.before.each(() => {
  project = new TempProject()
  outside = mkdtempSync(join(tmpdir(), 'strux-outside-'))
  chmodSync(outside, 0o777)
})
test.after.each(async () => {
  rmSync(outside, { recursive: true })
  await project.dispose()
})

async function run(script: string): Promise<ConfinedResult> {
  const shell = openConfinedProcess(project.root)
  try {
    return await shell.run(script, [])
  } finally {
    await shell.close()
  }
}

/** Attempts that must fail: each prints its name if it succeeds. */
const ATTEMPTS = `
try() { local name=$1; shift; if ("$@") >/dev/null 2>&1; then echo "$name"; fi; }
write() { : >"$1"; }
try root write /touched; try above write ../touched; try usr write /usr/touched; try etc write /etc/passwd
try home write "/root/touched"; try run write /run/touched; try var write /var/touched; try shm write /dev/shm/touched
try outside write OUTSIDE/touched; try project write PROJECT/touched; try link eval 'ln -s / /tmp/l && : >/tmp/l/touched'
try panic eval 'echo 1 >/proc/sys/kernel/panic_on_oops'; try sysrq eval 'echo s >/proc/sysrq-trigger'
try oom eval 'echo -5 >/proc/self/oom_score_adj'
try through_parent write /proc/1/root/touched; try parents_folder write /proc/$PPID/cwd/touched
try inherited eval 'for fd in /proc/self/fd/*; do [ -d "$fd/" ] && : >"$fd/touched" && exit 0; done; exit 1'
try mount mount -t tmpfs x /etc; try remount mount -o remount,bind,rw /usr; try umount umount /usr
try nested unshare --user --mount bash -c 'mount -o remount,bind,rw /usr && : >/usr/touched'
try nested_proc unshare --user --pid --fork --mount bash -c 'mount -t proc proc /tmp && echo 1 >/tmp/sys/kernel/panic_on_oops'
try device eval 'mknod /tmp/disk b 8 0 && head -c1 /tmp/disk'; try setuid setpriv --reuid 1 true
try network eval 'exec 3<>/dev/tcp/127.0.0.1/PORT'
try socket test -S OUTSIDE/socket; try engine test -e /var/run/docker.sock; try engine2 test -e /run/docker.sock
try kill eval 'kill -0 PID 2>/dev/null'; try tty eval ': </dev/tty'; try input read -t 1 _
try hostname hostname changed; try clock date -s 2000-01-01
grep -q 'CapEff:.*[1-9a-f]' <(sed 's/:/:/' /proc/self/status | grep CapEff | tr -d '\\t') && echo capabilities
exit 0`

test('nothing outside can be written, reached or signalled', async () => {
  const socket = join(outside, 'socket')
  const server = createServer().listen(socket)
  const port = await new Promise<number>(resolve => {
    const tcp = createServer().listen(0, '127.0.0.1', () => resolve((tcp.address() as { port: number }).port))
    tcp.unref()
  })
  try {
    const script = ATTEMPTS.replaceAll('OUTSIDE', outside)
      .replaceAll('PROJECT', project.root)
      .replaceAll('PORT', String(port))
      .replaceAll('PID', String(process.pid))
    const { stdout, stderr, exitCode } = await run(script)
    assert.is(stdout.toString(), '')
    assert.is(exitCode, 0, stderr)
    assert.equal(readdirSync(outside), ['socket'])
  } finally {
    server.close()
  }
})

test('it has an empty /tmp as working folder, dist/ of its own, and process substitution', async () => {
  const { stdout } = await run(
    `echo "$PWD|$(ls -A | grep -v ^strux-)|$(ls -A ${project.root}/dist)"; echo x >here; echo y >${project.root}/dist/y; cat <(echo z) here`,
  )
  assert.is(stdout.toString(), '/tmp||\nz\nx\n')
  assert.not(project.has('dist/y'))
})

test('a process in the background, also a daemon, neither holds the command nor lives on', async () => {
  const started = Date.now()
  const name = `sleep 30${process.pid}`
  const { exitCode } = await run(`${name} & setsid ${name} & (setsid ${name} >/dev/null 2>&1 &); echo x`)
  assert.is(exitCode, 0)
  assert.ok(Date.now() - started < 10_000)
  assert.is(spawnSync('pgrep', ['-f', `^${name}`]).status, 1)
})

test('endless output does not fill the memory, and is a failure', async () => {
  const { exitCode, stdout, stderr } = await run('head -c 100000000 /dev/zero')
  assert.is(exitCode, 1)
  assert.ok(stdout.length <= 64 * 1024 * 1024)
  assert.match(stderr, 'printed more than 64 MiB')
})

test('strux check of a project whose extension tries to write', async () => {
  const attempt = join(tmpdir(), `strux-touched-${process.pid}`)
  project.write('extensions/x.sh', `: >../touched\n: >${attempt}\nsleep 300 &\nuser_config__x() { :; }\n`)
  project.bsp([], { extensions: ['x'] })
  const started = Date.now()
  const { code, stderr } = await project.strux(['check'], { env: { STRUX_IN_CONTAINER: '1' } })
  assert.ok(Date.now() - started < 60_000)
  assert.not(existsSync(attempt))
  assert.not(existsSync('/touched'))
  assert.ok(code === 0 || stderr.includes('x.sh'), stderr)
})

test('a machine without the namespaces: the file is not read, and the message says why and what to do', async () => {
  const folder = project.at('bin')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'unshare'),
    '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2; exit 1\n',
  )
  chmodSync(join(folder, 'unshare'), 0o755)
  project.write('extensions/x.sh', `: >${join(outside, 'read')}\n`)
  project.bsp([], { extensions: ['x'] })
  const { code, stderr } = await project.strux(['check'], {
    env: { STRUX_IN_CONTAINER: '1', PATH: `${folder}:${process.env.PATH}` },
  })
  assert.is(code, 1)
  assert.match(stderr, /keep its other files safe.*unshare failed: Operation not permitted/s)
  assert.match(stderr, '--cap-add SYS_ADMIN')
  assert.not(existsSync(join(outside, 'read')))
})

test.run()
