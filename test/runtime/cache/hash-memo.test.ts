import { createHash } from 'node:crypto'
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HashMemo, hashText } from '../../../runtime/cache/hash-memo.ts'
import { inTempFolder, write } from '../../support/temp-folder.ts'

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
/** Longer than the clock's tick, after which a memory may be believed. */
const SETTLED = 80

test('SHA-256 as the standard has it', async () => {
  assert.is(hashText(''), EMPTY)
  assert.is(hashText('abc'), ABC)
  await inTempFolder(async folder => {
    const memo = new HashMemo(join(folder, 'memo'))
    for (const [text, hash] of [
      ['', EMPTY],
      ['abc', ABC],
    ] as const) {
      const file = join(folder, `f${text}`)
      write(file, text)
      assert.is(await memo.hash(file, statSync(file)), hash)
    }
  })
})

test('a large file is hashed as a whole, block by block', async () => {
  await inTempFolder(async folder => {
    const bytes = Buffer.alloc((3 << 20) + 17, 'x')
    bytes[bytes.length - 1] = 1
    const file = join(folder, 'large')
    write(file, bytes)
    const memo = new HashMemo(join(folder, 'memo'))
    assert.is(await memo.hash(file, statSync(file)), createHash('sha256').update(bytes).digest('hex'))
    assert.is(memo.bytesRead, bytes.length)
  })
})

test('a file that stood still is not read again, also not by a later build', async () => {
  await inTempFolder(async folder => {
    const file = join(folder, 'f')
    write(file, 'abc')
    await sleep(SETTLED)
    const first = new HashMemo(join(folder, 'memo'))
    await first.hash(file, statSync(file))
    await first.hash(file, statSync(file))
    assert.is(first.bytesRead, 3)
    first.save(false)
    const second = new HashMemo(join(folder, 'memo'))
    assert.is(await second.hash(file, statSync(file)), ABC)
    assert.is(second.bytesRead, 0)
  })
})

test('a change that keeps size and mtime is seen by the ctime', async () => {
  await inTempFolder(async folder => {
    const file = join(folder, 'f')
    write(file, 'abc')
    const before = statSync(file)
    await sleep(SETTLED)
    const memo = new HashMemo(join(folder, 'memo'))
    await memo.hash(file, statSync(file))
    writeFileSync(file, 'abd')
    utimesSync(file, before.atime, before.mtime)
    assert.is(statSync(file).size, 3)
    assert.is(await memo.hash(file, statSync(file)), hashText('abd'))
  })
})

test('a file in the place of another one of the same size and times is seen by the inode', async () => {
  await inTempFolder(async folder => {
    const file = join(folder, 'f')
    write(file, 'abc')
    await sleep(SETTLED)
    const memo = new HashMemo(join(folder, 'memo'))
    const stat = statSync(file)
    await memo.hash(file, stat)
    writeFileSync(file, 'abd')
    const twin = { size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, ino: stat.ino }
    assert.is(await memo.hash(file, twin), ABC)
    assert.is(await memo.hash(file, { ...twin, ino: stat.ino + 1 }), hashText('abd'))
  })
})

test('a file that was changed within a tick of being read is read again', async () => {
  await inTempFolder(async folder => {
    const file = join(folder, 'f')
    write(file, 'abc')
    const memo = new HashMemo(join(folder, 'memo'))
    const fresh = statSync(file)
    await memo.hash(file, fresh)
    // The clock's tick was the same: nothing in the stat tells the new content from the old.
    writeFileSync(file, 'abd')
    assert.is(await memo.hash(file, fresh), hashText('abd'))
    assert.is(memo.bytesRead, 6)
  })
})

test('on a filesystem that counts whole seconds the tick is longer', async () => {
  await inTempFolder(async folder => {
    const file = join(folder, 'f')
    write(file, 'abc')
    const memo = new HashMemo(join(folder, 'memo'))
    const ago = (ms: number) => Math.floor((Date.now() - ms) / 1000) * 1000
    const stamp = (time: number) => ({ size: 3, mtimeMs: time, ctimeMs: time, ino: 1 })
    const recent = stamp(ago(900))
    await memo.hash(file, recent)
    await memo.hash(file, recent)
    assert.is(memo.bytesRead, 6)
    const old = stamp(ago(5000))
    await memo.hash(file, old)
    await memo.hash(file, old)
    assert.is(memo.bytesRead, 9)
  })
})

test('a memo that is damaged or of another version is empty', async () => {
  await inTempFolder(async folder => {
    const file = join(folder, 'f')
    write(file, 'abc')
    await sleep(SETTLED)
    const path = join(folder, 'memo')
    const first = new HashMemo(path)
    await first.hash(file, statSync(file))
    first.save(false)
    const good = readFileSync(path, 'utf8')
    for (const bad of [
      '',
      '{',
      'null',
      '[]',
      '{"version":1}',
      good.slice(0, -5),
      good.replace('"version":1', '"version":0'),
    ]) {
      writeFileSync(path, bad)
      const memo = new HashMemo(path)
      assert.is(await memo.hash(file, statSync(file)), ABC, bad)
      assert.is(memo.bytesRead, 3, bad)
    }
  })
})

test('files that nobody asked for are forgotten by a complete build, and kept by a part of one', async () => {
  await inTempFolder(async folder => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')]
    const path = join(folder, 'memo')
    write(a, 'a')
    write(b, 'b')
    await sleep(SETTLED)
    const first = new HashMemo(path)
    await first.hash(a, statSync(a))
    first.save(true)
    for (const [onlyUsed, read] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const part = new HashMemo(path)
      await part.hash(b, statSync(b))
      write(join(folder, 'c'), String(onlyUsed))
      await part.hash(join(folder, 'c'), statSync(join(folder, 'c')))
      part.save(onlyUsed)
      const next = new HashMemo(path)
      await next.hash(a, statSync(a))
      assert.is(next.bytesRead, read)
    }
  })
})

test.run()
