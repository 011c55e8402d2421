/** The schemas as JSON Schema, for editors and the reference. */
import * as z from 'zod'

/**
 * JSON Schema (draft 2020-12) of an author's definition. JSON cannot hold an inline script, so it appears as a
 * schema that no value matches, with its description, so that the key is known.
 */
export function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      if (zodSchema._zod.def.type === 'custom') made.not = {}
      // In zod, read-only means that the list must not change in memory; in JSON Schema it means that users
      // must not write the value.
      delete made.readOnly
    },
  }) as Record<string, unknown>
}
