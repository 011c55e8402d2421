/** What editors and JSON Schema show of the schemas. */
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HOOK_NAMES } from '../../../lib/hooks/build.ts'
import { bspFileSchema, bspSchema, jsonSchema, projectSchema } from '../../../lib/schema.ts'

type Json = { [key: string]: unknown; properties?: Record<string, Json>; items?: Json; anyOf?: Json[] }

test('JSON Schema: both definitions, closed, every key described', () => {
  for (const schema of [bspSchema, projectSchema]) {
    const walk = (at: Json, path: string) => {
      if (at.properties) assert.is(at.additionalProperties, false, path)
      for (const [key, value] of Object.entries(at.properties ?? {})) {
        assert.type(value.description, 'string', `${path}.${key} has no description`)
        walk(value, `${path}.${key}`)
      }
      if (at.items) walk(at.items, `${path}[]`)
      for (const option of at.anyOf ?? []) walk(option, path)
    }
    walk(jsonSchema(schema) as Json, '')
  }
})

test('JSON Schema: values are constrained as here', () => {
  const made = jsonSchema(bspSchema) as Json
  assert.equal(made.required, ['name', 'description', 'arch', 'hostname'])
  assert.ok(JSON.stringify(made.properties?.arch?.enum).includes('armhf'))
  assert.ok(new RegExp(made.properties?.display?.properties?.resolution?.pattern as string).test('800x480'))
  const script = made.properties?.scripts?.items?.properties
  assert.equal(script?.step?.enum, HOOK_NAMES)
  assert.equal(script?.run?.not, {})
  const artifact = new RegExp(script?.cached_generated_artifacts?.items?.pattern as string)
  assert.equal(
    ['a', '../a', '.a', './a', '/a'].map(path => artifact.test(path)),
    [true, true, true, false, false],
  )
  const made2 = jsonSchema(projectSchema) as Json
  assert.equal(made2.required, ['project_version', 'name', 'bsp'])
  assert.is(made2.properties?.dev?.properties?.inspector?.properties?.port?.type, 'integer')
})

test('JSON Schema: overlays are several in TypeScript, and one in YAML', () => {
  const overlay = (made: Json | undefined) => made?.properties?.rootfs?.properties?.overlay
  const { anyOf, description } = overlay(jsonSchema(bspSchema) as Json) ?? {}
  assert.equal(anyOf, [{ type: 'string' }, { type: 'array', items: { type: 'string' } }])
  const yaml = (jsonSchema(bspFileSchema()) as Json).properties?.bsp
  const { type, description: inYaml } = overlay(yaml) ?? {}
  assert.is(type, 'string')
  assert.match(String(description), 'several')
  assert.not.match(String(inYaml), 'several')
  // All else is as it was.
  assert.is(yaml?.properties?.rootfs?.description, "The board's additions to the root filesystem.")
  assert.is(yaml?.properties?.rootfs?.additionalProperties, false)
  assert.is(yaml?.properties?.rootfs?.properties?.packages?.type, 'array')
  assert.equal(yaml?.required, ['name', 'description', 'arch', 'hostname'])
})

test('what editors show of a key begins with what JSON Schema says of it', async () => {
  const { default: ts } = await import('typescript')
  const folder = new URL('../../../lib/schema/', import.meta.url)
  let keys = 0
  for (const name of readdirSync(folder)) {
    const source = ts.createSourceFile(
      name,
      readFileSync(new URL(name, folder), 'utf8'),
      ts.ScriptTarget.ES2022,
      true,
    )
    const visit = (node: import('typescript').Node) => {
      if (ts.isPropertyAssignment(node) && ts.isCallExpression(node.initializer)) {
        const { expression, arguments: given } = node.initializer
        if (ts.isPropertyAccessExpression(expression) && expression.name.text === 'describe') {
          const described = given[0] && ts.isStringLiteralLike(given[0]) ? given[0].text : undefined
          const doc = ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(node)[0]?.comment)
          assert.is(
            doc
              ?.split(/\n\s*\n/)[0]
              ?.replace(/\s+/g, ' ')
              .trim(),
            described,
            `${name}: ${node.name.getText()}`,
          )
          keys++
        }
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  assert.ok(keys > 80, `${keys} keys`)
})

test.run()
