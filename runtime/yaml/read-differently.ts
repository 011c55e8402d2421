/**
 * Plain scalars that YAML 1.1 and 1.2 read differently. Both kinds of parsers read the project's files: YAML
 * tools with version 1.2, and `yq` in the original's builder image with 1.1.
 */

const FORMS: readonly (readonly [form: RegExp, elsewhere: string])[] = [
  [/^(yes|Yes|YES|on|On|ON)$/, 'true'],
  [/^(no|No|NO|off|Off|OFF)$/, 'false'],
  [/^[-+]?0[0-7]+$/, 'an octal number'],
  [/^[-+]?0[0-9]+$/, 'a text'],
  [/^0o[0-7]+$/, 'a text'],
  [/^[-+]?0b[01_]+$/, 'a binary number'],
  [/^[-+]?[0-9]+(_[0-9]+)+(\.[0-9_]*)?$/, 'a number'],
  [/^[-+]?[0-9]+[eE][-+]?[0-9]+$/, 'a text'],
  [/^[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/, 'a number in base 60'],
  [/^\d{4}-\d\d?-\d\d?([Tt ].*)?$/, 'a date'],
]

/** The reading of a YAML 1.1 parser, if it differs. */
export function readElsewhereAs(plain: string): string | undefined {
  if (plain.length > 40) return undefined
  return FORMS.find(([form]) => form.test(plain))?.[1]
}
