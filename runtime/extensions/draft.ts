/** The draft that a handler of a configuration hook gets, and what is read from it afterwards. */
import { posix } from 'node:path'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import { isDebianPackage } from '../model/debian-package.ts'
import type { ExtensionHandler } from '../model/extensions.ts'
import { plainData } from '../validate/plain-data.ts'

/** The draft of every hook with the members of some hooks; lib/extension-draft.ts has the types for authors. */
export interface Draft {
  readonly extension: string
  readonly options: Readonly<Record<string, unknown>>
  bsp: Record<string, unknown>
  project: Record<string, unknown>
  file(path: string): string
  packages?: { bsp: string[]; project: string[] }
  cthreads?: number
  host?: { packages: string[] }
}

export interface DraftInput {
  /** Copies that the handler may change. */
  readonly bsp: BspData
  readonly project: ProjectData
  readonly jobs: number
  readonly hostPackages: readonly string[]
  readonly bspFolder: string
}

export interface DraftResults {
  readonly bsp: Record<string, unknown>
  readonly project: Record<string, unknown>
  readonly jobs: number
  readonly hostPackages: readonly string[]
  /** What is wrong with a value that no schema describes. */
  readonly problem?: string
}

/** Keys that are read before the handlers are called; a handler neither sees nor changes them. */
const FIXED = ['extensions', 'skip_hooks', 'bsps'] as const

type Section = Record<string, unknown> & { rootfs?: { packages?: readonly string[] } }

export class DraftOfHook {
  readonly draft: Draft
  readonly #input: DraftInput
  readonly #fixed: Readonly<Record<'bsp' | 'project', Record<string, unknown>>>
  readonly #packagesBefore: string

  constructor({ hook, extension }: ExtensionHandler, input: DraftInput) {
    const { bspFolder, jobs, hostPackages } = input
    const [bsp, fixedBsp] = parted(input.bsp)
    const [project, fixedProject] = parted(input.project)
    this.#input = input
    this.#fixed = { bsp: fixedBsp, project: fixedProject }
    this.draft = {
      extension: extension.name,
      options: structuredClone(extension.options),
      bsp,
      project,
      file: path => `./${posix.relative(bspFolder, posix.join(extension.folder, path))}`,
      ...(hook === 'post_aggregate_packages' && {
        packages: { bsp: packagesOf(bsp), project: packagesOf(project) },
      }),
      ...(hook === 'post_determine_cthreads' && { cthreads: jobs }),
      ...(hook === 'add_host_dependencies' && { host: { packages: [...hostPackages] } }),
    }
    this.#packagesBefore = JSON.stringify(this.draft.packages)
  }

  results(): DraftResults {
    const {
      bsp,
      project,
      packages,
      cthreads = this.#input.jobs,
      host,
    } = plainData({ ...this.draft }) as Draft
    if (packages && JSON.stringify(packages) !== this.#packagesBefore) {
      setPackages(bsp, packages.bsp)
      setPackages(project, packages.project)
    }
    const hostPackages: unknown = host ? host.packages : this.#input.hostPackages
    const problem = wrongJobs(cthreads) ?? wrongPackages(hostPackages)
    return {
      bsp: whole(bsp, this.#fixed.bsp),
      project: whole(project, this.#fixed.project),
      jobs: cthreads,
      hostPackages: problem === undefined ? [...new Set(hostPackages as string[])] : [],
      ...(problem !== undefined && { problem }),
    }
  }
}

/** The part that a handler may change, and the rest. */
function parted(data: object): [Record<string, unknown>, Record<string, unknown>] {
  const isFixed = ([key]: [string, unknown]) => (FIXED as readonly string[]).includes(key)
  const entries = Object.entries(data)
  return [
    Object.fromEntries(entries.filter(entry => !isFixed(entry))),
    Object.fromEntries(entries.filter(isFixed)),
  ]
}

/** A draft that is no object any more stays as it is: the schema reports it. */
function whole(data: unknown, fixed: Record<string, unknown>): Record<string, unknown> {
  if (typeof data !== 'object' || data === null) return data as never
  return { ...data, ...fixed }
}

function packagesOf(section: Section): string[] {
  return [...(section.rootfs?.packages ?? [])]
}

function setPackages(section: Section, packages: readonly string[]): void {
  if (packages.length === 0 && section.rootfs?.packages === undefined) return
  section.rootfs = { ...section.rootfs, packages }
}

function wrongJobs(jobs: unknown): string | undefined {
  if (Number.isInteger(jobs) && (jobs as number) >= 1) return undefined
  return `draft.cthreads is ${String(jobs)}, not a whole number from 1`
}

function wrongPackages(packages: unknown): string | undefined {
  if (!Array.isArray(packages) || !packages.every(name => typeof name === 'string'))
    return 'draft.host.packages is not a list of strings'
  const wrong = packages.find(name => !isDebianPackage(name))
  return wrong === undefined ? undefined : `'${wrong}' cannot be the name of a Debian package`
}
