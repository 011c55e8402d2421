/** The pictures of the whole screen that `strux test` compares with, or makes. */
import { join } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'
import type { Guest } from '../qemu/guest.ts'
import type { Reference } from '../qemu/reference.ts'
import type { Workspace } from '../run/workspace.ts'

export interface ReferencePictures {
  /** Those to compare with; none where they are made. */
  readonly references: readonly Reference[]
  /** Where differences are shown; absolute. */
  readonly differences: readonly string[]
  /** Those that are made, relative to the project. */
  readonly updated: readonly string[]
  update(guest: Guest): Promise<void>
}

/** The whole pictures that the project's test names. What compares them is loaded only where there are some. */
export async function referencePictures(
  { root, project }: Workspace,
  /** Where results of the test are kept; absolute. */
  results: string,
  update: boolean,
): Promise<ReferencePictures> {
  const declared = (project.config.test?.screen ?? []).filter(one => 'reference' in one)
  const none = { references: [], differences: [], updated: [], update: async () => {} }
  if (declared.length === 0) {
    if (!update) return none
    throw new StruxError('the project names no reference picture that could be updated', {
      hint: "Say in strux.config.ts where it is to be: test: { screen: [{ reference: 'screen.png' }] }.",
      exitCode: 2,
    })
  }
  const { openReference, saveReference } = await import('../qemu/reference.ts')
  if (update) {
    const updated = [...new Set(declared.map(({ reference }) => reference))]
    return {
      ...none,
      updated,
      async update(guest) {
        const screen = await guest.look()
        if (!screen) throw new StruxError('the machine has no screen that could become the reference')
        for (const file of updated) saveReference(join(root, file), screen)
      },
    }
  }
  const differences = declared.map((_, index) =>
    join(results, index === 0 ? 'difference.png' : `difference-${index + 1}.png`),
  )
  const references = declared.map((data, index) =>
    openReference(data, { file: join(root, data.reference), difference: differences[index]!, root }),
  )
  return { ...none, references, differences }
}
