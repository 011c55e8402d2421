/** The command starts from few files: each file of the bundle costs time at every start. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CLI } from '../support/process.ts'

/** All files of the bundle that Node reads before the command does anything. */
function readAtStart(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/(?:^|;)(?:import|export)\b[^;"'()]*"(\.[^"]+)"/gm)
  for (const [, path] of imports) readAtStart(join(dirname(file), path!), seen)
  return seen
}

test('the command starts from few files of the bundle', () => {
  // The first file loads the program with `await import(…)`, after it has set up Node.
  const [, program = ''] = /\bimport\("(\.[^"]+)"\)/.exec(readFileSync(CLI, 'utf8')) ?? []
  const files = [...readAtStart(CLI), ...readAtStart(join(dirname(CLI), program))]
  assert.ok(files.length > 1 && files.length <= 20, `${files.length} files:\n${files.join('\n')}`)
})

test.run()
