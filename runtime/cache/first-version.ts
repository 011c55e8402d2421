/**
 * Chains on disk: before the first link changes a path in place, a copy of it is kept; before the links run again, the
 * copy is put back. Every state in between is marked in the manifest first, so that a build that dies leaves a chain
 * that starts again, never one that is taken for whole.
 */
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plan } from '../plan/model.ts'
import { cacheFolder } from '../plan/paths.ts'
import type { Chain, Relations } from '../plan/relations.ts'
import { isInsideKernel, keptFolder, keptVersion, pathOf } from './forecast.ts'
import type { RecordStore } from './records.ts'
import { digestOf, type World } from './world.ts'

export interface ChainStore {
  readonly plan: Plan
  readonly world: World
  readonly manifest: RecordStore
}

/** The maker of the first version is about to run: what was kept of the old one is of no use any more. */
export function forgetChain(chain: Chain, { plan, world, manifest }: ChainStore): void {
  manifest.setChain(chain.path, undefined)
  manifest.save()
  dropKept(world.root, plan.bsp, [chain.path])
}

/**
 * A path whose last in-place script went from the definition still shows what that script did: whoever makes it makes
 * it anew. Returns these paths; nothing changes on disk before `dropKept`, and the manifest is not saved.
 */
export function forgetOrphans(plan: Plan, { chains }: Relations, manifest: RecordStore): string[] {
  const orphans = manifest.chainPaths().filter(path => !chains.some(chain => chain.path === path))
  for (const path of orphans) {
    manifest.setChain(path, undefined)
    for (const node of plan.nodes) {
      if (![...node.artifacts, ...node.rewrites].some(ref => ref.path === path)) continue
      manifest.setNode(node.kind, node.id, undefined)
      // What works inside the kernel step runs with it alone.
      if (isInsideKernel(node)) manifest.setNode('step', 'kernel', undefined)
    }
  }
  return orphans
}

/** Removes what is kept of these paths. */
export function dropKept(root: string, bsp: string, paths: readonly string[]): void {
  for (const path of paths) {
    const kept = join(root, keptVersion(bsp, { path }))
    rmSync(kept, { recursive: true, force: true })
    rmSync(markOfNothing(kept), { force: true })
  }
}

/** Before the cache is deleted with all that it keeps: what lies elsewhere and was changed in place is as it was at first. */
export function putFirstVersionsBack(root: string, bsp: string): void {
  const folder = join(root, keptFolder(bsp))
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder).filter(each => !each.endsWith('.tmp'))) {
    const path = decodeURIComponent(name.replace(/\.nothing$/, ''))
    if (path.startsWith(`${cacheFolder(bsp)}/`)) continue
    rmSync(join(root, path), { recursive: true, force: true })
    if (!name.endsWith('.nothing')) renameSync(join(folder, name), join(root, path))
  }
}

/** Stands where a first version would be kept, if there was none: known also where records were lost. */
const markOfNothing = (kept: string): string => `${kept}.nothing`

/**
 * Brings the path to its first version, and keeps a copy of that. `fresh`: the maker ran in this build, so what is
 * there is the first version.
 */
export async function startChain(chain: Chain, fresh: boolean, store: ChainStore): Promise<void> {
  const { plan, world, manifest } = store
  const kept = join(world.root, keptVersion(plan.bsp, chain))
  const target = join(world.root, chain.path)
  const before = manifest.chain(chain.path)
  for (const link of chain.links) {
    const { kind, id } = plan.nodes[link]!
    manifest.setNode(kind, id, undefined)
  }
  // A kept copy is removed before the maker runs again, so one that is there is right, also where records were lost.
  const known = !fresh && !(await replacedByHand(chain, store))
  const fromNothing = known && (before ? before.first === null : existsSync(markOfNothing(kept)))
  if (known && existsSync(kept)) {
    const first =
      before?.first ?? digestOf(await world.state({ ...pathOf(chain), path: keptVersion(plan.bsp, chain) }))
    manifest.setChain(chain.path, { first, versions: [], complete: false })
    manifest.save()
    await copyInPlace(kept, target)
  } else if (existsSync(target) && !fromNothing) {
    manifest.save()
    rmSync(markOfNothing(kept), { force: true })
    await copyInPlace(target, kept)
    world.refresh()
    manifest.setChain(chain.path, {
      first: digestOf(await world.state(pathOf(chain))),
      versions: [],
      complete: false,
    })
    manifest.save()
  } else {
    // There was nothing before the first link made it: it begins from nothing again.
    rmSync(kept, { recursive: true, force: true })
    mkdirSync(dirname(kept), { recursive: true })
    writeFileSync(markOfNothing(kept), '')
    rmSync(target, { recursive: true, force: true })
    manifest.setChain(chain.path, { first: null, versions: [], complete: false })
    manifest.save()
  }
  world.refresh()
}

/** A link is about to run: from now on nobody knows what is there. The caller saves the manifest. */
export function enterLink(chain: Chain, { manifest }: ChainStore): void {
  const before = manifest.chain(chain.path)
  if (!before) return
  const { left: _, ...rest } = before
  manifest.setChain(chain.path, rest)
}

/** A link has run: remembers what it left. The caller saves the manifest, with the link's record. */
export async function extendChain(chain: Chain, link: number, store: ChainStore): Promise<void> {
  const { plan, manifest } = store
  const before = manifest.chain(chain.path)
  if (!before) return
  const digest = digestOf(await store.world.state(pathOf(chain)))
  manifest.setChain(chain.path, {
    first: before.first,
    versions: [...before.versions, { id: plan.nodes[link]!.id, digest }],
    complete: link === chain.links.at(-1),
    left: digest,
  })
}

/** A link has failed: what it left is not a version, but it is known. The caller saves the manifest. */
export async function leaveLink(chain: Chain, { world, manifest }: ChainStore): Promise<void> {
  const before = manifest.chain(chain.path)
  if (!before) return
  const state = await world.state(pathOf(chain))
  manifest.setChain(chain.path, { ...before, left: state === undefined ? null : digestOf(state) })
}

/**
 * Something that no link left is there: that is the first version now. Not where a node of the plan makes the path and
 * its work is kept: then what is there is damage, and the kept version is put back.
 */
async function replacedByHand(chain: Chain, { world, manifest }: ChainStore): Promise<boolean> {
  const record = manifest.chain(chain.path)
  if (chain.writer !== undefined && record?.first !== null) return false
  const left = record?.left
  if (left === undefined) return false
  const state = await world.state(pathOf(chain))
  return state !== undefined && left !== digestOf(state)
}

/** Copies a file or folder so that the target is either old or new; shares blocks where the filesystem can. */
async function copyInPlace(from: string, to: string): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`
  mkdirSync(dirname(to), { recursive: true })
  rmSync(temporary, { recursive: true, force: true })
  if (statSync(from).isDirectory()) {
    const { execa } = await import('execa')
    await execa('cp', ['-a', '--', from, temporary])
    rmSync(to, { recursive: true, force: true })
  } else {
    copyFileSync(from, temporary, constants.COPYFILE_FICLONE)
  }
  renameSync(temporary, to)
}
