/** Where apt finds the packages of a root filesystem, beside Debian's own archive. */
import * as z from 'zod'
import { projectPath, shellSafe, sourcePath } from './path.ts'
import { type Rule, text } from './rule.ts'

/** The components of Debian's archive that an image knows unless the project chooses. */
export const DEBIAN_COMPONENTS = ['main', 'contrib', 'non-free', 'non-free-firmware'] as const

const component: Rule<string> = {
  code: 'bad_component',
  hint: `a word, such as ${DEBIAN_COMPONENTS.map(name => `'${name}'`).join(', ')}`,
  holds: value => /^[a-z0-9][a-z0-9._/-]*$/i.test(value),
  message: value => `'${value}' is no component of an archive`,
  json: { pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$' },
}
const uri: Rule<string> = {
  code: 'bad_url',
  hint: "an address that begins with 'http://' or 'https://'",
  holds: value => /^https?:\/\/[^\s"'\\]+$/.test(value),
  message: value => `'${value}' is no address of a repository`,
  json: { pattern: '^https?://[^\\s"\'\\\\]+$' },
}
const suite: Rule<string> = {
  code: 'bad_suite',
  hint: "such as 'trixie' or 'stable'; a repository without suites has a folder, './'",
  holds: value => /^[A-Za-z0-9.][A-Za-z0-9._/-]*$/.test(value),
  message: value => `'${value}' is no suite of a repository`,
  json: { pattern: '^[A-Za-z0-9.][A-Za-z0-9._/-]*$' },
}

/** The names of parts of an archive, as apt knows them. */
export const componentsSchema = z.array(text(component)).readonly()

function repositories(keyPath: readonly Rule<string>[]) {
  return z
    .array(
      z.strictObject({
        /** Address of the archive: what apt calls its URI. */
        uri: text(shellSafe, uri).describe('Address of the archive: what apt calls its URI.'),
        /** The suite, such as `'trixie'`; or a folder with `/` at its end, where the archive has no suites. */
        suite: text(suite).describe(
          "The suite, such as `'trixie'`; or a folder with `/` at its end, where the archive has no suites.",
        ),
        /** By default `['main']`; an archive without suites has none. */
        components: componentsSchema
          .optional()
          .describe("By default `['main']`; an archive without suites has none."),
        /** The file with the public key that signs the archive, `.asc` or `.gpg`. In a BSP `./x` is in its folder; all else is in the project. */
        key: text(...keyPath).describe(
          'The file with the public key that signs the archive, `.asc` or `.gpg`. In a BSP `./x` is in its folder; all else is in the project.',
        ),
      }),
    )
    .readonly()
}

export const projectRepositories = repositories(projectPath)
export const bspRepositories = repositories(sourcePath)

export type RepositoryData = z.output<typeof projectRepositories>[number]
