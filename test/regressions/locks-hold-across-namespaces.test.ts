/** Two processes of which neither can see the other, in PID namespaces of their own, do not hold a lock together. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inTempFolder } from '../support/temp-folder.ts'

const test = suite('locks hold across namespaces')
const HOLDER = fileURLToPath(new URL('../support/lock-holder.ts', import.meta.url))

test('of two namespaces with one host name', () =>
  inTempFolder(async folder => {
    // Each is process 1 of its namespace, or close to it, so that the numbers are the same.
    const hold = () => {
      const holder = ['--import', 'tsx', HOLDER, join(folder, 'lock'), join(folder, 'journal'), '300', '3']
      const child = spawn('unshare', ['--pid', '--fork', '--mount-proc', process.execPath, ...holder], {
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      return once(child, 'close').then(([code]) => code)
    }
    assert.equal(await Promise.all([hold(), hold()]), [0, 0])
    const kinds = readFileSync(join(folder, 'journal'), 'utf8')
      .trim()
      .split('\n')
      .map(line => line.split(' ')[0])
    assert.equal(kinds, Array.from({ length: 6 }, () => ['in', 'out']).flat())
  }))

test.run()
