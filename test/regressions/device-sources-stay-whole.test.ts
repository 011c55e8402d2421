/** Builds of two BSPs at once place the same on-device sources: each reads them whole at any moment. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { placeDeviceSources } from '../../runtime/steps/package-files.ts'
import { REPOSITORY } from '../support/repository.ts'
import { inTempFolder } from '../support/temp-folder.ts'

const test = suite('device sources stay whole')
const NAMES = ['client', 'system', 'wpe-extension']

/** By path: permissions and content. */
function contents(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return new Map(
    paths.flatMap(path => {
      const stat = lstatSync(join(folder, path))
      if (!stat.isFile()) return []
      return [[path, `${(stat.mode & 0o777).toString(8)} ${readFileSync(join(folder, path), 'utf8')}`]]
    }),
  )
}

test('nothing is missing while another build places them again and again', () =>
  inTempFolder(async root => {
    for (const name of NAMES) placeDeviceSources(name, root)
    const whole = new Map(NAMES.map(name => [name, contents(join(root, 'dist/artifacts', name))]))
    assert.ok(whole.get('client')!.size > 5)
    const module = pathToFileURL(join(REPOSITORY, 'runtime/steps/package-files.ts')).href
    const other = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        `const { placeDeviceSources } = await import('${module}')
         console.log('begins')
         for (;;) for (const name of ${JSON.stringify(NAMES)}) placeDeviceSources(name, ${JSON.stringify(root)})`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], cwd: REPOSITORY },
    )
    try {
      await new Promise(resolve => other.stdout.once('data', resolve))
      for (let round = 0; round < 100; round++) {
        for (const name of NAMES) {
          placeDeviceSources(name, root)
          assert.equal(contents(join(root, 'dist/artifacts', name)), whole.get(name))
        }
      }
      assert.is(other.exitCode, null, 'the other build goes on')
    } finally {
      other.kill('SIGKILL')
    }
  }))

test('what differs from the package is put right', () =>
  inTempFolder(root => {
    placeDeviceSources('client', root)
    const folder = join(root, 'dist/artifacts/client')
    const before = contents(folder)
    const { ino } = lstatSync(join(folder, 'device.go'))
    writeFileSync(join(folder, 'stray.go'), 'package stray\n')
    mkdirSync(join(folder, 'folder/below'), { recursive: true })
    writeFileSync(join(folder, 'screen.go'), 'changed')
    chmodSync(join(folder, 'main.go'), 0o600)
    rmSync(join(folder, 'notify.go'))
    mkdirSync(join(folder, 'notify.go'))
    placeDeviceSources('client', root)
    assert.equal(contents(folder), before)
    assert.not(existsSync(join(folder, 'folder')))
    assert.is(lstatSync(join(folder, 'device.go')).ino, ino, 'what is right is not touched')
  }))

test.run()
