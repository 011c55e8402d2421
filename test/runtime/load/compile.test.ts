import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compiled, packageFiles, run } from './compiled.ts'
import { project, write } from './temp-project.ts'

test('import.meta is that of the author’s file, in every bundled module', async () => {
  const root = project({
    'main.ts':
      "import { here } from './lib/a b.ts'\nexport default [import.meta.url, import.meta.dirname, here]",
    'lib/a b.ts':
      'export const here = [import.meta.filename, import.meta.resolve("./x.sh"), import.meta.url]',
  })
  const url = pathToFileURL(root).href
  assert.equal(await run(root), [
    `${url}/main.ts`,
    root,
    [join(root, 'lib/a b.ts'), `${url}/lib/x.sh`, `${url}/lib/a%20b.ts`],
  ])
})

test('a workspace package linked into node_modules is bundled, under its own path', async () => {
  const root = project({
    'main.ts': "import { url } from '@acme/board'\nexport default url",
    'boards/acme/package.json': '{ "name": "@acme/board", "exports": "./index.ts" }',
    'boards/acme/index.ts': 'export const url: string = import.meta.url',
  })
  mkdirSync(join(root, 'node_modules/@acme'), { recursive: true })
  symlinkSync('../../boards/acme', join(root, 'node_modules/@acme/board'))
  assert.is(await run(root), `${pathToFileURL(root).href}/boards/acme/index.ts`)
  const { inputs } = await compiled(root)
  assert.equal(inputs.map(input => input.file).sort(), ['boards/acme/index.ts', 'main.ts'])
  assert.equal(inputs.find(input => input.file === 'main.ts')?.imports, {
    '@acme/board': 'boards/acme/index.ts',
  })
})

test('a package in node_modules is left to Node, found from the folder of its importer', async () => {
  const root = project({
    'main.ts': "import a from 'pkg'\nimport { b } from './sub/b.ts'\nexport default [a, b]",
    'sub/b.ts': "import a from 'pkg'\nexport const b = a",
    ...packageFiles('pkg', './index.js', 'export default import.meta.url'),
    'sub/node_modules/pkg/package.json':
      '{ "type": "module", "exports": { "node": "./node.js", "default": "./no.js" } }',
    'sub/node_modules/pkg/node.js': 'export default import.meta.url',
  })
  const url = pathToFileURL(root).href
  assert.equal(await run(root), [`${url}/node_modules/pkg/index.js`, `${url}/sub/node_modules/pkg/node.js`])
})

test('TypeScript in node_modules is bundled, and what it imports from there is not', async () => {
  const root = project({
    'main.ts': "import a from 'typed'\nexport default a",
    ...packageFiles(
      'typed',
      './index.ts',
      "import b from './b.js'\nexport default [import.meta.url as string, b]",
    ),
    'node_modules/typed/b.js': 'export default import.meta.url',
  })
  const url = pathToFileURL(join(root, 'node_modules/typed')).href
  const { inputs } = await compiled(root)
  assert.equal(inputs.map(input => input.file).sort(), ['main.ts', 'node_modules/typed/index.ts'])
  assert.equal(await run(root), [`${url}/index.ts`, `${url}/b.js`])
})

test('CommonJS and JSON of the workspace, require of packages, a constant called require', async () => {
  const root = project({
    'main.ts':
      "import c from './c.cjs'\nimport j from './j.json' with { type: 'json' }\nconst require = 5\nexport default [c, j, require]",
    'c.cjs': "module.exports = [__dirname, require('node:path').sep, require('old')]",
    'j.json': '{ "a": 1 }',
    'node_modules/old/index.js': "module.exports = 'old'",
  })
  assert.equal(await run(root), [[root, '/', 'old'], { a: 1 }, 5])
  assert.not.match(readFileSync((await compiled(root)).output, 'utf8'), 'require("file:')
})

test('paths of tsconfig.json are respected, also through extends', async () => {
  const root = project({
    'main.ts': "import { a } from '@lib/a'\nexport default a",
    'lib/a.ts': 'export const a = 1',
    'other/a.ts': 'export const a = 2',
    'base.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"], } } }',
    'tsconfig.json': '{ // comment\n "extends": "./base.json" }',
  })
  assert.is(await run(root), 1)
  write(root, { 'base.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./other/*"] } } }' })
  assert.is(await run(root), 2)
})

test('the import of strux-bsp is the running copy, whatever is installed', async () => {
  const root = project({
    'main.ts':
      "import { definitionKind, defineBsp } from 'strux-bsp'\nexport default definitionKind(defineBsp({} as never))",
    ...packageFiles('strux-bsp', './index.js', 'throw new Error("the wrong one")'),
  })
  assert.is(await run(root), 'bsp')
})

test.run()
