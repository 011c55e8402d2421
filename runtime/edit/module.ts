/** A definition's module, and the objects and lists in it that can be edited in place. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ArrayLiteralExpression, Node as MorphNode, ObjectLiteralExpression } from 'ts-morph'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { projectPath } from '../load/compile.ts'
import { Follower } from '../load/follow.ts'
import type { Loaded } from '../load/loaded.ts'
import { defaultExport, openSources, type Sources } from '../load/syntax.ts'
import { arrayLiteral, type Literal, objectLiteral } from './insert.ts'
import { type Style, styleOf } from './style.ts'

/** A program cannot edit the module; the message and position say why. */
export class NotEditable extends Error {
  override readonly name = 'NotEditable'
  readonly diagnostic: Diagnostic

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}

const BY_HAND = 'edit it by hand: its value cannot be determined from the source'

export class EditableModule {
  readonly #root: string
  readonly #sources: Sources
  readonly #follower: Follower
  readonly style: Style

  private constructor(root: string, sources: Sources) {
    this.#root = root
    this.#sources = sources
    this.#follower = new Follower(sources.morph)
    this.style = styleOf(sources.entry, sources.morph)
  }

  /** Throws NotEditable for YAML. ts-morph is loaded here. */
  static async open(root: string, { source }: Loaded<unknown>, file: string): Promise<EditableModule> {
    if (source?.kind === 'module') return new EditableModule(root, await openSources(source.module))
    const hint = 'change it by hand, or turn the project into TypeScript with strux import'
    const message = 'only definitions in TypeScript are changed by this command'
    throw new NotEditable({
      severity: 'error',
      code: 'not_editable',
      message,
      hint,
      file,
      line: 1,
      column: 1,
    })
  }

