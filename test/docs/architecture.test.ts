/**
 * docs/architecture.md: its table has every folder of runtime/, a folder imports only from the rows above its own, and the
 * files that the page names exist.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { REPOSITORY } from '../support/repository.ts'

const page = readFileSync(join(REPOSITORY, 'docs/architecture.md'), 'utf8')
const table = page.slice(page.indexOf('## The folders of `runtime/`'), page.indexOf('## Extension points'))
const rows = [...table.matchAll(/^\| `([a-z.]+)` \|/gm)].map(([, name]) => name!)

/** The folder of a module in runtime/, or the name of a module that lies in none. */
const folderOf = (path: string): string => path.split('/')[1]!

const modules = readdirSync(join(REPOSITORY, 'runtime'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => `runtime/${name}`)

function importsOf(module: string): string[] {
  const text = readFileSync(join(REPOSITORY, module), 'utf8')
  return [...text.matchAll(/(?:\bfrom|\bimport\(|\bimport) ?'(\.[^']+)'/g)].map(([, target]) =>
    posix.join(posix.dirname(module), target!),
  )
}

test('the table has every folder of runtime/, once', () => {
  assert.equal([...rows].sort(), [...new Set(modules.map(folderOf))].sort())
})

test('a folder imports only from the rows above it, and from lib/', () => {
  const wrong = modules.flatMap(module =>
    importsOf(module)
      .filter(target => target.startsWith('runtime/') && folderOf(target) !== folderOf(module))
      .filter(target => rows.indexOf(folderOf(target)) > rows.indexOf(folderOf(module)))
      .map(target => `${module} imports ${target}`),
  )
  assert.equal(wrong, [])
})

test('lib/ imports nothing of runtime/', () => {
  const wrong = readdirSync(join(REPOSITORY, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `lib/${name}`)
    .flatMap(module => importsOf(module).filter(target => target.startsWith('runtime/')))
  assert.equal(wrong, [])
})

/** Folders that the page's paths start from. */
const STARTS = ['', 'runtime', 'runtime/steps', 'runtime/cli', 'runtime/export', 'boards/qemu-x86_64']

test('files and folders that the page names exist', () => {
  const named = [...page.matchAll(/`([\w.-]*[\w/.-]*(?:\.(?:ts|json)|\/))`/g)].map(([, path]) => path!)
  assert.ok(named.length > 20, String(named.length))
  const own = ['declaration.ts', 'body.ts', 'dist/']
  const missing = named.filter(
    path => !own.includes(path) && !STARTS.some(start => existsSync(join(REPOSITORY, start, path))),
  )
  assert.equal(missing, [])
})

test('the imports of a module are found', () => {
  assert.ok(importsOf('runtime/engine.ts').includes('runtime/run/build.ts'))
})

test.run()
