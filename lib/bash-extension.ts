/** `bashExtension`: an extension in a bash file, as people have them for other build systems. */
import { defineExtension, type Extension } from './extension.ts'

/**
 * An extension in a bash file: its functions `HOOK__NAME` are handlers. The file is evaluated, without network and
 * project, when the definition is loaded. The extension's name is the file's.
 *
 * @param file ends in `.sh`; relative to the definition that enables the extension
 * @example
 * extensions: [bashExtension('./extensions/docker-ce.sh')]
 */
export function bashExtension(file: string): Extension {
  const name = String(file).split('/').at(-1)!.replace(/\.sh$/, '')
  return defineExtension({ name, file, hooks: {} } as Parameters<typeof defineExtension>[0])
}
