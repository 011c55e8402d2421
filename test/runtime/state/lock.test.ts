import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { acquireLock, Claims, type Holder, type Lock } from '../../../runtime/state/lock.ts'
import { thisProcess } from '../../../runtime/state/process-identity.ts'
import { inTempFolder, write } from '../../support/temp-folder.ts'

const HOLDER = fileURLToPath(new URL('../../support/lock-holder.ts', import.meta.url))

interface Contender {
  readonly child: ChildProcess
  readonly said: () => string
  /** Resolves when it has said `text`. */
  readonly until: (text: string) => Promise<void>
  readonly ended: Promise<number | null>
}

function contend(folder: string, hold: number, rounds = 1, mode = ''): Contender {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      HOLDER,
      join(folder, 'lock'),
      join(folder, 'journal'),
      String(hold),
      String(rounds),
      mode,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    said += text
  })
  const until = async (text: string) => {
    while (!said.includes(text)) await once(child.stdout, 'data')
  }
  return { child, said: () => said, until, ended: once(child, 'close').then(([code]) => code) }
}

function take(
  folder: string,
  options: { noWait?: boolean; waiting?: (holder: Holder) => void } = {},
): Promise<Lock> {
  return acquireLock(join(folder, 'lock'), {
    what: 'BSP demo',
    command: 'strux build demo',
    noWait: options.noWait ?? true,
    signal: AbortSignal.timeout(20_000),
    waiting: options.waiting ?? (() => {}),
  })
}

function leaveClaim(folder: string, claim: Partial<Holder>, touched = 0): void {
  const holder = {
    ...thisProcess(),
    host: hostname(),
    command: 'strux build old',
    since: 'then',
    ...claim,
  }
  const file = join(folder, 'lock/1-1-1-x.claim')
  write(file, JSON.stringify(holder))
  const time = new Date(Date.now() - touched)
  utimesSync(file, time, time)
}

test('a lock is held until it is released, and leaves nothing behind', () =>
  inTempFolder(async folder => {
    const lock = await take(folder)
    try {
      await take(folder)
      assert.unreachable()
    } catch (error) {
      assert.match(
        (error as Error).message,
        /BSP demo is in use by strux build demo \(process \d+ on .*, since 20/,
      )
      assert.match((error as { hint: string }).hint, '--no-wait')
    }
    lock.release()
    const next = await take(folder)
    next.release()
    assert.equal(readdirSync(join(folder, 'lock')), [])
  }))

test('a second process waits, says once for whom, and goes on when the first is done', () =>
  inTempFolder(async folder => {
    const first = contend(folder, 3000)
    await first.until('holds')
    const second = contend(folder, 0)
    assert.equal(await Promise.all([first.ended, second.ended]), [0, 0])
    assert.is(second.said().match(/waiting for/g)?.length, 1)
    assert.match(
      second.said(),
      `waiting for strux build demo-${first.child.pid} (process ${first.child.pid} on`,
    )
    const [a, b] = [first.child.pid, second.child.pid]
    assert.is(readFileSync(join(folder, 'journal'), 'utf8'), `in ${a}\nout ${a}\nin ${b}\nout ${b}\n`)
  }))

test('with --no-wait a second process fails and says who holds it', () =>
  inTempFolder(async folder => {
    const first = contend(folder, 1500)
    await first.until('holds')
    const second = contend(folder, 0, 1, 'no-wait')
    assert.is(await second.ended, 1)
    assert.match(second.said(), `error: BSP demo is in use by strux build demo-${first.child.pid}`)
    await first.ended
  }))

test('the lock of a process that was killed is free at once', () =>
  inTempFolder(async folder => {
    const first = contend(folder, 60_000)
    await first.until('holds')
    first.child.kill('SIGKILL')
    await first.ended
    const started = Date.now()
    const lock = await take(folder, { waiting: () => assert.unreachable('it waited') })
    assert.ok(Date.now() - started < 500)
    lock.release()
  }))

test('of many that come at once no two hold it together', () =>
  inTempFolder(async folder => {
    const many = Array.from({ length: 6 }, () => contend(folder, 5, 8))
    assert.equal(await Promise.all(many.map(each => each.ended)), [0, 0, 0, 0, 0, 0])
    const lines = readFileSync(join(folder, 'journal'), 'utf8').trim().split('\n')
    assert.is(lines.length, 6 * 8 * 2)
    for (let n = 0; n < lines.length; n += 2) {
      assert.match(lines[n]!, /^in /)
      assert.is(lines[n + 1], lines[n]!.replace('in', 'out'))
    }
  }))

test('whoever has the pid now of one that held it does not hold it', () =>
  inTempFolder(async folder => {
    leaveClaim(folder, { started: '1' })
    const lock = await take(folder)
    lock.release()
  }))

test('a claim of another machine holds while it is touched, and no longer', () =>
  inTempFolder(async folder => {
    leaveClaim(folder, { host: 'elsewhere', place: 'elsewhere' }, 10_000)
    try {
      await take(folder)
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, 'on elsewhere')
    }
    leaveClaim(folder, { host: 'elsewhere', place: 'elsewhere' }, 40_000)
    const lock = await take(folder)
    lock.release()
  }))

test('a claim from the future, left by a clock that was put back, is watched', () =>
  inTempFolder(folder => {
    leaveClaim(folder, { place: 'elsewhere' }, -3_600_000)
    const { now } = performance
    try {
      const claims = new Claims(join(folder, 'lock'))
      assert.is(claims.live().length, 1)
      performance.now = () => now.call(performance) + 29_000
      assert.is(claims.live().length, 1)
      performance.now = () => now.call(performance) + 31_000
      assert.is(claims.live().length, 0)
    } finally {
      performance.now = now
    }
  }))

test('a folder that vanishes while somebody waits is no error', () =>
  inTempFolder(async folder => {
    const first = await take(folder)
    const waiting = take(folder, {
      noWait: false,
      waiting: () => setTimeout(() => rmSync(join(folder, 'lock'), { recursive: true }), 50),
    })
    const second = await waiting
    first.release()
    assert.is(readdirSync(join(folder, 'lock')).length, 1)
    second.release()
  }))

test('a claim that cannot be read, and one that was never finished, stop nobody', () =>
  inTempFolder(async folder => {
    mkdirSync(join(folder, 'lock'))
    for (const [n, text] of ['', '{', 'null', '[]', '{}'].entries())
      writeFileSync(join(folder, `lock/1-1-${n}-x.claim`), text)
    writeFileSync(join(folder, 'lock/1-1-9-x.claim.tmp'), '')
    const lock = await take(folder)
    lock.release()
  }))

test('who waits can be called off', () =>
  inTempFolder(async folder => {
    const lock = await take(folder)
    const controller = new AbortController()
    const waiting = acquireLock(join(folder, 'lock'), {
      what: 'x',
      command: 'x',
      noWait: false,
      signal: controller.signal,
      waiting: () => controller.abort(),
    })
    try {
      await waiting
      assert.unreachable()
    } catch (error) {
      assert.is((error as Error).name, 'AbortError')
    }
    lock.release()
  }))

test.run()
