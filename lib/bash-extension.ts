/** `bashExtension`: an extension in a bash file, as people write them for Armbian. */
import { defineExtension, type Extension } from './extension.ts'

/** What a definition gives a bash file. */
export interface BashExtensionSettings {
  /**
   * Variables that the file expects to be set, by name: texts, or lists for arrays. They are set before the file is read,
   * and at every hook of all bash extensions, as those of a `config-*.conf` of Armbian are.
   */
  readonly variables?: Readonly<Record<string, string | readonly string[]>> | undefined
}

/**
 * An extension in a bash file: its functions `HOOK__NAME` are handlers. The file is evaluated, without network and
 * project, when the definition is loaded. The extension's name is the file's.
 *
 * @param file ends in `.sh`; relative to the definition that enables the extension
 * @example
 * extensions: [bashExtension('./extensions/kiosk.sh', { variables: { APPLIANCE_URL: 'http://localhost' } })]
 */
export function bashExtension(file: string, { variables }: BashExtensionSettings = {}): Extension {
  const name = String(file).split('/').at(-1)!.replace(/\.sh$/, '')
  const body = { name, file, hooks: {}, ...(variables && { variables }) }
  return defineExtension(body as Parameters<typeof defineExtension>[0])
}
