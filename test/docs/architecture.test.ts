/** docs/architecture.md: its table has every folder of runtime/, and a folder imports only from the rows above its own. */
import { readdirSync, readFileSync } from 'node:fs'
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

test('the imports of a module are found', () => {
  assert.ok(importsOf('runtime/engine.ts').includes('runtime/run/build.ts'))
})

test.run()
