/** A source package: what a board needs that is no Debian package. */
import * as z from 'zod'
import { PACKAGE_HOOKS, type PackageHook } from '../hooks/package.ts'
import { treePackagesSchema } from './buildroot.ts'
import { permissionsSchema, usersSchema } from './package-owners.ts'
import { brokenRules } from './package-rules.ts'
import { shellSafe, sourcePath } from './path.ts'
import { choice, type Rule, type RuleParams, strings, text } from './rule.ts'
import { inlineSchema } from './script.ts'

export const INFRASTRUCTURES = ['generic', 'autotools', 'cmake', 'meson', 'kernel-module'] as const
export const SITE_METHODS = ['local', 'git', 'http', 'file', 'debian'] as const

const nameRule: Rule<string> = {
  code: 'bad_package_name',
  hint: "letters, digits, '.', '-' and '_'; the host variant gets its 'host-' by itself",
  holds: value => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value) && !value.startsWith('host-'),
  message: value => `'${value}' cannot be the name of a package`,
  json: { pattern: '^(?!host-)[A-Za-z0-9][A-Za-z0-9._-]*$' },
}
const sha256: Rule<string> = {
  code: 'bad_sha256',
  hint: '64 hexadecimal digits',
  holds: value => /^[0-9a-f]{64}$/i.test(value),
  message: value => `'${value}' is not a SHA-256`,
  json: { pattern: '^[0-9a-fA-F]{64}$' },
}
const dependencyRule: Rule<string> = {
  code: 'bad_dependency',
  hint: "the name of a package, 'host-NAME' for its host variant, 'deb:NAME' for a Debian package, or 'deb:NAME:native' for one of the build machine",
  holds: value => /^(deb:[a-z0-9][a-z0-9+.-]*(:native)?|[A-Za-z0-9][A-Za-z0-9._-]*)$/.test(value),
  message: value => `'${value}' is not a dependency`,
  json: { pattern: '^(deb:[a-z0-9][a-z0-9+.-]*(:native)?|[A-Za-z0-9][A-Za-z0-9._-]*)$' },
}

const dependencies = z.array(text(dependencyRule)).readonly()
const path = text(...sourcePath)
/** One script, or several that run in this order. */
export const scriptsOfHook = z.union([inlineSchema, z.array(inlineSchema).readonly()], {
  error: 'must be an inline script or a list of them: sh`…`',
})
const environment = z.record(z.string(), z.string())

const hooksSchema = z.strictObject(
  Object.fromEntries(
    PACKAGE_HOOKS.map(({ name, doc }) => [name, scriptsOfHook.optional().describe(doc)]),
  ) as Record<PackageHook, z.ZodOptional<typeof scriptsOfHook>>,
)

const COMMANDS = [
  'extract',
  'configure',
  'build',
  'install',
  'install_staging',
  'install_target',
  'install_images',
] as const
const commandsSchema = z.strictObject(
  Object.fromEntries(
    COMMANDS.map(name => [name, inlineSchema.optional().describe(`The work of the phase ${name}.`)]),
  ) as Record<(typeof COMMANDS)[number], z.ZodOptional<typeof inlineSchema>>,
)

/** The keys that a host variant has of its own. */
const ownKeys = {
  /** Packages that are built and installed first: `'NAME'`, `'host-NAME'`, `'deb:NAME'` for a Debian package of the architecture, `'deb:NAME:native'` for a program of the machine that builds. */
  dependencies: dependencies
    .optional()
    .describe(
      "Packages that are built and installed first: `'NAME'`, `'host-NAME'`, `'deb:NAME'` for a Debian package of the architecture, `'deb:NAME:native'` for a program of the machine that builds.",
    ),
  /** Arguments for configure, cmake or meson. */
  conf_opts: strings.optional().describe('Arguments for configure, cmake or meson.'),
  /** Variables for configure, cmake or meson. */
  conf_env: environment.optional().describe('Variables for configure, cmake or meson.'),
  /** Arguments for make, or for ninja. */
  make_opts: strings.optional().describe('Arguments for make, or for ninja.'),
  /** Variables for make or ninja, which they see in their environment when they build and install. */
  make_env: environment
    .optional()
    .describe(
      'Variables for make or ninja, which they see in their environment when they build and install.',
    ),
  /** The work of phases, in place of that of the infrastructure. */
  commands: commandsSchema.optional().describe('The work of phases, in place of that of the infrastructure.'),
  /** Scripts before and after phases; each hook has one or a list. */
  hooks: hooksSchema.optional().describe('Scripts before and after phases; each hook has one or a list.'),
}

