/** The plan: plain data, complete before anything runs, read by every command. The JSON form is in docs/json.md. */
import type { HookRow } from '../../lib/hooks/row.ts'
import type { ExtensionHandler, Extensions, HandlerSource, SourcePlace } from './extensions.ts'
import type { Origin } from './origin.ts'

export type TargetArch = 'arm64' | 'x86_64' | 'armhf'

export interface Plan {
  readonly bsp: string
  readonly arch: TargetArch
  /** In the order of a sequential build. */
  readonly nodes: readonly PlanNode[]
  /**
   * Each hook of the build, including hooks without scripts: the index of the first node at or after it. In
   * order.
   */
  readonly hooks: readonly HookRange[]
  /** For each node, the indices of the earlier nodes that must finish, or be skipped, first. */
  readonly edges: readonly (readonly number[])[]
  /** Paths that several nodes change. */
  readonly chains: readonly Chain[]
  /** The nodes of `strux flash`, tool scripts first. */
  readonly flash: readonly ScriptNode[]
  /** The extensions whose handlers are nodes of the plan, or ran before it. */
  readonly extensions?: Extensions
  /** Scripts that cannot run, with the reason. */
  readonly never: readonly NeverRuns[]
}

export interface HookRange {
  readonly name: string
  readonly before: number
}

/** A path that more than one node changes; the rule is at the head of chains/chain.ts. */
export interface Chain {
  /** The outermost changed path, relative to the project. */
  readonly path: string
  /** Nodes that make the first version, in order; empty if this build does not make the path. */
  readonly writers: readonly number[]
  /** Nodes that turn one version into the next, in order. At least one. */
  readonly links: readonly number[]
  /** Nodes that only read the path, before the last link. */
  readonly earlyReaders: readonly number[]
}

export type PlanNode = ScriptNode | StepNode

interface NodeBase {
  readonly id: string
  readonly title: string
  /** Every name that a selection or `force_rebuild` may use: the id, and a script's hook. */
  readonly names: readonly string[]
  /**
   * Owner of its records: the BSP, or the whole project. A shared node makes outputs for all BSPs, so only one
   * process may run it at a time.
   */
  readonly scope: 'bsp' | 'shared'
  /** True if it declares no output that a later build could check: it then runs in every build. */
  readonly everyTime: boolean
  readonly artifacts: readonly PathRef[]
  readonly dependencies: readonly PathRef[]
  /** Environment of the script or step, with paths as they are where it runs. */
  readonly env: Readonly<Record<string, string>>
  /** The same for fingerprints: paths always in their container form, without variables that must not count. */
  readonly hashedEnv: Readonly<Record<string, string>>
  readonly builder: BuilderRef
  /** Paths that the node changes without a declaration (the root filesystem's tarball, for project scripts). */
  readonly rewrites: readonly PathRef[]
  /** The id of the step that the node works inside: the node runs exactly when that step runs. */
  readonly inside?: string
}

export interface ScriptNode extends NodeBase {
  readonly kind: 'script'
  readonly hook: string
  /** Its hook's relation to a step, and the step. */
  readonly relation: HookRow['relation']
  readonly step?: string
  readonly runs_in: HookRow['runs_in']
  /** True if its content and inputs count as the step's own. */
  readonly feeds: boolean
  /** For a script inside a step: the point of the step's body. */
  readonly at?: string
  /** Variables of the step's session that the script may set. */
  readonly sets: readonly string[]
  /** The bash that wraps the script's own text: its name in the vocabulary, and its text. */
  readonly harness?: { readonly name: string; readonly text: string }
  /** How the harness calls the script. */
  readonly call?: ScriptCall
  /** `caller`: the user who builds, without privileges. Default: root. */
  readonly user?: 'caller'
  /** The location as the author wrote it. */
  readonly location?: string
  /** The board layer that provides the script. */
  readonly layer?: string
  /** For a handler of an extension: its data. */
  readonly handler?: ExtensionHandler
  readonly source: ScriptSource
  /** The entry's position in the author's data. */
  readonly origin: Origin
}

