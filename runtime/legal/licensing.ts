/** Licences as SPDX: from the short names of Debian, Buildroot and npm. */

import exceptions from 'spdx-exceptions/index.json' with { type: 'json' }
import parse from 'spdx-expression-parse'
import deprecated from 'spdx-license-ids/deprecated.json' with { type: 'json' }
import ids from 'spdx-license-ids/index.json' with { type: 'json' }

/** A valid SPDX expression; or names, of which some may be SPDX ids; or nothing known. */
export type Licensing =
  | { readonly expression: string }
  | { readonly names: readonly string[] }
  | { readonly unknown: true }

const UNKNOWN: Licensing = { unknown: true }

/** Licences that all hold. Texts that mean the same count once. */
export function licensingOf(texts: readonly string[]): Licensing {
  const found = [...new Set(texts.flatMap(parts).filter(text => text !== ''))]
  if (found.length === 0) return UNKNOWN
  const known = found.map(text => spdxExpression(text))
  const distinct = [...new Set(known.map((each, index) => each ?? found[index]!))].sort()
  if (!known.every(each => each !== undefined)) return { names: distinct }
  const [only] = distinct
  const joined = distinct.map(each => (/ OR /.test(each) ? `(${each})` : each)).join(' AND ')
  return { expression: distinct.length === 1 ? only! : joined }
}

/** The licences of a conjunction one by one, so that each counts once. */
function parts(text: string): string[] {
  const expression = spdxExpression(text)
  if (/\sor\s/i.test(expression ?? text)) return [text.trim()]
  if (expression !== undefined) return expression.split(' AND ')
  return text.split(/\s*,\s*(?:and\s+)?|\s+and\s+/i).map(part => part.trim())
}

/** For people and tables. */
export function shownLicense(licensing: Licensing): string {
  if ('expression' in licensing) return licensing.expression
  return 'names' in licensing ? licensing.names.join(', ') : 'unknown'
}

/** A text as an SPDX expression with current ids; undefined if a part of it is no licence of SPDX. */
export function spdxExpression(text: string): string | undefined {
  const joined = groups(text)
    .map(group => {
      const parts = group.replaceAll(/([()])/g, ' $1 ').split(/\s+(and|or)\s+|\s*([()])\s*/i)
      const words = parts.filter(part => part !== undefined && part.trim() !== '')
      return words.map(word => (/^(and|or|[()])$/i.test(word) ? word.toUpperCase() : spdxLicense(word)))
    })
    .map((words, _, all) =>
      words.includes(undefined)
        ? undefined
        : all.length > 1 && words.includes('OR')
          ? `(${words.join(' ')})`
          : words.join(' '),
    )
  if (joined.includes(undefined)) return undefined
  const expression = joined.join(' AND ').replaceAll('( ', '(').replaceAll(' )', ')')
  try {
    parse(expression)
    return expression
  } catch {
    return undefined
  }
}

/** The parts between commas: Debian's `A or B, and C`, Buildroot's `A, B (library)`. */
function groups(text: string): string[] {
  const isRemark = (words: string) => spdxExpression(words) === undefined
  const plain = text.replaceAll(/\s*\(([^()]*)\)/g, (all, words: string) => (isRemark(words) ? '' : all))
  return plain.split(/\s*,\s*(?:and\s+)?/i).filter(part => part.trim() !== '')
}

const BY_LOWER_CASE = new Map([...deprecated, ...ids].map(id => [id.toLowerCase(), id]))
const EXCEPTIONS = new Map(exceptions.map(id => [id.toLowerCase(), id]))

/** Short names of Debian's copyright format that are not SPDX ids. */
const DEBIAN: Readonly<Record<string, string>> = {
  expat: 'MIT',
  artistic: 'Artistic-1.0-Perl',
  'apache-2': 'Apache-2.0',
  cc0: 'CC0-1.0',
  'psf-2': 'PSF-2.0',
  'bsd-4-clause-uc': 'BSD-4-Clause-UC',
}

function spdxLicense(text: string): string | undefined {
  const [, base = '', exception] = /^(.*?)(?:[\s-]+with[\s-]+(.*))?$/i.exec(text.trim()) ?? []
  const license = spdxId(base)
  if (license === undefined || exception === undefined) return license
  const wanted = exception.replace(/\s+exception$/i, '').toLowerCase()
  const name = EXCEPTIONS.get(wanted) ?? EXCEPTIONS.get(wanted.replaceAll(/\s+/g, '-'))
  return name === undefined ? undefined : `${license} WITH ${name}`
}

function spdxId(text: string): string | undefined {
  const lower = text.toLowerCase()
  const free = /^gfdl-(?:niv-)?(1\.[123])(\+)?(-no-invariants?)?$/.exec(lower)
  if (free) {
    const invariants = free[3] !== undefined || lower.includes('niv') ? '-no-invariants' : ''
    return `GFDL-${free[1]}${invariants}-${free[2] ? 'or-later' : 'only'}`
  }
  const gnu = /^(a?gpl|lgpl)-?v?(\d)(?:\.(\d))?(\+)?$/.exec(lower)
  if (gnu) {
    const id = `${gnu[1]!.toUpperCase()}-${gnu[2]}.${gnu[3] ?? 0}-${gnu[4] ? 'or-later' : 'only'}`
    return BY_LOWER_CASE.get(id.toLowerCase())
  }
  return DEBIAN[lower] ?? BY_LOWER_CASE.get(lower)
}
