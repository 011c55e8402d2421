/** The official JSON schema of CycloneDX. */
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'

/** What is wrong with a document of version 1.6; undefined if nothing is. */
export async function schemaErrors(document: string): Promise<unknown> {
  return (await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(document)) ?? undefined
}