  /** The text to which the offsets of edits refer; `prefix` precedes it in the file. */
  read(): { text: string; prefix: string } {
    const file = readFileSync(join(this.#root, this.file), 'utf8')
    const prefix = file.startsWith('\uFEFF') && !this.#text.startsWith('\uFEFF') ? '\uFEFF' : ''
    return { text: file.slice(prefix.length), prefix }
  }

  get #text(): string {
    return this.#sources.entry.getFullText()
  }

  get file(): string {
    return projectPath(this.#root, this.#sources.entry.getFilePath())
  }

  /** The argument of `defineBsp` or `defineConfig`. */
  definition(): Literal {
    const node = defaultExport(this.#sources)
    if (!node) throw this.#refusal(this.#sources.entry, 'there is no default export')
    const { Node } = this.#sources.morph
    const found = this.#literal(node, 'the definition')
    if (Node.isObjectLiteralExpression(found)) return objectLiteral(found)
    throw this.#refusal(found, 'the definition is not an object')
  }

  /** The list under a key; undefined if the key is absent. */
  list(object: Literal, key: string): Literal | undefined {
    return this.#member(object, key, found =>
      this.#sources.morph.Node.isArrayLiteralExpression(found) ? arrayLiteral(found) : undefined,
    )
  }

  object(object: Literal, key: string): Literal | undefined {
    return this.#member(object, key, found =>
      this.#sources.morph.Node.isObjectLiteralExpression(found) ? objectLiteral(found) : undefined,
    )
  }

  /** The names of an object's keys, in order; undefined for members without a plain key. */
  keys({ members }: Literal): (string | undefined)[] {
    const { Node } = this.#sources.morph
    return members.map(member =>
      Node.isPropertyAssignment(member) ||
      Node.isShorthandPropertyAssignment(member) ||
      Node.isMethodDeclaration(member)
        ? member.getName().replace(/^(['"])(.*)\1$/, '$2')
        : undefined,
    )
  }

  /** The string literal that begins at that line and column of the module, if one does. */
  stringAt({ line, column }: Pick<Diagnostic, 'line' | 'column'>): MorphNode | undefined {
    const { Node } = this.#sources.morph
    const { entry } = this.#sources
    const position = entry.compilerNode.getPositionOfLineAndCharacter(line - 1, column - 1)
    const node = entry.getDescendantAtPos(position)
    return Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node) ? node : undefined
  }

  #member(
    object: Literal,
    key: string,
    as: (found: ObjectLiteralExpression | ArrayLiteralExpression) => Literal | undefined,
  ): Literal | undefined {
    const member = this.#follower.member({ node: object.node, scope: new Map() }, key)
    if (member.kind === 'absent') return undefined
    if (member.kind === 'perhaps') throw this.#refusal(member.node, `${key} may come from here`)
    if (member.name.getParent()?.getParent() !== object.node) {
      const spread = object.members.find(each => this.#sources.morph.Node.isSpreadAssignment(each))
      throw this.#refusal(spread ?? member.name, `${key} comes from here, where others may share it`)
    }
    const found = this.#literal(member.value.node, key)
    const literal = as(found)
    if (literal) return literal
    throw this.#refusal(found, `${key} is not what it should be`)
  }

  /** Follows constants, type assertions, and calls that return their argument. */
  #literal(from: MorphNode, what: string): ObjectLiteralExpression | ArrayLiteralExpression {
    const { Node } = this.#sources.morph
    const seen = new Set<MorphNode>()
    for (let node: MorphNode = this.#follower.bare(from); ; ) {
      if (seen.has(node)) throw this.#refusal(from, `${what} comes from itself`)
      seen.add(node)
      if (node.getSourceFile() !== this.#sources.entry) {
        const { file } = this.#sources.place(node)
        throw this.#refusal(from, `${what} is written in ${file}, which others may use too`)
      }
      if (Node.isObjectLiteralExpression(node) || Node.isArrayLiteralExpression(node)) {
        const inFunction = node.getAncestors().some(each => Node.isFunctionLikeDeclaration(each))
        if (inFunction) throw this.#refusal(from, `${what} is made by a function`)
        return node
      }
      const next = this.#next(node)
      if (!next) throw this.#refusal(node, `${what} is ${this.#nature(node)}`)
      const uses = this.#uses(node)
      if (uses > 1) {
        throw this.#refusal(node, `${what} is '${node.getText()}', which is used in ${uses} places`)
      }
      node = this.#follower.bare(next)
    }
  }

  #next(node: MorphNode): MorphNode | undefined {
    const { Node } = this.#sources.morph
    if (!Node.isCallExpression(node)) return this.#follower.source({ node, scope: new Map() })?.node
    const [argument, ...others] = node.getArguments()
    const callee = node.getExpression()
    if (!argument || others.length > 0) return undefined
    const name = Node.isPropertyAccessExpression(callee) ? callee.getName() : this.#importedName(callee)
    return /^(define(Bsp|Config)|freeze)$/.test(name) ? argument : undefined
  }

  #importedName(node: MorphNode): string {
    const { Node } = this.#sources.morph
    const declaration = node.getSymbol()?.getDeclarations()[0]
    return Node.isImportSpecifier(declaration) ? declaration.getName() : node.getText()
  }

  /** How often the module uses the name, apart from its declaration, types and exports. */
  #uses(node: MorphNode): number {
    const { Node, SyntaxKind } = this.#sources.morph
    if (Node.isCallExpression(node)) return 1
    const text = node.getText()
    const kind = Node.isIdentifier(node) ? SyntaxKind.Identifier : node.getKind()
    return this.#sources.entry.getDescendantsOfKind(kind).filter(each => {
      if (each.getText() !== text) return false
      const parent = each.getParent()
      if (Node.isTypeQuery(parent) || Node.isExportSpecifier(parent)) return false
      if (Node.isImportSpecifier(parent) || Node.isImportClause(parent)) return false
      if (Node.isVariableDeclaration(parent) && parent.getNameNode() === each) return false
      if (Node.isPropertyAssignment(parent) && parent.getNameNode() === each) return false
      return !(Node.isPropertyAccessExpression(parent) && parent.getNameNode() === each)
    }).length
  }

  #nature(node: MorphNode): string {
    const { Node } = this.#sources.morph
    if (Node.isCallExpression(node)) return 'the result of a function'
    if (Node.isConditionalExpression(node) || Node.isBinaryExpression(node)) return 'chosen by a condition'
    if (Node.isIdentifier(node) || Node.isPropertyAccessExpression(node)) return 'not written in the project'
    return 'computed'
  }

  #refusal(node: MorphNode, why: string): NotEditable {
    const place = this.#sources.place(node)
    const message = `this module cannot be changed by a program: ${why}`
    return new NotEditable({ severity: 'error', code: 'not_editable', message, hint: BY_HAND, ...place })
  }
}
