/** What a plan is: plain data, complete before anything runs, read by every command. The JSON form is in docs/json.md. */
import type { Hook, StepName } from '../../lib/hooks/build.ts'

export type TargetArch = 'arm64' | 'x86_64' | 'armhf'

/** Hooks that a plan knows: those of a BSP and the one for scripts of the project. */
export type PlanHook = Hook | 'rootfs_post'

export interface Plan {
  readonly bsp: string
  readonly arch: TargetArch
  /** In the order in which a sequential build reaches them. */
  readonly nodes: readonly PlanNode[]
  /** The nodes of `strux flash`, tool scripts first. */
  readonly flash: readonly ScriptNode[]
  /** Scripts that cannot run, each with the reason. */
  readonly never: readonly NeverRuns[]
}

export type PlanNode = ScriptNode | StepNode

interface NodeBase {
  readonly id: string
  readonly title: string
  readonly artifacts: readonly PathRef[]
  readonly dependencies: readonly PathRef[]
  /** What the script sees: paths as they are where it runs. */
  readonly env: Readonly<Record<string, string>>
  /** The same, for fingerprints: paths always in their container form, without what must not count. */
  readonly hashedEnv: Readonly<Record<string, string>>
  readonly builder: BuilderRef
  /** Paths that the node changes although nobody declared them (the root filesystem's tarball, for project scripts). */
  readonly rewrites: readonly PathRef[]
  /** The id of the step inside which the node works: it runs when that step runs, and only then. */
  readonly inside?: string
}

export interface ScriptNode extends NodeBase {
  readonly kind: 'script'
  readonly hook: PlanHook
  readonly runs_in: 'container' | 'host'
  /** As written by the author. */
  readonly location?: string
  /** The board layer that the script comes from. */
  readonly layer?: string
  readonly source: ScriptSource
  /** Where the entry stands in the author's data. */
  readonly origin: Origin
}

export interface StepNode extends NodeBase {
  readonly kind: 'step'
  readonly step: StepName
  readonly runs_in: 'container'
  /** The values of the definition that the step reads, by key. */
  readonly config: Readonly<Record<string, unknown>>
  /** Ids of the scripts whose content and inputs count as the step's own (before_kernel, after_kernel_extract, …). */
  readonly feeders: readonly string[]
  /** True where the outputs serve every BSP of the project: one writer at a time. */
  readonly shared: boolean
}

/** The text of a script: a file of the project, relative to its root, or text in the definition itself. */
export type ScriptSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly text: string }

export interface PathRef {
  /** As the author wrote it. */
  readonly declared: string
  /** Relative to the project, with `/`; for a glob the resolved pattern. */
  readonly path: string
  readonly glob: boolean
  /** Where it stands in the author's list, from 0. */
  readonly position?: number
  /** Names, or `*suffix` patterns, that are passed over at any depth when a folder is hashed; `/name` only at its top. */
  readonly ignore?: readonly string[]
  /** Of the files of a folder, only those count that the tool reads: those that Go compiles or embeds. */
  readonly only?: 'go'
  /** An input of a step that need not exist: its absence is a state like any other. */
  readonly optional?: boolean
  /** Of a step's input that the definition names. */
  readonly named?: NamedInput
}

/** What a definition says of a file or folder that a step reads. */
export interface NamedInput {
  readonly origin: Origin
  /** What it is, for people: `patch`. */
  readonly what: string
  readonly kind: 'file' | 'folder' | 'file or folder'
  /** Whether the step fails without. */
  readonly required: boolean
}

/** Where a value stands: in which definition, under which keys. */
export interface Origin {
  readonly source: 'project' | 'bsp'
  readonly keys: readonly (string | number)[]
}

export interface NeverRuns {
  readonly id: string
  readonly hook: PlanHook
  readonly title: string
  readonly reason: string
  readonly origin: Origin
}

/**
 * The image that a command runs in: one named by the user, or one made here from package groups.
 * `key` is what counts for fingerprints: the name, or the SHA-256 of the recipe.
 */
export type BuilderRef =
  | { readonly kind: 'named'; readonly image: string; readonly key: string }
  | { readonly kind: 'recipe'; readonly recipe: BuilderRecipe; readonly key: string }

/** What a builder image is made of. Layers are shared between recipes that begin alike. */
export interface BuilderRecipe {
  /** The Debian suite, such as `trixie`. */
  readonly suite: string
  /** Installed one after another, each an image layer of its own. */
  readonly layers: readonly { readonly name: string; readonly packages: readonly string[] }[]
}
