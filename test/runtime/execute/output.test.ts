/** From bytes to lines to progress. */
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Demultiplexer } from '../../../runtime/execute/containers/demultiplex.ts'
import { LineSplitter, LONGEST_LINE } from '../../../runtime/execute/lines.ts'
import { isProgressLine, parseProgress } from '../../../runtime/execute/progress.ts'

const test = suite('output')

/** Cuts bytes at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place))
}

function lines(chunks: readonly Buffer[]): string[] {
  const found: string[] = []
  const splitter = new LineSplitter(line => void found.push(line))
  for (const chunk of chunks) splitter.push(chunk)
  splitter.end()
  return found
}

test('lines do not depend on where the chunks are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat()), (words, cuts) => {
      const clean = words.map(word => word.replace(/[\r\n]/g, ''))
      const bytes = Buffer.from(clean.map(word => `${word}\n`).join(''))
      assert.equal(lines(pieces(bytes, cuts)), clean)
    }),
  )
})

test('CRLF, an unterminated last line, empty lines, other carriage returns', () => {
  assert.equal(lines([Buffer.from('a\r\n\nb\rc\r\nlast')]), ['a', '', 'b\rc', 'last'])
  assert.equal(lines([Buffer.from('a\r'), Buffer.from('\nb\n')]), ['a', 'b'])
  assert.equal(lines([]), [])
})

test('a line that is too long comes in pieces, each of whole characters', () => {
  const text = 'ö'.repeat(LONGEST_LINE)
  const found = lines(pieces(Buffer.from(`x${text}\nnext`), [1, 77, 100_000]))
  assert.is(found.at(-1), 'next')
  assert.is(found.slice(0, -1).join(''), `x${text}`)
  assert.ok(found.every(piece => Buffer.byteLength(piece) <= LONGEST_LINE))
  assert.equal(lines([Buffer.alloc(LONGEST_LINE * 3, 0x80)]).length, 3)
})

test('frames are taken apart wherever they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array())),
      fc.array(fc.nat()),
      (frames, cuts) => {
        const bytes = Buffer.concat(
          frames.map(([stream, body]) => {
            const header = Buffer.alloc(8)
            header[0] = stream
            header.writeUInt32BE(body.length, 4)
            return Buffer.concat([header, body])
          }),
        )
        const got: [Buffer[], Buffer[]] = [[], []]
        const target = new Demultiplexer(
          chunk => void got[0].push(chunk),
          chunk => void got[1].push(chunk),
        )
        for (const piece of pieces(bytes, cuts)) target.push(piece)
        for (const stream of [1, 2]) {
          const wanted = Buffer.concat(frames.filter(([number]) => number === stream).map(([, body]) => body))
          assert.is(Buffer.concat(got[stream - 1]!).toString('hex'), wanted.toString('hex'))
        }
      },
    ),
  )
})

test('progress markers', () => {
  assert.equal(parseProgress('STRUX_PROGRESS: Building  '), { message: 'Building' })
  assert.equal(parseProgress('12:00 STRUX_PROGRESS:x\r'), { message: 'x' })
  assert.is(parseProgress('STRUX_PROGRESS:   '), undefined)
  assert.is(parseProgress('nothing'), undefined)
  assert.equal(parseProgress('STRUX_PROGRESS_BAR: Copy (42%)'), { message: 'Copy', percent: 42 })
  assert.equal(parseProgress('STRUX_PROGRESS_BAR: Copy (a) (42.6)'), { message: 'Copy (a)', percent: 43 })
  assert.equal(parseProgress('STRUX_PROGRESS_BAR: Copy (142%)'), { message: 'Copy', percent: 100 })
  assert.equal(parseProgress('STRUX_PROGRESS_BAR: Copy (-1%)'), { message: 'Copy', percent: 0 })
  for (const malformed of [
    'STRUX_PROGRESS_BAR: Copy',
    'STRUX_PROGRESS_BAR: Copy (x)',
    'STRUX_PROGRESS_BAR: C (1) more',
  ]) {
    assert.is(parseProgress(malformed), undefined)
    assert.ok(isProgressLine(malformed))
  }
})

test.run()