/** The arguments of a script, after those that its harness gives, and its working directory where it runs. */
export interface ScriptCall {
  readonly args: readonly string[]
  readonly cwd: string
  /** Variables for the harness, which the script itself does not get. */
  readonly setup?: Readonly<Record<string, string>>
}

export interface StepNode extends NodeBase {
  readonly kind: 'step'
  readonly step: string
  /** The name of its body in the pipeline. */
  readonly body: string
  readonly runs_in: 'container'
  /** Whether its commands use loop devices. */
  readonly loopDevices?: true
  /** The values of the definition that the step reads, by key. */
  readonly config: Readonly<Record<string, unknown>>
  /** The scripts of the definition that its own commands run, in order. Their texts are in `config`. */
  readonly hooks?: readonly StepHook[]
  /** Finds a script of the definition that its own commands run, for messages; undefined if that is not known. */
  readonly locate?: (script: CalledScript) => Promise<SourcePlace | undefined>
  /** Ids of the scripts whose content and inputs count as the step's own (before_kernel, after_kernel_extract, …). */
  readonly feeders: readonly string[]
}

/** A script of a source package or of the BSP that a step runs as part of its commands. */
export interface StepHook {
  readonly hook: string
  /** The id of the package's variant, or the name of the BSP. */
  readonly of: string
  /** The first line of the script. */
  readonly title: string
}

/** A script of the definition in the words of the step that runs it. */
export interface CalledScript {
  /** The id of the package's variant, or the name of the BSP. */
  readonly of: string
  /** The hook, or the phase whose command it is. */
  readonly name: string
  /** Index in the list of the hook's scripts. */
  readonly index: number
}

/**
 * The text of a script: a file of the project, relative to its root, or text in the definition itself, or a
 * function of an extension.
 */
export type ScriptSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly text: string }
  | Extract<HandlerSource, { kind: 'function' }>

export interface PathRef {
  /** As the author wrote it. */
  readonly declared: string
  /** Relative to the project, with `/`; for a glob the resolved pattern. */
  readonly path: string
  readonly glob: boolean
  /** Index in the author's list, from 0. */
  readonly position?: number
  /** Names or `*suffix` patterns to ignore at any depth when a folder is hashed; `/name` only at its top. */
  readonly ignore?: readonly string[]
  /** Whether the mode of a folder itself counts, too. */
  readonly ownMode?: true
  /** Limits a folder to the files that the tool reads: `go`, the files that Go compiles or embeds. */
  readonly only?: 'go'
  /** A step's input that may be absent: absence is a state like any other. */
  readonly optional?: boolean
  /** Set for a step's input that the definition names. */
  readonly named?: NamedInput
}

/** What a definition says about a file or folder that a step reads. */
export interface NamedInput {
  readonly origin: Origin
  /** The kind of input, for people: `patch`. */
  readonly what: string
  readonly kind: 'file' | 'folder' | 'file or folder'
  /** Whether the step fails without it. */
  readonly required: boolean
}

export interface NeverRuns {
  readonly id: string
  readonly hook: string
  readonly title: string
  readonly reason: string
  readonly origin: Origin
}

/**
 * The image that a command runs in: named by the user, or built from package groups. `key` counts in
 * fingerprints: the name, or the SHA-256 of the recipe.
 */
export type BuilderRef =
  | { readonly kind: 'named'; readonly image: string; readonly key: string }
  | { readonly kind: 'recipe'; readonly recipe: BuilderRecipe; readonly key: string }

/** The contents of a builder image. Recipes with the same first layers share those layers. */
export interface BuilderRecipe {
  /** The Debian suite, such as `trixie`. */
  readonly suite: string
  /** Installed one after another, each as its own image layer. */
  readonly layers: readonly { readonly name: string; readonly packages: readonly string[] }[]
}
