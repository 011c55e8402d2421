/**
 * Chains: the rule for paths that more than one node of a plan changes.
 *
 * A node changes a path when it makes a path that it also reads (all or part of it), that an earlier node made
 * (all or part of it), or that an earlier node already read (all or part of it, also through a folder or glob).
 * The chain's path is the outermost such path. Its writers are the nodes that make the path, a folder around it
 * or something in it, before the first change and before any node read it. Together the writers make the first
 * version. Every later maker is a link: it turns one version into the next. A node that only reads the path,
 * before the last link, is an early reader: it sees the version of its turn.
 *
 * The engine keeps a copy of the first version before the first link runs. When a link or an early reader has
 * to run, the path is reset to the first version and all links run again, in order. When a writer has to run,
 * the path is reset before it runs, so that no writer builds on the work of a link. The rule is the same for
 * files and folders.
 *
 * The first version belongs to its writers: their ids are kept with it. When the definition has other writers,
 * leftovers.ts resets the path.
 */
import type { Chain, PathRef } from '../model/plan.ts'

export function isLink(chain: Chain, index: number): boolean {
  return chain.links.includes(index)
}

/** Whether the node sees a version of its own: true for links and early readers. */
export function seesVersion(chain: Chain, index: number): boolean {
  return chain.links.includes(index) || chain.earlyReaders.includes(index)
}

/** True for writers, links and early readers. */
export function isMember(chain: Chain, index: number): boolean {
  return chain.writers.includes(index) || seesVersion(chain, index)
}

/** The chain's path as an input. */
export function placeOf(chain: Pick<Chain, 'path'>): PathRef {
  return { declared: chain.path, path: chain.path, glob: false }
}
