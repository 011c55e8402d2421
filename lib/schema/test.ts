/** What `strux test` asserts of an image that runs in QEMU. */
import * as z from 'zod'
import { projectPath } from './path.ts'
import { type Rule, text } from './rule.ts'

const colorRule: Rule<string> = {
  code: 'bad_color',
  hint: "six hexadecimal digits, such as '1e90ff', without '#'",
  holds: value => /^[0-9a-fA-F]{6}$/.test(value),
  message: value => `'${value}' is no colour`,
  json: { pattern: '^[0-9a-fA-F]{6}$' },
}
const placeRule: Rule<string> = {
  code: 'bad_place',
  hint: "pixels ('120') or a share of the screen ('50%')",
  holds: value => /^\d+$/.test(value) || /^(100|\d{1,2})(\.\d+)?%$/.test(value),
  message: value => `'${value}' is no place on a screen`,
}
const expressionRule: Rule<string> = {
  code: 'bad_expression',
  hint: 'write it as for RegExp, without slashes around it',
  holds: value => {
    try {
      new RegExp(value)
      return true
    } catch {
      return false
    }
  },
  message: value => `'${value}' is no regular expression`,
}
const positive = (noun: string, most: number): Rule<number> => ({
  code: 'bad_number',
  hint: `a whole number from 1 to ${most}`,
  holds: value => Number.isInteger(value) && value >= 1 && value <= most,
  message: value => `${value} is no ${noun}`,
  json: { type: 'integer', minimum: 1, maximum: most },
})
const number = (rule: Rule<number>) =>
  z.number().refine(rule.holds, {
    error: issue => rule.message(issue.input as number),
    params: { code: rule.code, hint: rule.hint },
  })

const colorSchema = z.strictObject({
  /** From the left: pixels (`'120'`) or a share of the width (`'50%'`). */
  x: text(placeRule).describe("From the left: pixels (`'120'`) or a share of the width (`'50%'`)."),
  /** From the top: pixels or a share of the height. */
  y: text(placeRule).describe('From the top: pixels or a share of the height.'),
  /** The colour: six hexadecimal digits. */
  color: text(colorRule).describe('The colour: six hexadecimal digits.'),
  /** How far each of red, green and blue may be off, of 255. By default 12. */
  tolerance: z
    .number()
    .optional()
    .describe('How far each of red, green and blue may be off, of 255. By default 12.'),
  /** Whether the colour counts only once the screen stands still. By default true; a splash may be gone by then. */
  still: z
    .boolean()
    .optional()
    .describe(
      'Whether the colour counts only once the screen stands still. By default true; a splash may be gone by then.',
    ),
})

const areaSchema = z.strictObject({
  /** Its left edge: pixels (`'120'`) or a share of the width (`'50%'`). */
  x: text(placeRule).describe("Its left edge: pixels (`'120'`) or a share of the width (`'50%'`)."),
  /** Its upper edge: pixels or a share of the height. */
  y: text(placeRule).describe('Its upper edge: pixels or a share of the height.'),
  /** Pixels or a share of the screen's width. */
  width: text(placeRule).describe("Pixels or a share of the screen's width."),
  /** Pixels or a share of the screen's height. */
  height: text(placeRule).describe("Pixels or a share of the screen's height."),
})

const referenceSchema = z.strictObject({
  /** A PNG picture of the whole screen, relative to the project. `strux test --update` makes it. */
  reference: text(...projectPath).describe(
    'A PNG picture of the whole screen, relative to the project. `strux test --update` makes it.',
  ),
  /** Areas that are left out, such as a clock's. */
  ignore: z.array(areaSchema).readonly().optional().describe("Areas that are left out, such as a clock's."),
  /** How far a pixel may be off, as the eye sees it; 255 is black against white. By default 12. */
  tolerance: z
    .number()
    .optional()
    .describe('How far a pixel may be off, as the eye sees it; 255 is black against white. By default 12.'),
  /** How many pixels may be off by more than that. By default none. */
  pixels: z.number().optional().describe('How many pixels may be off by more than that. By default none.'),
})

export const testSchema = z.strictObject({
  /** Seconds until everything must hold, from the start of the machine. By default 300. */
  timeout: number(positive('number of seconds', 86_400))
    .optional()
    .describe('Seconds until everything must hold, from the start of the machine. By default 300.'),
  /** Regular expressions, each of which must match a line of the console. */
  console: z
    .array(text(expressionRule))
    .readonly()
    .optional()
    .describe('Regular expressions, each of which must match a line of the console.'),
  /** Answers of the device's web servers. */
  http: z
    .array(
      z.strictObject({
        /** The port on the device. */
        port: number(positive('port', 65_535)).describe('The port on the device.'),
        /** The path asked for. By default `'/'`. */
        path: z.string().optional().describe("The path asked for. By default `'/'`."),
        /** The status wanted. By default 200. */
        status: z.number().optional().describe('The status wanted. By default 200.'),
        /** A regular expression that the body must match. */
        body: text(expressionRule).optional().describe('A regular expression that the body must match.'),
      }),
    )
    .readonly()
    .optional()
    .describe("Answers of the device's web servers."),
  /** What is on the screen: colours at places, and pictures of the whole. */
  screen: z
    .array(z.union([colorSchema, referenceSchema]))
    .readonly()
    .optional()
    .describe('What is on the screen: colours at places, and pictures of the whole.'),
})

export type TestData = z.output<typeof testSchema>
export type ColorData = z.output<typeof colorSchema>
export type ReferenceData = z.output<typeof referenceSchema>
