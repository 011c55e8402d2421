/** The schemas in the words of JSON Schema, for editors and the reference. */
import * as z from 'zod'

/**
 * JSON Schema (draft 2020-12) of what an author writes. An inline script cannot be written in JSON: it appears as a
 * schema that nothing satisfies, with its description, so that the key is still known.
 */
export function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      if (zodSchema._zod.def.type === 'custom') made.not = {}
      // zod means lists that nothing may change in memory; in JSON Schema the word is about who may write a value.
      delete made.readOnly
    },
  }) as Record<string, unknown>
}
