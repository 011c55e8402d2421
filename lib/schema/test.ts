/** The assertions of `strux test` about an image in QEMU. */
import * as z from 'zod'
import { projectPath } from './path.ts'
import { type Rule, text } from './rule.ts'

const colorRule: Rule<string> = {
  code: 'bad_color',
  hint: "six hexadecimal digits, such as '1e90ff', without '#'",
  holds: value => /^[0-9a-fA-F]{6}$/.test(value),
  message: value => `'${value}' is not a colour`,
  json: { pattern: '^[0-9a-fA-F]{6}$' },
}
const placeRule: Rule<string> = {
  code: 'bad_place',
  hint: "pixels ('120') or a share of the screen ('50%')",
  holds: value => /^\d+$/.test(value) || /^(100|\d{1,2})(\.\d+)?%$/.test(value),
  message: value => `'${value}' is not a position on a screen`,
}
const expressionRule: Rule<string> = {
  code: 'bad_expression',
  hint: 'write it without slashes, as for RegExp',
  holds: value => {
    try {
      new RegExp(value)
      return true
    } catch {
      return false
    }
  },
  message: value => `'${value}' is not a regular expression`,
}
const positive = (noun: string, most: number): Rule<number> => ({
  code: 'bad_number',
  hint: `a whole number from 1 to ${most}`,
  holds: value => Number.isInteger(value) && value >= 1 && value <= most,
  message: value => `${value} is not a ${noun}`,
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
  /** Tolerance for each of red, green and blue, of 255. Default: 12. */
  tolerance: z
    .number()
    .optional()
    .describe('Tolerance for each of red, green and blue, of 255. Default: 12.'),
  /** Whether to compare only after the screen has stopped changing. Default: true. Use false for a splash, which may be gone by then. */
  still: z
    .boolean()
    .optional()
    .describe(
      'Whether to compare only after the screen has stopped changing. Default: true. Use false for a splash, which may be gone by then.',
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
  /** A PNG image of the whole screen, relative to the project. `strux test --update` makes it. */
  reference: text(...projectPath).describe(
    'A PNG image of the whole screen, relative to the project. `strux test --update` makes it.',
  ),
  /** Areas to ignore, such as a clock. */
  ignore: z.array(areaSchema).readonly().optional().describe('Areas to ignore, such as a clock.'),
  /** Perceptual tolerance for a pixel; 255 is the difference between black and white. Default: 12. */
  tolerance: z
    .number()
    .optional()
    .describe(
      'Perceptual tolerance for a pixel; 255 is the difference between black and white. Default: 12.',
    ),
  /** How many pixels may exceed the tolerance. Default: 0. */
  pixels: z.number().optional().describe('How many pixels may exceed the tolerance. Default: 0.'),
})

export const testSchema = z.strictObject({
  /** Time limit in seconds for all assertions, from the start of the machine. Default: 300. */
  timeout: number(positive('number of seconds', 86_400))
    .optional()
    .describe('Time limit in seconds for all assertions, from the start of the machine. Default: 300.'),
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
        /** The path of the request. Default: `'/'`. */
        path: z.string().optional().describe("The path of the request. Default: `'/'`."),
        /** The expected status. Default: 200. */
        status: z.number().optional().describe('The expected status. Default: 200.'),
        /** A regular expression that the body must match. */
        body: text(expressionRule).optional().describe('A regular expression that the body must match.'),
      }),
    )
    .readonly()
    .optional()
    .describe("Answers of the device's web servers."),
  /** Assertions about the screen: colours at positions, and images of the whole screen. */
  screen: z
    .array(z.union([colorSchema, referenceSchema]))
    .readonly()
    .optional()
    .describe('Assertions about the screen: colours at positions, and images of the whole screen.'),
})

export type TestData = z.output<typeof testSchema>
export type ColorData = z.output<typeof colorSchema>
export type ReferenceData = z.output<typeof referenceSchema>
