/** Additional sources of packages for a root filesystem, beside Debian's own archive. */
import * as z from 'zod'
import { projectPath, shellSafe, sourcePath } from './path.ts'
import { type Rule, text } from './rule.ts'

/** The default components of Debian's archive in an image. */
export const DEBIAN_COMPONENTS = ['main', 'contrib', 'non-free', 'non-free-firmware'] as const

const component: Rule<string> = {
  code: 'bad_component',
  hint: `a word, such as ${DEBIAN_COMPONENTS.map(name => `'${name}'`).join(', ')}`,
  holds: value => /^[a-z0-9][a-z0-9._/-]*$/i.test(value),
  message: value => `'${value}' is not a component of an archive`,
  json: { pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$' },
}
const uri: Rule<string> = {
  code: 'bad_url',
  hint: "an address that begins with 'http://' or 'https://'",
  holds: value => /^https?:\/\/[^\s"'\\]+$/.test(value),
  message: value => `'${value}' is not the address of a repository`,
  json: { pattern: '^https?://[^\\s"\'\\\\]+$' },
}
const suite: Rule<string> = {
  code: 'bad_suite',
  hint: "such as 'trixie' or 'stable'; a repository without suites has a folder, './'",
  holds: value => /^[A-Za-z0-9.][A-Za-z0-9._/-]*$/.test(value),
  message: value => `'${value}' is not a suite of a repository`,
  json: { pattern: '^[A-Za-z0-9.][A-Za-z0-9._/-]*$' },
}

/** The names of an archive's parts in apt. */
export const componentsSchema = z.array(text(component)).readonly()

function repositories(keyPath: readonly Rule<string>[]) {
  return z
    .array(
      z.strictObject({
        /** Address of the archive (apt's URI). */
        uri: text(shellSafe, uri).describe("Address of the archive (apt's URI)."),
        /** The suite, such as `'trixie'`; for an archive without suites, a folder that ends with `/`. */
        suite: text(suite).describe(
          "The suite, such as `'trixie'`; for an archive without suites, a folder that ends with `/`.",
        ),
        /** Components of the archive. Default: `['main']`; an archive without suites has none. */
        components: componentsSchema
          .optional()
          .describe("Components of the archive. Default: `['main']`; an archive without suites has none."),
        /** The file with the public key that signs the archive, `.asc` or `.gpg`. In a BSP, `./x` is in its folder; other paths are relative to the project. */
        key: text(...keyPath).describe(
          'The file with the public key that signs the archive, `.asc` or `.gpg`. In a BSP, `./x` is in its folder; other paths are relative to the project.',
        ),
      }),
    )
    .readonly()
}

export const projectRepositories = repositories(projectPath)
export const bspRepositories = repositories(sourcePath)

export type RepositoryData = z.output<typeof projectRepositories>[number]
