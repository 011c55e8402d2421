/** The users of a source package, and the owners, modes and capabilities of its files on the device. */
import * as z from 'zod'
import { shellSafe } from './path.ts'
import { type Rule, text } from './rule.ts'

const CAPABILITIES =
  '^(all|cap_[a-z_]+)(,cap_[a-z_]+)*[=+][eip]+( (all|cap_[a-z_]+)(,cap_[a-z_]+)*[=+][eip]+)*$'
const capabilities: Rule<string> = {
  code: 'bad_capabilities',
  hint: "write them as for setcap, such as 'cap_net_raw+ep'",
  holds: value => new RegExp(CAPABILITIES).test(value),
  message: value => `'${value}' are no capabilities`,
  json: { pattern: CAPABILITIES },
}

const MODE = '^0?[0-7]{3,4}$'
const mode: Rule<string> = {
  code: 'bad_mode',
  hint: "write three or four octal digits, such as '0644' or '4755'",
  holds: value => new RegExp(MODE).test(value),
  message: value => `'${value}' is no mode`,
  json: { pattern: MODE },
}

/** A numeric id of a user or group; `2 ** 32 - 1` means none. */
const id = z
  .int()
  .min(0)
  .max(2 ** 32 - 2)

export const usersSchema = z
  .array(
    z.strictObject({
      /** Name of the user. */
      name: text(shellSafe).describe('Name of the user.'),
      /** Number of the user. Default: a free one for the system. */
      uid: id.optional().describe('Number of the user. Default: a free one for the system.'),
      /** Name of the main group. Default: as the user. */
      group: text(shellSafe).optional().describe('Name of the main group. Default: as the user.'),
      /** Number of the main group. Default: a free one for the system. */
      gid: id.optional().describe('Number of the main group. Default: a free one for the system.'),
      /** Additional groups. */
      groups: z.array(text(shellSafe)).readonly().optional().describe('Additional groups.'),
      /** Home directory, which is made for the user. Default: none. */
      home: text(shellSafe).optional().describe('Home directory, which is made for the user. Default: none.'),
      /** Login shell. Default: none. */
      shell: text(shellSafe).optional().describe('Login shell. Default: none.'),
    }),
  )
  .readonly()

export const permissionsSchema = z
  .array(
    z.strictObject({
      /** Path in the root filesystem. A folder with `/` at the end is made if it is not there. */
      path: text(shellSafe).describe(
        'Path in the root filesystem. A folder with `/` at the end is made if it is not there.',
      ),
      /** Mode in octal digits, such as `'4755'`. */
      mode: text(mode).optional().describe("Mode in octal digits, such as `'4755'`."),
      /** Owner. Default: root. */
      owner: text(shellSafe).optional().describe('Owner. Default: root.'),
      /** Group. Default: root. */
      group: text(shellSafe).optional().describe('Group. Default: root.'),
      /** Whether it also holds for everything below a folder. */
      recursive: z.boolean().optional().describe('Whether it also holds for everything below a folder.'),
      /** Capabilities of a program, as for setcap: `'cap_net_raw+ep'`. */
      capabilities: text(capabilities)
        .optional()
        .describe("Capabilities of a program, as for setcap: `'cap_net_raw+ep'`."),
    }),
  )
  .readonly()
