/**
 * Reads Debian's machine-readable copyright files. Source: the format's specification, version 1.0: paragraphs of
 * fields; a paragraph with `Files` has a licence, one without may hold a licence's text.
 */
import { paragraphs } from './control-file.ts'
import { type Licensing, licensingOf } from './licensing.ts'

/** The licences of all files of the package. */
export function licensingOfCopyright(text: string): Licensing {
  if (!/^Format:/im.test(text.slice(0, 2000))) return licensesNamed(text)
  const [, ...rest] = paragraphs(text)
  const shortNames = rest
    .filter(each => each.has('files') && each.has('license'))
    .map(each => each.get('license')!.split('\n')[0]!.trim())
  const found = licensingOf(shortNames)
  return 'unknown' in found ? licensesNamed(text) : found
}

/** Other files are text for people. They name the licences of which Debian has a copy. */
function licensesNamed(text: string): Licensing {
  const named = text.matchAll(/\/usr\/share\/common-licenses\/([A-Za-z]+(?:-[\d.]*\d)?)/g)
  const names = [...new Set([...named].map(([, name]) => name!))].sort()
  return names.length === 0 ? { unknown: true } : { names: names.map(name => `${name} (see copyright)`) }
}
