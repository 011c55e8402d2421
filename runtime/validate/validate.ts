/** Validates an evaluated definition against its schema, and reports all errors at once. */
import type * as z from 'zod'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../model/origin.ts'
import { notData } from './not-data.ts'
import { issueFindings } from './schema-issues.ts'

/** `value` is set if no finding is an error. */
export interface Validated<T> {
  readonly value?: T
  readonly findings: readonly Finding[]
}

/** @param source the definition that the findings are about */
export function validate<T>(schema: z.ZodType<T>, value: unknown, source: Origin['source']): Validated<T> {
  const strange = notData(value)
  const findings: Finding[] = strange.map(({ keys, message, hint }) => ({
    severity: 'error',
    code: 'not_data',
    message,
    ...(hint !== undefined && { hint }),
    origin: { source, keys },
    at: 'value',
  }))
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    // The schema's issue about such a value ("must be a string") would be redundant.
    const said = (finding: Finding) =>
      strange.some(({ keys }) => keys.every((key, index) => finding.origin.keys[index] === key))
    findings.push(
      ...issueFindings(parsed.error.issues, schema, value, source).filter(finding => !said(finding)),
    )
  }
  return parsed.success && findings.length === 0 ? { value: parsed.data, findings } : { findings }
}
