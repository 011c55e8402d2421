/** What a plan is: plain data, complete before anything runs, read by every command. The JSON form is in docs/json.md. */
import type { HookRow } from '../../lib/hooks/row.ts'

export type TargetArch = 'arm64' | 'x86_64' | 'armhf'

export interface Plan {
  readonly bsp: string
  readonly arch: TargetArch
  /** In the order in which a sequential build reaches them. */
  readonly nodes: readonly PlanNode[]
  /** Each hook of the build, also without scripts: the index of the first node at or behind it. In order. */
  readonly hooks: readonly HookRange[]
  /** By node, the indices of the earlier nodes that must have had their turn. */
  readonly edges: readonly (readonly number[])[]
  /** Places that several nodes change. */
  readonly chains: readonly Chain[]
  /** The nodes of `strux flash`, tool scripts first. */
  readonly flash: readonly ScriptNode[]
  /** Scripts that cannot run, each with the reason. */
  readonly never: readonly NeverRuns[]
}

export interface HookRange {
  readonly name: string
  readonly before: number
}

/** A place that more than one node changes; the rule is at the head of chains/chain.ts. */
export interface Chain {
  /** The outermost changed path, relative to the project. */
  readonly path: string
  /** Nodes that make the first version, in order; none where the place was not made by this build. */
  readonly writers: readonly number[]
  /** Nodes that turn one version into the next, in order. At least one. */
  readonly links: readonly number[]
  /** Nodes that only read the place, before the last link. */
  readonly earlyReaders: readonly number[]
}

export type PlanNode = ScriptNode | StepNode

interface NodeBase {
  readonly id: string
  readonly title: string
  /** Everything that a selection or `force_rebuild` may call it: its id, a script's hook. */
  readonly names: readonly string[]
  /** Whose records it has: the BSP's, or one set for all BSPs of the project, whose outputs it makes (one writer at a time). */
  readonly scope: 'bsp' | 'shared'
  /** It declares nothing that a later build could look for, so it runs in each. */
  readonly everyTime: boolean
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
  readonly hook: string
  /** How its hook stands to a step, and to which. */
  readonly relation: HookRow['relation']
  readonly step?: string
  readonly runs_in: HookRow['runs_in']
  /** Its content and inputs count as the step's own. */
  readonly feeds: boolean
  /** For a script inside a step: the point of the step's body. */
  readonly at?: string
  /** Variables of the step's session that the script may set. */
  readonly sets: readonly string[]
  /** The bash around the script's own text, by its name in the vocabulary, and the text of that. */
  readonly harness?: { readonly name: string; readonly text: string }
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
  readonly step: string
  readonly runs_in: 'container'
  /** The values of the definition that the step reads, by key. */
  readonly config: Readonly<Record<string, unknown>>
  /** Ids of the scripts whose content and inputs count as the step's own (before_kernel, after_kernel_extract, …). */
  readonly feeders: readonly string[]
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
  readonly hook: string
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
