/** What following an expression deals in: places in the author's source, members of objects, items of lists. */
import type { Node as MorphNode } from 'ts-morph'

/** An expression, with what the parameters of the calls that led to it stand for. */
export interface Place {
  readonly node: MorphNode
  readonly scope: ReadonlyMap<MorphNode, Place>
  /** The node is a function, and the place is what a call of it returns. */
  readonly returned?: true
}

export type Member =
  | { readonly kind: 'found'; readonly name: MorphNode; readonly value: Place }
  /** It may come from this node, which the source alone does not tell. */
  | { readonly kind: 'perhaps'; readonly node: MorphNode }
  | { readonly kind: 'absent' }

/** An element of a list, or a part of it with an unknown number of elements. */
export type Item =
  | { readonly kind: 'one'; readonly place: Place }
  | {
      readonly kind: 'some'
      readonly node: MorphNode
      /** The lists it may be, where the source shows them. */
      readonly options: readonly (readonly Item[])[]
      /** What each element looks like, where all are made alike. */
      readonly template?: Place
    }
