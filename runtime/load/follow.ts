/**
 * Follows an expression to the expressions that its value comes from: through names, imports, calls of the
 * author's own functions, spreads and conditions. Nothing is evaluated; if the source alone does not determine
 * the value, the result says so.
 */
import type { CallExpression, Identifier, Node as MorphNode, ObjectLiteralElementLike } from 'ts-morph'
import { innerOf, isFunction, isNothing, ownName, resultOf, returnedBy } from './read-node.ts'
import type { Item, Member, Place } from './source-nodes.ts'
import type { TsMorph } from './syntax.ts'

/** Limit for following names, because definitions may be recursive. */
const DEEPEST = 60

export class Follower {
  readonly #morph: TsMorph

  constructor(morph: TsMorph) {
    this.#morph = morph
  }

  /**
   * The expressions that the value may come from: literals, and expressions that cannot be followed further. At
   * least one.
   */
  follow(place: Place, depth = 0): Place[] {
    const { Node, SyntaxKind } = this.#morph
    if (depth > DEEPEST) return [place]
    const { node, scope } = place
    const on = (next: MorphNode) => this.follow({ node: next, scope }, depth + 1)
    if (place.returned) return returnedBy(this.#morph, node).flatMap(on)
    const inner = innerOf(this.#morph, node)
    if (inner) return on(inner)
    if (Node.isConditionalExpression(node)) return [...on(node.getWhenTrue()), ...on(node.getWhenFalse())]
    if (Node.isBinaryExpression(node)) {
      const operator = node.getOperatorToken().getKind()
      if (operator === SyntaxKind.AmpersandAmpersandToken) return on(node.getRight())
      if (operator === SyntaxKind.BarBarToken || operator === SyntaxKind.QuestionQuestionToken) {
        return [...on(node.getLeft()), ...on(node.getRight())]
      }
      return [place]
    }
    if (Node.isCallExpression(node)) return this.#call(place, node, depth)
    const source = this.source(place, depth)
    return source ? this.follow(source, depth + 1) : [place]
  }

  /** One step behind a name: the value given to a constant, parameter or property. Undefined for all but names. */
  source(place: Place, depth = 0): Place | undefined {
    const { Node } = this.#morph
    const { node, scope } = place
    if (Node.isIdentifier(node)) return this.#named(node, scope, depth)
    if (Node.isPropertyAccessExpression(node)) {
      return this.#part({ node: node.getExpression(), scope }, node.getName(), depth)
    }
    if (Node.isElementAccessExpression(node)) {
      const argument = node.getArgumentExpression()
      if (!Node.isStringLiteral(argument) && !Node.isNumericLiteral(argument)) return undefined
      return this.#part({ node: node.getExpression(), scope }, argument.getLiteralValue(), depth)
    }
    return undefined
  }

  /** The expression without parentheses, type assertions and await. */
  bare(node: MorphNode): MorphNode {
    const inner = innerOf(this.#morph, node)
    return inner ? this.bare(inner) : node
  }

  /**
   * The property of an object literal, or the node it may come from. If a key occurs twice, the last one
   * counts.
   */
  member(object: Place, key: string, depth = 0): Member {
    const { Node } = this.#morph
    if (!Node.isObjectLiteralExpression(object.node)) return { kind: 'perhaps', node: object.node }
    let perhaps: Member | undefined
    for (const property of object.node.getProperties().toReversed()) {
      const member = this.#property(property, object.scope, key, depth)
      if (member.kind === 'found') return member
      if (member.kind === 'perhaps') perhaps ??= member
    }
    return perhaps ?? { kind: 'absent' }
  }

  /** The elements of a list; undefined if the source shows no list. */
  items(place: Place, depth = 0): Item[] | undefined {
    const { Node } = this.#morph
    const { node, scope } = place
    if (depth > DEEPEST) return undefined
    if (Node.isArrayLiteralExpression(node)) {
      return node.getElements().flatMap((element): Item[] => {
        if (!Node.isSpreadElement(element)) return [{ kind: 'one', place: { node: element, scope } }]
        return this.#spread({ node: element.getExpression(), scope }, element, depth)
      })
    }
    return Node.isCallExpression(node) ? this.#made(node, scope, depth) : undefined
  }

  #property(property: ObjectLiteralElementLike, scope: Place['scope'], key: string, depth: number): Member {
    const { Node } = this.#morph
    if (Node.isSpreadAssignment(property)) {
      const members = this.follow({ node: property.getExpression(), scope }, depth + 1).map(target =>
        isNothing(this.#morph, target.node)
          ? ({ kind: 'absent' } as const)
          : this.member(target, key, depth + 1),
      )
      const found = members.find(member => member.kind === 'found')
      if (found) return found
      return members.every(member => member.kind === 'absent')
        ? { kind: 'absent' }
        : { kind: 'perhaps', node: property }
    }
    const name = property.getNameNode()
    const text = this.#keyText(name, scope)
    if (text === undefined) return { kind: 'perhaps', node: property }
    if (text !== key) return { kind: 'absent' }
    const value = Node.isPropertyAssignment(property) ? property.getInitializerOrThrow() : name
    return { kind: 'found', name, value: { node: value, scope } }
  }

  #keyText(name: MorphNode, scope: Place['scope']): string | undefined {
    const { Node } = this.#morph
    if (
      Node.isStringLiteral(name) ||
      Node.isNumericLiteral(name) ||
      Node.isNoSubstitutionTemplateLiteral(name)
    ) {
      return String(name.getLiteralValue())
    }
    if (!Node.isComputedPropertyName(name)) return name.getText()
    const [only, ...others] = this.follow({ node: name.getExpression(), scope })
    if (!only || others.length > 0 || Node.isComputedPropertyName(only.node) || Node.isIdentifier(only.node))
      return undefined
    return this.#keyText(only.node, scope) === only.node.getText()
      ? undefined
      : this.#keyText(only.node, scope)
  }

  #spread(list: Place, node: MorphNode, depth: number): Item[] {
    const options = this.follow(list, depth + 1).map(target => this.items(target, depth + 1))
    const shown = options.filter(option => option !== undefined)
    if (options.length === 1 && shown[0]?.every(item => item.kind === 'one')) return shown[0]
    const template =
      options.length === 1 && shown[0]?.length === 1 && shown[0][0]?.kind === 'some' && shown[0][0].template
    return [{ kind: 'some', node, options: shown, ...(template && { template }) }]
  }

  /** `list.map(make)` and `Array.from(list, make)`: the function returns every element. */
  #made(call: CallExpression, scope: Place['scope'], depth: number): Item[] | undefined {
    const { Node } = this.#morph
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) return undefined
    const from = callee.getText() === 'Array.from'
    if (!from && callee.getName() !== 'map') return undefined
    const [list, make] = from ? call.getArguments() : [callee.getExpression(), call.getArguments()[0]]
    if (!list || !make) return undefined
    const [maker] = this.follow({ node: make, scope }, depth + 1)
    if (!maker || !isFunction(this.#morph, maker.node)) return undefined
    const [base, ...others] = this.follow({ node: list, scope }, depth + 1)
    const items = base && others.length === 0 ? this.items(base, depth + 1) : undefined
    if (!items?.every(item => item.kind === 'one')) {
      return [{ kind: 'some', node: call, options: [], template: { ...maker, returned: true } }]
    }
    return items.map(item => ({ kind: 'one', place: resultOf(this.#morph, maker, [item.place]) }))
  }

  #call(place: Place, call: CallExpression, depth: number): Place[] {
    const callee = call.getExpression()
    const scope = place.scope
    const given = call.getArguments().map(node => ({ node, scope }))
    const first = given[0]
    if (first && /^(define(Bsp|Config|Package)|Object\.freeze|structuredClone)$/.test(callee.getText())) {
      return this.follow(first, depth + 1)
    }
    // `extension.with({ … })`: only the extension shows the handlers.
    if (this.#morph.Node.isPropertyAccessExpression(callee) && callee.getName() === 'with') {
      const extension = this.follow({ node: callee.getExpression(), scope }, depth + 1)
      if (extension.every(({ node }) => this.#morph.Node.isObjectLiteralExpression(node))) return extension
    }
    const callees = this.follow({ node: callee, scope }, depth + 1)
    const functions = callees.map(target => this.#maker(target, depth) ?? target)
    if (functions.every(target => isFunction(this.#morph, target.node))) {
      const results = functions.flatMap(target =>
        this.follow(resultOf(this.#morph, target, given), depth + 1),
      )
      return results.length > 0 ? results : [place]
    }
    // `layer({ … })`, or `import { defineBsp as bsp } from 'strux-bsp'`
    const imported = functions.map(target => ownName(this.#morph, target.node))
    const passesOn = imported.every(
      name => name === 'layer' || /^define(Bsp|Config|Extension|Package)$/.test(name ?? ''),
    )
    return first && passesOn ? this.follow(first, depth + 1) : [place]
  }

  /** For a board, `defineBoard(import.meta.url, make)`: the function that makes its layer. */
  #maker({ node, scope }: Place, depth: number): Place | undefined {
    const { Node } = this.#morph
    if (!Node.isCallExpression(node) || ownName(this.#morph, node.getExpression()) !== 'defineBoard')
      return undefined
    const make = node.getArguments()[1]
    const [maker, ...others] = make ? this.follow({ node: make, scope }, depth + 1) : []
    return others.length === 0 ? maker : undefined
  }

  #part(object: Place, key: string | number, depth: number): Place | undefined {
    const { Node } = this.#morph
    const [target, ...others] = this.follow(object, depth + 1)
    if (!target || others.length > 0) return undefined
    if (Node.isSourceFile(target.node)) {
      const declaration = target.node.getExportedDeclarations().get(String(key))?.[0]
      return declaration && this.#declared(declaration, object.scope, depth)
    }
    if (typeof key === 'number') {
      const item = this.items(target, depth + 1)?.[key]
      return item?.kind === 'one' ? item.place : undefined
    }
    const member = this.member(target, key, depth + 1)
    return member.kind === 'found' ? member.value : undefined
  }

  #named(name: Identifier, scope: Place['scope'], depth: number): Place | undefined {
    const { Node } = this.#morph
    const parent = name.getParent()
    const own = Node.isShorthandPropertyAssignment(parent) ? parent.getValueSymbol() : name.getSymbol()
    const symbol = own?.isAlias() ? own.getAliasedSymbol() : own
    const declaration = symbol?.getValueDeclaration() ?? symbol?.getDeclarations()[0]
    return declaration && this.#declared(declaration, scope, depth)
  }

  #declared(declaration: MorphNode, scope: Place['scope'], depth: number): Place | undefined {
    const { Node } = this.#morph
    const at = (node: MorphNode | undefined) => node && { node, scope }
    if (Node.isVariableDeclaration(declaration)) return at(declaration.getInitializer())
    if (Node.isParameterDeclaration(declaration))
      return scope.get(declaration) ?? at(declaration.getInitializer())
    if (Node.isBindingElement(declaration)) {
      const pattern = declaration.getParentOrThrow()
      const whole = this.#declared(pattern.getParentOrThrow(), scope, depth + 1)
      const key = Node.isArrayBindingPattern(pattern)
        ? pattern.getElements().indexOf(declaration)
        : (declaration.getPropertyNameNode()?.getText() ?? declaration.getName())
      const part =
        whole && depth < DEEPEST && !declaration.getDotDotDotToken()
          ? this.#part(whole, key, depth + 1)
          : undefined
      return part ?? at(declaration.getInitializer())
    }
    if (Node.isExportAssignment(declaration)) return at(declaration.getExpression())
    if (Node.isSourceFile(declaration)) {
      const [only] = declaration.getStatements()
      // A JSON module is one expression.
      return at(
        Node.isExpressionStatement(only) && declaration.getFilePath().endsWith('.json')
          ? only.getExpression()
          : declaration,
      )
    }
    if (Node.isFunctionDeclaration(declaration) || Node.isObjectLiteralExpression(declaration))
      return at(declaration)
    return undefined
  }
}
