/**
 * A digest of the packages in a builder: names, architectures and versions. The same list gives the same digest
 * in an image, where our program writes it when the image is made, and on this machine, where the package
 * manager's own file is read.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Prints the digest in a Debian container. */
export const PRINT_DIGEST = String.raw`dpkg-query -W -f '${'$'}{db:Status-Status} ${'$'}{Package}:${'$'}{Architecture} ${'$'}{Version}\n' |
  sed -n 's/^installed //p' | LC_ALL=C sort | sha256sum | cut -d' ' -f1`

/** An image's identity by its digest. */
export function packagesIdentity(digest: string): string {
  return `packages ${digest}`
}

/** The identity of this machine, or of the container in which this process runs. */
export function machineIdentity(root = '/'): string {
  const dpkg = readText(`${root}var/lib/dpkg/status`, 'latin1')
  if (dpkg !== undefined)
    return packagesIdentity(
      sha256(
        installed(dpkg)
          .map(line => `${line}\n`)
          .join(''),
      ),
    )
  // Systems other than Debian: Alpine's package list, or else the system's name and version.
  const other = readText(`${root}lib/apk/db/installed`) ?? readText(`${root}etc/os-release`)
  return `machine ${other === undefined ? process.platform : sha256(other)}`
}

const STATUS = /^Status: (.*)$/m
const PACKAGE = /^Package: (.*)$/m
const ARCHITECTURE = /^Architecture: (.*)$/m
const VERSION = /^Version: (.*)$/m

/** `name:architecture version`, in byte order: all of them are ASCII. */
function installed(status: string): string[] {
  return status
    .split('\n\n')
    .flatMap(paragraph => {
      const field = (name: RegExp) => name.exec(paragraph)?.[1]
      if (!field(STATUS)?.endsWith(' installed')) return []
      return [`${field(PACKAGE)}:${field(ARCHITECTURE)} ${field(VERSION)}`]
    })
    .sort()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function readText(file: string, encoding: 'utf8' | 'latin1' = 'utf8'): string | undefined {
  try {
    return readFileSync(file, encoding)
  } catch {
    return undefined
  }
}
