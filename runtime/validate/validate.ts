/** Validates what a definition evaluates to against its schema, and says everything that is wrong at once. */
import type * as z from 'zod'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../model/plan.ts'
import { notData } from './not-data.ts'
import { issueFindings } from './schema-issues.ts'

/** `value` is there where no finding is an error. */
export interface Validated<T> {
  readonly value?: T
  readonly findings: readonly Finding[]
}

/** @param source which definition the findings are about */
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
    // What the schema says about such a value ("must be a string") would only repeat it.
    const said = (finding: Finding) =>
      strange.some(({ keys }) => keys.every((key, index) => finding.origin.keys[index] === key))
    findings.push(
      ...issueFindings(parsed.error.issues, schema, value, source).filter(finding => !said(finding)),
    )
  }
  return parsed.success && findings.length === 0 ? { value: parsed.data, findings } : { findings }
}