const shape = z.strictObject({
  /** Name of the package: of its file, its node `package:NAME`, its build folder. */
  name: text(nameRule).describe(
    'Name of the package: of its file, its node `package:NAME`, its build folder.',
  ),
  /** Version of the package. For git: the branch, tag or commit. */
  version: text(shellSafe).optional().describe('Version of the package. For git: the branch, tag or commit.'),
  /** Where the source is: a folder (`./src`), a URL without the file's name, or the URL of a repository. */
  site: text(shellSafe)
    .optional()
    .describe(
      "Where the source is: a folder (`./src`), a URL without the file's name, or the URL of a repository.",
    ),
  /** How the source is fetched. `local`: a folder that is copied; `git`; `http`: a file of a server; `file`: a tarball of the project; `debian`: a source package. Default: `http` for a URL, else `local`. */
  site_method: choice(SITE_METHODS, 'unknown_value', 'a site method')
    .optional()
    .describe(
      'How the source is fetched. `local`: a folder that is copied; `git`; `http`: a file of a server; `file`: a tarball of the project; `debian`: a source package. Default: `http` for a URL, else `local`.',
    ),
  /** For git: whether submodules are fetched too, and theirs. Default: false. */
  git_submodules: z
    .boolean()
    .optional()
    .describe('For git: whether submodules are fetched too, and theirs. Default: false.'),
  /** Name of the file that is fetched. Default: `NAME-VERSION.tar.gz`. */
  source: text(shellSafe)
    .optional()
    .describe('Name of the file that is fetched. Default: `NAME-VERSION.tar.gz`.'),
  /** SHA-256 of that file. */
  sha256: text(sha256).optional().describe('SHA-256 of that file.'),
  /** A folder of the project that takes the place of the source, for work on the package. */
  override_srcdir: path
    .optional()
    .describe('A folder of the project that takes the place of the source, for work on the package.'),
  /** Patches: files, or folders whose `*.patch` are applied in their order. Not for local sources. */
  patches: z
    .array(path)
    .readonly()
    .optional()
    .describe(
      'Patches: files, or folders whose `*.patch` are applied in their order. Not for local sources.',
    ),
  /** Folder of the source in which the package is built. Default: its top. */
  subdir: text(shellSafe)
    .optional()
    .describe('Folder of the source in which the package is built. Default: its top.'),
  /** Licences, as SPDX names. */
  license: z.string().optional().describe('Licences, as SPDX names.'),
  /** Files of the source with the licences' texts. */
  license_files: strings.optional().describe("Files of the source with the licences' texts."),
  /** How the package is built. Default: `generic`, which does only what `commands` say. */
  infra: choice(INFRASTRUCTURES, 'unknown_value', 'an infrastructure')
    .optional()
    .describe('How the package is built. Default: `generic`, which does only what `commands` say.'),
  /** Whether it is built for the device. Default: true. */
  target: z.boolean().optional().describe('Whether it is built for the device. Default: true.'),
  /** The variant for the machine that builds, if there is one. It inherits neither hooks nor commands. */
  host: z
    .strictObject(ownKeys)
    .optional()
    .describe(
      'The variant for the machine that builds, if there is one. It inherits neither hooks nor commands.',
    ),
  ...ownKeys,
  /** Whether it is installed in STAGING_DIR, where other packages find headers and libraries. Default: false. */
  install_staging: z
    .boolean()
    .optional()
    .describe(
      'Whether it is installed in STAGING_DIR, where other packages find headers and libraries. Default: false.',
    ),
  /** Whether it is installed in the root filesystem. Default: true. */
  install_target: z
    .boolean()
    .optional()
    .describe('Whether it is installed in the root filesystem. Default: true.'),
  /** Whether it puts files into the output folder. Default: false. */
  install_images: z
    .boolean()
    .optional()
    .describe('Whether it puts files into the output folder. Default: false.'),
  /** Packages whose files it may overwrite in the root filesystem. */
  replaces: strings.optional().describe('Packages whose files it may overwrite in the root filesystem.'),
  /** Users that its programs need. */
  users: usersSchema.optional().describe('Users that its programs need.'),
  /** Modes, owners and capabilities of installed files, which otherwise belong to root. */
  permissions: permissionsSchema
    .optional()
    .describe('Modes, owners and capabilities of installed files, which otherwise belong to root.'),
  /** Units of systemd that the package installs and that start with the device; 'all' for each that can be enabled. */
  units: z
    .union([z.literal('all'), z.array(text(shellSafe)).readonly()], {
      error: "must be 'all' or a list of units",
    })
    .optional()
    .describe(
      "Units of systemd that the package installs and that start with the device; 'all' for each that can be enabled.",
    ),
})

/** A source package's data. */
export type PackageData = z.output<typeof shape>

/** The kind of zod's issues that rules of ours make. */
const OWN_RULE = 'custom'

export const packageSchema = shape.superRefine((data, context) => {
  for (const { path, message, code, hint } of brokenRules(data)) {
    const params: RuleParams = { code, hint }
    context.addIssue({ code: OWN_RULE, path, message, params: { ...params } })
  }
})

/** A package, the name of one, or the packages of a Buildroot tree. */
export const packageEntry = z.union([text(obeyName()), packageSchema, treePackagesSchema], {
  error: "must be the name of a package, or the result of definePackage({ … }) or buildrootPackages('…')",
})

/** A name in a list of packages may be that of a host variant. */
function obeyName(): Rule<string> {
  return {
    ...nameRule,
    holds: value => nameRule.holds(value.replace(/^host-/, '')),
    json: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
  }
}
