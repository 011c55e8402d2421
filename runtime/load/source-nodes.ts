/** The vocabulary of follow.ts: places in the author's source, members of objects, items of lists. */
import type { Node as MorphNode } from 'ts-morph'

/** An expression, with the arguments for the parameters of the calls that led to it. */
export interface Place {
  readonly node: MorphNode
  readonly scope: ReadonlyMap<MorphNode, Place>
  /** The node is a function, and the place is the result of calling it. */
  readonly returned?: true
}

export type Member =
  | { readonly kind: 'found'; readonly name: MorphNode; readonly value: Place }
  /** The value may come from this node; the source alone does not tell. */
  | { readonly kind: 'perhaps'; readonly node: MorphNode }
  | { readonly kind: 'absent' }

/** An element of a list, or a part of it with an unknown number of elements. */
export type Item =
  | { readonly kind: 'one'; readonly place: Place }
  | {
      readonly kind: 'some'
      readonly node: MorphNode
      /** The possible lists, if the source shows them. */
      readonly options: readonly (readonly Item[])[]
      /** The common form of all elements, if one expression makes them all. */
      readonly template?: Place
    }
