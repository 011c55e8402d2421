/** CommonJS files of a project find what Node gives them; ES modules that use it get a hint. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { diagnose, loadBsp, loadProject } from '../../runtime/load/project.ts'
import { run } from '../runtime/load/compiled.ts'
import { project, summary, whole } from '../runtime/load/temp-project.ts'

const test = suite('CommonJS as in Node')

const FILES = {
  'package.json': '{ "name": "x" }',
  'lib/plain.js': "module.exports = { host: require('path').basename(__dirname), file: __filename }",
  'lib/names.js': `#!/usr/bin/env node
'use strict' // import nothing
const text = \`
export default 1\`
exports.text = text
exports.isMain = require.main === module
exports.resolved = require.resolve('./data.json')
exports.same = module.exports === exports && this === exports
exports.filename = module.filename
const name = './data'
exports.computed = require(name + '.json')
exports.json = require('./data.json')
exports.deep = require('./deep/more.cjs')
exports.builtin = typeof require('node:fs').readFileSync`,
  'lib/data.json': '{ "a": 1 }',
  'lib/deep/more.cjs': "module.exports = [__dirname, require('../plain').host]",
  'lib/function.js': 'module.exports = function () { return __dirname }\nmodule.exports.extra = 1',
  'lib/early.js': "if (__dirname) { module.exports = 'early'; return }\nmodule.exports = 'late'",
}

test('__dirname, __filename, require, module: the values are those of Node', async () => {
  const names = ['plain', 'names', 'deep/more.cjs', 'early']
  const imports = names.map((name, index) => `import m${index} from './lib/${name}'`).join('\n')
  const root = project({
    ...FILES,
    'main.ts': `${imports}\nimport f from './lib/function.js'\nexport default [${names.map((_, index) => `m${index}`).join(', ')}, f(), f.extra]`,
  })
  const require = createRequire(join(root, 'main.js'))
  const inNode = names.map(name => require(`./lib/${name}`))
  assert.equal(await run(root), [...inNode, join(root, 'lib'), 1])
})

test('an ES module without a type in package.json has the names of ES modules', async () => {
  const root = project({
    'package.json': '{}',
    'lib/a.js': 'export default [import.meta.dirname, typeof __dirname]',
    'lib/esm/package.json': '{ "type": "module" }',
    'lib/esm/b.js': 'globalThis.seen = typeof __dirname',
    'main.ts':
      "import a from './lib/a.js'\nimport './lib/esm/b.js'\nexport default [a, (globalThis as any).seen]",
  })
  assert.equal(await run(root), [[join(root, 'lib'), 'undefined'], 'undefined'])
})

test('the names of CommonJS in an ES module are an error at their place, with what to write', async () => {
  const cases = {
    'void __dirname': /import\.meta\.dirname/,
    'void __filename': /import\.meta\.filename/,
    'exports.x = 1': /export/,
    'const name = "fs"; void require.resolve(name)': /createRequire/,
  }
  for (const [code, hint] of Object.entries(cases)) {
    const root = project({ 'bsp/qemu/bsp.ts': whole('', code) })
    const diagnostics = await diagnose(await loadBsp(await loadProject(root), 'qemu'))
    const errors = diagnostics.filter(each => each.severity === 'error')
    assert.is(errors.length, 1, code)
    assert.not.match(errors[0]!.message, /strux_/)
    assert.match(summary(root, errors)[0]!, /^evaluation_error bsp\/qemu\/bsp\.ts:1:/)
    assert.match(errors[0]!.hint!, hint)
  }
})

test.run()
