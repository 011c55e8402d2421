/** Reads single nodes of the author's source, without following names. */
import type { Node as MorphNode } from 'ts-morph'
import type { Place } from './source-nodes.ts'
import type { TsMorph } from './syntax.ts'

/** The expression inside parentheses, an assertion or an await; undefined for other nodes. */
export function innerOf({ Node }: TsMorph, node: MorphNode): MorphNode | undefined {
  if (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isTypeAssertion(node) ||
    Node.isNonNullExpression(node) ||
    Node.isAwaitExpression(node)
  ) {
    return node.getExpression()
  }
  return undefined
}

/** Whether the node is a value that adds nothing when spread into an object. */
export function isNothing({ Node }: TsMorph, node: MorphNode): boolean {
  return node.getText() === 'undefined' || Node.isFalseLiteral(node) || Node.isNullLiteral(node)
}

export function isFunction({ Node }: TsMorph, node: MorphNode): boolean {
  return Node.isFunctionLikeDeclaration(node) || Node.isFunctionExpression(node) || Node.isArrowFunction(node)
}

/** The expressions that a function returns, without those of nested functions. */
export function returnedBy(morph: TsMorph, fn: MorphNode): MorphNode[] {
  const { Node } = morph
  const body = Node.isBodyable(fn) || Node.isBodied(fn) ? fn.getBody() : undefined
  if (!body || !Node.isBlock(body)) return body ? [body] : []
  const found: MorphNode[] = []
  body.forEachDescendant((node, traversal) => {
    if (isFunction(morph, node)) traversal.skip()
    else if (Node.isReturnStatement(node))
      found.push(...[node.getExpression()].filter(value => value !== undefined))
  })
  return found
}

/** The result of a call with these arguments. */
export function resultOf({ Node }: TsMorph, target: Place, given: readonly Place[]): Place {
  const scope = new Map(target.scope)
  if (Node.isParametered(target.node)) {
    for (const [index, parameter] of target.node.getParameters().entries()) {
      const argument = given[index]
      if (argument && !Node.isSpreadElement(argument.node) && !parameter.isRestParameter())
        scope.set(parameter, argument)
    }
  }
  return { node: target.node, scope, returned: true }
}

/** The exported name of an identifier that is imported from this package. */
export function ownName({ Node }: TsMorph, node: MorphNode): string | undefined {
  if (!Node.isIdentifier(node)) return undefined
  const declaration = node.getSymbol()?.getDeclarations()[0]
  const from = declaration?.getFirstAncestor(Node.isImportDeclaration)?.getModuleSpecifierValue()
  return from === 'strux-bsp' && Node.isImportSpecifier(declaration) ? declaration.getName() : undefined
}
