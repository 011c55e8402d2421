/** The style of a module, so that additions look like the author's own text. */
import type { SourceFile } from 'ts-morph'
import type { TsMorph } from '../load/syntax.ts'

export interface Style {
  readonly quote: "'" | '"'
  /** One level of indentation. */
  readonly unit: string
  readonly newline: '\n' | '\r\n'
  /** Whether multi-line lists end with a comma. */
  readonly trailingComma: boolean
  /** The maximum line length, in characters, if a shorter form is possible. */
  readonly width: number
}

/** The style of new files. */
export const OWN_STYLE: Style = { quote: "'", unit: '  ', newline: '\n', trailingComma: true, width: 100 }

/** The majority style of the module; aspects that it never shows are as in new files. */
export function styleOf(source: SourceFile, { SyntaxKind }: TsMorph): Style {
  const text = source.getFullText()
  const quotes = source
    .getDescendantsOfKind(SyntaxKind.StringLiteral)
    .map(literal => literal.getText()[0])
    .filter(quote => quote === '"').length
  const strings = source.getDescendantsOfKind(SyntaxKind.StringLiteral).length
  const lists = [
    ...source.getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression).map(node => ({
      node,
      trailing: node.compilerNode.properties.hasTrailingComma,
      count: node.getProperties().length,
    })),
    ...source.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression).map(node => ({
      node,
      trailing: node.compilerNode.elements.hasTrailingComma,
      count: node.getElements().length,
    })),
  ].filter(({ node, count }) => count > 0 && node.getStartLineNumber() !== node.getEndLineNumber())
  const trailing = lists.filter(list => list.trailing).length
  return {
    quote: quotes * 2 > strings ? '"' : OWN_STYLE.quote,
    unit: unitOf(text),
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    trailingComma: lists.length === 0 ? OWN_STYLE.trailingComma : trailing * 2 >= lists.length,
    width: OWN_STYLE.width,
  }
}

/** The smallest indentation of a line outside comments. */
function unitOf(text: string): string {
  const indents = [...text.matchAll(/^(\t+| +)(?=[^\s*])/gm)].map(match => match[1]!)
  if (indents.some(indent => indent.startsWith('\t'))) return '\t'
  const least = indents.reduce((least, indent) => Math.min(least, indent.length), 9)
  return least > 8 ? OWN_STYLE.unit : ' '.repeat(least)
}
