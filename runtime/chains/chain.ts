/**
 * Chains: the rule for places that more than one node of a plan changes.
 *
 * A node changes a place when it makes a path that it also reads (all or part of it), that an earlier node made (all or
 * part of it), or that lies in a folder or glob which an earlier node already read as a product of the build. The place is the outermost such path. Nodes that
 * make it, a folder around it or something in it before the first change, and before anybody read it, are its writers:
 * together they make the first version. Every later maker is a link: it turns one version into the next. A node that
 * only reads the place, before the last link, is an early reader: it sees the version of its turn. A copy of the first
 * version is kept before the first link runs. When a link or an early reader has to run, the place goes back to the first
 * version and all links run again, in order; when a writer has to run, the place goes back before it runs, so that no
 * writer builds on the work of a link. The same holds for files and folders.
 */
import type { Chain, PathRef } from '../model/plan.ts'

export function isLink(chain: Chain, index: number): boolean {
  return chain.links.includes(index)
}

/** Whether the node sees a version of its own: links and early readers do. */
export function seesVersion(chain: Chain, index: number): boolean {
  return chain.links.includes(index) || chain.earlyReaders.includes(index)
}

/** Writers, links and early readers. */
export function isMember(chain: Chain, index: number): boolean {
  return chain.writers.includes(index) || seesVersion(chain, index)
}

/** The place as an input. */
export function placeOf(chain: Pick<Chain, 'path'>): PathRef {
  return { declared: chain.path, path: chain.path, glob: false }
}
