/** The schemas as JSON Schema, for editors and the reference. */
import * as z from 'zod'

/**
 * JSON Schema (draft 2020-12) of an author's definition. JSON cannot hold an inline script, so it appears as a
 * schema that no value matches, with its description, so that the key is known. Where a value may be an extension or its
 * name, JSON has only the name.
 */
export function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      if (zodSchema._zod.def.type === 'custom') made.not = {}
      const forms = made.anyOf?.filter(form => !isNothing(form))
      if (forms?.length === 1 && made.anyOf!.length > 1) {
        delete made.anyOf
        Object.assign(made, forms[0])
      }
      // In zod, read-only means that the list must not change in memory; in JSON Schema it means that users
      // must not write the value.
      delete made.readOnly
    },
  }) as Record<string, unknown>
}

/** Whether no value matches the schema. */
function isNothing({ not }: { readonly not?: unknown }): boolean {
  return typeof not === 'object' && not !== null && Object.keys(not).length === 0
}
