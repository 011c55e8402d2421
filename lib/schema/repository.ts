/** Additional sources of packages for a root filesystem, beside Debian's own archive. */
import * as z from 'zod'
import { projectPath, shellSafe, sourcePath } from './path.ts'
import { obey, type Rule, text } from './rule.ts'

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

const priority = obey(z.number(), {
  code: 'bad_number',
  hint: 'such as 990: before other repositories; 100: only what is installed or asked for by name',
  holds: value => Number.isInteger(value) && value !== 0 && Math.abs(value) < 32_768,
  message: value => `${value} is not a priority that apt accepts`,
  json: { type: 'integer', minimum: -32_767, maximum: 32_767, not: { const: 0 } },
})
const packagePattern: Rule<string> = {
  code: 'bad_package',
  hint: "a package's name, such as 'linux-image-*'",
  holds: value => /^[a-z0-9*?][a-z0-9.+*?-]*$/.test(value),
  message: value => `'${value}' is not a package's name or pattern`,
  json: { pattern: '^[a-z0-9*?][a-z0-9.+*?-]*$' },
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
        /** The priority of the archive's packages for apt (apt_preferences). Default: 500, as Debian's. */
        pin: z
          .strictObject({
            /** From 990 its packages are preferred to Debian's newer ones; below 500 Debian's are preferred; a negative one forbids them. */
            priority: priority.describe(
              "From 990 its packages are preferred to Debian's newer ones; below 500 Debian's are preferred; a negative one forbids them.",
            ),
            /** Names or patterns (`nginx*`) of the packages that it holds for. Default: all. */
            packages: z
              .array(text(packagePattern))
              .min(1)
              .readonly()
              .optional()
              .describe('Names or patterns (`nginx*`) of the packages that it holds for. Default: all.'),
          })
          .optional()
          .describe(
            "The priority of the archive's packages for apt (apt_preferences). Default: 500, as Debian's.",
          ),
      }),
    )
    .readonly()
}

export const projectRepositories = repositories(projectPath)
export const bspRepositories = repositories(sourcePath)

export type RepositoryData = z.output<typeof projectRepositories>[number]
