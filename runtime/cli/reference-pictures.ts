/** The reference images of the whole screen, which `strux test` compares or updates. */
import { join } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'
import type { Guest } from '../qemu/guest.ts'
import type { Reference } from '../qemu/reference.ts'
import type { Workspace } from '../run/workspace.ts'

export interface ReferencePictures {
  /** The images to compare with; empty with --update. */
  readonly references: readonly Reference[]
  /** Images that show the differences; absolute paths. */
  readonly differences: readonly string[]
  /** Updated images, relative to the project. */
  readonly updated: readonly string[]
  update(guest: Guest): Promise<void>
}

/** The reference images in the project's test. The comparison code is loaded only if there are any. */
export async function referencePictures(
  { root, project }: Workspace,
  /** The folder for results of the test; absolute. */
  results: string,
  update: boolean,
): Promise<ReferencePictures> {
  const declared = (project.config.test?.screen ?? []).filter(one => 'reference' in one)
  const none = { references: [], differences: [], updated: [], update: async () => {} }
  if (declared.length === 0) {
    if (!update) return none
    throw new StruxError('the project names no reference picture to update', {
      hint: "Name one in strux.config.ts: test: { screen: [{ reference: 'screen.png' }] }.",
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
        if (!screen) throw new StruxError('the machine has no screen to use as the reference')
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
