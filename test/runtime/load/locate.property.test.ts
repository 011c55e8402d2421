import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Finding } from '../../../runtime/diagnostics/diagnostic.ts'
import { compileModule } from '../../../runtime/load/compile.ts'
import { locate } from '../../../runtime/load/locate.ts'
import { project, underlined } from './temp-project.ts'

const finding = (keys: readonly (string | number)[]): Finding => ({
  severity: 'error',
  code: 'x',
  message: 'm',
  origin: { source: 'bsp', keys },
  at: 'value',
})

test('property: whatever is written, a path leads to the text of its value', async () => {
  const key = fc.oneof(
    fc.constantFrom('a', 'b', 'with-hyphen', '9', 'ünï', 'constructor', "it's"),
    fc.string({ maxLength: 4 }).filter(text => text !== '__proto__'),
  )
  const leaf = fc.oneof(fc.integer(), fc.string({ maxLength: 6 }), fc.boolean(), fc.constant(null))
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  const top = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 })
  const root = project({})
  await fc.assert(
    fc.asyncProperty(
      top,
      fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat(9)),
      async (value, turns, styles) => {
        const style = () => styles.next().value as number
        const constants: string[] = []
        const write = (part: unknown): string => {
          const text = written(part)
          if (style() !== 0) return style() === 1 ? `(${text} as any)` : text
          constants.push(`const c${constants.length} = ${text}`)
          return `c${constants.length - 1}`
        }
        // Each value with its text on one line, so that the text underlined is the whole.
        const written = (part: unknown): string => {
          if (Array.isArray(part)) {
            const at = part.length === 0 ? 0 : style() % part.length
            const items = part.map(write)
            return style() < 3 ? `[...[${items.slice(0, at)}], ${items.slice(at)}]` : `[${items}]`
          }
          if (typeof part !== 'object' || part === null) return JSON.stringify(part)
          const entries = Object.entries(part).map(([name, one]) => `${JSON.stringify(name)}: ${write(one)}`)
          const at = entries.length === 0 ? 0 : style() % entries.length
          return style() < 3 ? `{ ...{ ${entries.slice(0, at)} }, ${entries.slice(at)} }` : `{ ${entries} }`
        }
        const text = write(value)
        // A path into the value, by the random turns.
        const keys: (string | number)[] = []
        let here: unknown = value
        for (const turn of turns) {
          if (typeof here !== 'object' || here === null) break
          const names = Array.isArray(here) ? [...here.keys()] : Object.keys(here)
          if (names.length === 0) break
          const name = names[turn % names.length]!
          keys.push(name)
          here = (here as Record<string | number, unknown>)[name]
        }
        writeFileSync(
          join(root, 'p.ts'),
          `${constants.join('\n')}\nexport default defineBsp(${text})\nfunction defineBsp(x: unknown) { return x }\n`,
        )
        const { module } = await compileModule('p.ts', { root })
        const [place] = await locate([finding(keys)], module!, value)
        const found = underlined(root, place!)
        const script = `${constants.join('\n')}\nreturn (${found})`.replaceAll(' as any)', ')')
        assert.is(JSON.stringify(new Function(script)()), JSON.stringify(here))
      },
    ),
    { numRuns: 60 },
  )
})

test.run()
