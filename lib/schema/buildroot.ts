/** A Buildroot tree of the project: an external tree, or a whole Buildroot. */
import * as z from 'zod'
import { sourcePath } from './path.ts'
import { type Rule, text } from './rule.ts'

const symbol: Rule<string> = {
  code: 'bad_symbol',
  hint: "write the whole name, such as 'BR2_PACKAGE_FOO'",
  holds: value => /^BR2_[A-Za-z0-9_]+$/.test(value),
  message: value => `'${value}' is not a symbol of Buildroot's configuration`,
}

/** Symbols of Buildroot's configuration. `false`: not set. */
const configSchema = z.record(text(symbol), z.union([z.boolean(), z.number(), z.string()]))

const defconfig = z
  .string()
  .optional()
  .describe("Name of a file in the tree's `configs` folder, whose symbols count.")

export const treeSchema = z.strictObject({
  /** The tree's folder: `./x` is in the BSP's folder; other paths are relative to the project. */
  path: text(...sourcePath).describe(
    "The tree's folder: `./x` is in the BSP's folder; other paths are relative to the project.",
  ),
  /** Name of a file in the tree's `configs` folder, whose symbols count. */
  defconfig,
  /** Symbols of Buildroot's configuration; they win over those of `defconfig`. */
  config: configSchema
    .optional()
    .describe("Symbols of Buildroot's configuration; they win over those of `defconfig`."),
})

export const treePackagesSchema = z.strictObject({
  /** The folder of an external tree: `./x` is in the BSP's folder; other paths are relative to the project. */
  buildroot: text(...sourcePath).describe(
    "The folder of an external tree: `./x` is in the BSP's folder; other paths are relative to the project.",
  ),
  /** Name of a file in the tree's `configs` folder, whose symbols count. */
  defconfig,
  /** Symbols of the tree's configuration; they win over those of `defconfig`. Without any that enables a package, all are enabled. */
  config: configSchema
    .optional()
    .describe(
      "Symbols of the tree's configuration; they win over those of `defconfig`. Without any that enables a package, all are enabled.",
    ),
  /** Debian packages for packages of Buildroot itself that the tree's packages depend on, by their names: one, several, or none. */
  debian: z
    .record(z.string(), z.array(z.string()).readonly())
    .optional()
    .describe(
      "Debian packages for packages of Buildroot itself that the tree's packages depend on, by their names: one, several, or none.",
    ),
})

export type TreePackagesData = z.output<typeof treePackagesSchema>
export type TreeData = z.output<typeof treeSchema>
export type ConfigData = z.output<typeof configSchema>
