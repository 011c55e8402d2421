import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Diagnostic } from '../../../runtime/diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../../../runtime/diagnostics/render.ts'
import { project } from './temp-project.ts'

function shown(source: string, place: Partial<Diagnostic> = {}, width = 80): string {
  const root = project({ 'a.ts': source })
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: 'some_code',
    message: 'that is wrong',
    file: 'a.ts',
    line: 1,
    column: 1,
    ...place,
  }
  return renderDiagnostics([diagnostic], { root, width })
}

test('heading, message, source, underline, hint', () => {
  assert.is(
    shown("const x = 1\n  step: 'nope',\n", { line: 2, column: 9, length: 6, hint: 'write another' }),
    `error[some_code] a.ts:2:9
  that is wrong
  2 | step: 'nope',
    |       ~~~~~~
  hint: write another`,
  )
})

test('one character where no length is known, none where there is no source', () => {
  assert.is(shown('abc', { column: 3 }).split('\n').at(-1), '    |   ~')
  assert.is(shown('abc', { line: 9 }), 'error[some_code] a.ts:9:1\n  that is wrong')
  assert.is(shown('abc', { file: 'gone.ts' }), 'error[some_code] gone.ts:1:1\n  that is wrong')
})

test('tabs and wide characters line up', () => {
  assert.equal(shown("\ta:\t'x'", { column: 5, length: 3 }).split('\n').slice(2), [
    "  1 | a:    'x'",
    '    |       ~~~',
  ])
  assert.equal(shown("'日本', x", { column: 7, length: 1 }).split('\n').slice(2), [
    "  1 | '日本', x",
    '    |         ~',
  ])
})

test('long lines are cut around the span, and never longer than the terminal', () => {
  const long = `${'a'.repeat(200)}SPAN${'b'.repeat(200)}`
  const lines = shown(long, { column: 201, length: 4 }, 60).split('\n').slice(2)
  for (const line of lines) assert.ok(line.length <= 60, line)
  const start = lines[1]!.indexOf('~')
  assert.is(lines[0]!.slice(start, start + 4), 'SPAN')
  assert.is(lines[1]!.slice(start), '~~~~')
  assert.match(lines[0]!, /\| …a+SPANb+…$/)
  for (const line of shown(long, { column: 1, length: 404 }, 60).split('\n').slice(2))
    assert.ok(line.length <= 60)
})

test('nothing steers the terminal', () => {
  const text = shown('a\u001b[31mb', { message: 'm\u001b]0;x\u0007', hint: '\u001bh' })
  assert.equal(
    text.match(/\p{Cc}/gu)?.filter(character => character !== '\n'),
    [],
  )
})

test('sorted by file, line and column', () => {
  const at = (file: string, line: number, column: number): Diagnostic => ({
    severity: 'warning',
    code: 'c',
    message: 'm',
    file,
    line,
    column,
  })
  const text = renderDiagnostics([at('b', 1, 1), at('a', 10, 1), at('a', 9, 5), at('a', 9, 2)], {
    root: project({}),
  })
  assert.equal(text.match(/\w+:\d+:\d+/g), ['a:9:2', 'a:9:5', 'a:10:1', 'b:1:1'])
})

test('colours are those that are given', () => {
  const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`
  const colors = { red: tag('r'), yellow: tag('y'), cyan: tag('c'), bold: tag('b'), dim: tag('d') }
  const text = renderDiagnostics(
    [{ severity: 'warning', code: 'c', message: 'm', file: 'f', line: 1, column: 1 }],
    { root: project({}), colors },
  )
  assert.is(text, '<y><b>warning[c]</b></y> <c>f:1:1</c>\n  m')
})

test.run()
