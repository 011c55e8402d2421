/** Inline scripts: what bash gets for what an author writes. */
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isSh, Sh, type ShValue, sh } from '../../lib/sh.ts'

const bash = (script: Sh) => execFileSync('bash', ['-c', script.text], { encoding: 'utf8' })

test('any string reaches the command unchanged, as one word', () => {
  // Without NUL, which no command can be given, and lone surrogates, which UTF-8 cannot express.
  const value = fc.string({ unit: 'binary', maxLength: 60 }).filter(text => !text.includes('\0'))
  fc.assert(
    fc.property(value, text => {
      assert.is(bash(sh`printf %s ${text}`), text)
      assert.is(
        bash(sh`
        printf '%s|' ${text} end`),
        `${text}|end|`,
      )
    }),
    { numRuns: 100 },
  )
})

test('the characters that shells care about', () => {
  for (const text of [
    "'",
    "''",
    '"',
    '$HOME',
    '`id`',
    '\\',
    '\n',
    ' a  b ',
    '*',
    '~',
    '!',
    '-n',
    '#',
    '',
    "a'b\"c\\'d",
  ]) {
    assert.is(bash(sh`printf '%s|' ${text}`), `${text}|`)
  }
})

test('a list becomes as many words as it has items', () => {
  const print = sh`printf '<%s>'`
  assert.is(bash(sh`${print} ${['a b', "c'd", 3]}`), "<a b><c'd><3>")
  assert.is(sh`rm -f ${[]} x`.text, 'rm -f  x')
  fc.assert(
    fc.property(
      fc.array(
        fc.string().filter(text => !text.includes('\0')),
        { minLength: 1, maxLength: 5 },
      ),
      items => {
        assert.is(bash(sh`printf '<%s>' ${items}`), items.map(item => `<${item}>`).join(''))
      },
    ),
    { numRuns: 30 },
  )
})

test('numbers are words, nested scripts are inserted as they are', () => {
  assert.is(sh`sleep ${1.5} ${-2} ${0}`.text, "sleep '1.5' '-2' '0'")
  const inner = sh`echo ${'a b'} | cat`
  assert.is(sh`${inner} && ${inner}`.text, "echo 'a b' | cat && echo 'a b' | cat")
})

test("text is raw, but for the escapes that JavaScript's own syntax demands", () => {
  assert.is(sh`printf 'a\n\tb\\c\x41'`.text, "printf 'a\\n\\tb\\\\c\\x41'")
  assert.is(sh`echo "\${TARGET_ARCH:-none}" $STEP $(pwd)`.text, 'echo "${TARGET_ARCH:-none}" $STEP $(pwd)')
  assert.is(sh`echo \`pwd\``.text, 'echo `pwd`')
  assert.is(bash(sh`X=1; echo "\${X}$X"`), '11\n')
})

test('common indentation, the first line break and blanks at the end go', () => {
  assert.is(
    sh`
      if true; then
        echo ${'x'}

      fi
    `.text,
    "if true; then\n  echo 'x'\n\nfi",
  )
  assert.is(
    sh`a
      b
        c`.text,
    'a\nb\n  c',
  )
  assert.is(
    sh`

    a`.text,
    '\na',
    'one line break only',
  )
  assert.is(sh`  a  `.text, '  a')
})

test('tabs and blanks are compared as written', () => {
  // What stands for the indentation has to be the same characters on every line.
  const template = (text: string) => sh(Object.assign([text], { raw: [text] }))
  assert.is(template('\n\t\ta\n\t\t\tb').text, 'a\n\tb')
  assert.is(template('\n\t a\n\t\tb').text, ' a\n\tb')
  assert.is(template('\n  a\n \n  b').text, 'a\n\nb', 'a line of blanks does not count')
})

test('what is inserted takes no part in the indentation', () => {
  const value = 'one\n  two\nthree'
  assert.is(
    sh`
      printf %s ${value}
      true
    `.text,
    `printf %s '${value}'\ntrue`,
  )
  assert.is(
    sh`
    ${sh`first`}
      second`.text,
    'first\n  second',
    'a line that begins with a value counts',
  )
  assert.is(sh`printf %s ${'end \n'}`.text, "printf %s 'end \n'", 'blanks at the end of a value stay')
  const here = sh`
    cat <<'END'
      text
    END
  `
  assert.is(bash(here), '  text\n')
})

test('unsuitable values throw and say which', () => {
  const insert = (value: unknown) => () => sh`a ${1} ${value as ShValue} b`
  const cases: [unknown, string][] = [
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'a boolean'],
    [{}, 'an object'],
    [() => 1, 'a function'],
    [Symbol('s'), 'a symbol'],
    [10n, 'a bigint'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ]
  for (const [value, named] of cases) {
    assert.throws(insert(value), (error: unknown) => {
      return error instanceof TypeError && error.message.startsWith(`value 2 of 2 in sh\`…\` is ${named};`)
    })
    assert.throws(insert(['x', value]), (error: unknown) => {
      return (
        error instanceof TypeError &&
        error.message.startsWith(`item 1 of value 2 of 2 in sh\`…\` is ${named};`)
      )
    })
  }
  assert.throws(insert([sh`x`]), /an sh script inside a list/)
  assert.throws(insert([['x']]), /a list inside a list/)
  assert.throws(insert('a\0b'), /NUL/)
})

test('is recognised across copies of the package, and nothing else is', async () => {
  const specifier = '../../lib/sh.ts?other'
  const other = (await import(specifier)) as typeof import('../../lib/sh.ts')
  const script = other.sh`echo ${'x'}`
  assert.not(script instanceof Sh)
  assert.ok(isSh(script))
  assert.is(sh`${script}; true`.text, "echo 'x'; true")
  assert.ok(isSh(new Sh('x')))
  for (const value of [undefined, null, 'x', {}, { text: 'x' }, [], () => 1]) assert.not(isSh(value))
})

test.run()
