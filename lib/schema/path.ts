/** Rules for paths and for text that reaches a shell. */
import type { Rule } from './rule.ts'

/** The lifecycle document joins an absolute path to the base folder, which is never the author's intention. */
const relative: Rule<string> = {
  code: 'absolute_path',
  hint: 'write it relative: ./x is in the folder of the BSP (or the project), cache/x and output/x in the build folder',
  holds: value => !value.startsWith('/'),
  message: value => `'${value}' is an absolute path`,
  json: { pattern: '^(?!/)[^\\r\\n\\u0000]*$' },
}

/** The bash of the steps reads paths line by line. */
const oneLine: Rule<string> = {
  code: 'line_break',
  hint: 'give the file a name without one',
  holds: value => !/[\r\n\0]/.test(value),
  message: value => `${JSON.stringify(value.slice(0, 80))} has a line break in it`,
}

/** The rules for paths of script files and dependencies. */
export const sourcePath = [oneLine, relative]

/** `./` means the BSP's folder in `location` and `depends_on`, but has no meaning for artifacts. */
export const artifactPath: readonly Rule<string>[] = [
  oneLine,
  {
    code: 'artifact_relative',
    hint: "artifacts are relative to the build folder: leave out './'",
    holds: value => !value.startsWith('./'),
    message: value => `artifact '${value}' begins with './'`,
  },
  {
    ...relative,
    hint: 'cache/x and output/x are in the build folders of the BSP, anything else is in dist/',
    json: { pattern: '^(?!\\.?/)[^\\r\\n\\u0000]*$' },
  },
]

/** Characters that can end the argument they are part of. Quotes and spaces are allowed. */
const UNSAFE = /[$`;&|<>\r\n\0]/

/**
 * Section "shell safety" of the lifecycle document: values that reach a container's environment or a command
 * line.
 */
export const shellSafe: Rule<string> = {
  code: 'shell_unsafe',
  hint: 'none of $ ` ; & | < > and no line break',
  holds: value => !UNSAFE.test(value),
  message: value => `${JSON.stringify(value.slice(0, 80))} contains a character that is not safe in a shell`,
  json: { pattern: '^[^$`;&|<>\\r\\n\\u0000]*$' },
}

/** The name of a machine: hostname(7), with the underscore that Linux takes too. */
export const hostName: readonly Rule<string>[] = [
  shellSafe,
  {
    code: 'bad_hostname',
    hint: "letters, digits, '-' and '.', beginning and ending with a letter or digit, at most 64 characters",
    holds: value =>
      UNSAFE.test(value) ||
      (value.length <= 64 &&
        /^[A-Za-z0-9]([\w-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([\w-]*[A-Za-z0-9])?)*$/.test(value)),
    message: value => `'${value.slice(0, 80)}' is not a host name`,
    json: {
      pattern: '^[A-Za-z0-9]([\\w-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([\\w-]*[A-Za-z0-9])?)*$',
      maxLength: 64,
    },
  },
]

/** A path in the project that is also safe in a shell. The loader, which knows the folders, checks `..`. */
export const projectPath: readonly Rule<string>[] = [
  shellSafe,
  {
    code: 'bad_path',
    holds: value => value !== '' && value.trim() === value,
    message: value => (value === '' ? 'the path is empty' : `'${value}' begins or ends with a blank`),
  },
  {
    code: 'absolute_path',
    hint: 'write it relative to the project',
    holds: value => !/^(\/|[A-Za-z]:)/.test(value),
    message: value => `'${value}' is an absolute path`,
    json: { pattern: '^(?!/|[A-Za-z]:)[^$`;&|<>\\r\\n\\u0000]+$' },
  },
]
