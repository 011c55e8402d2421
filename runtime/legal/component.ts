/** One part of an image, whatever it comes from: the input of the manifest and of the CycloneDX document. */
import type { Licensing } from './licensing.ts'

export interface Component {
  /** Unique in the image: the package URL, or a name where there is none. */
  readonly id: string
  readonly name: string
  readonly version?: string
  readonly purl?: string
  /** What it is: `library`, `application`, `firmware` or `operating-system` of CycloneDX. */
  readonly type: 'library' | 'application' | 'firmware' | 'operating-system'
  /** `target`: on the device. `host`: only used to build the image. */
  readonly part: 'target' | 'host'
  readonly licensing: Licensing
  /** Files with licence texts: the name below the component's folder, and the file's absolute path. */
  readonly texts?: readonly LicenseText[]
  readonly sources?: readonly SourceFile[]
  /** Where the source comes from: a URL, or a place of the project. */
  readonly site?: string
  /** Hashes of what is installed, in hexadecimal. */
  readonly hashes?: readonly Hash[]
  /** Ids of other components that it needs. */
  readonly needs?: readonly string[]
  readonly properties?: Readonly<Record<string, string>>
}

export interface LicenseText {
  readonly name: string
  readonly from: string
}

export interface Hash {
  readonly alg: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'
  readonly content: string
}

/** The folder of a component's texts and sources: its name and version, as one part of a path. */
export function folderName({ name, version }: Pick<Component, 'name' | 'version'>): string {
  return [name, ...(version === undefined ? [] : [version])].join('-').replaceAll(/[^A-Za-z0-9@._+~-]/g, '_')
}

/** A file, a folder that becomes an archive, or a commit of a repository. `from` is an absolute path. */
export type SourceFile =
  | { readonly kind: 'file'; readonly name: string; readonly from: string }
  /** `without`: names at its top that are left out. */
  | {
      readonly kind: 'folder'
      readonly name: string
      readonly from: string
      readonly without?: readonly string[]
    }
  | CommitSource

export interface CommitSource {
  readonly kind: 'commit'
  readonly name: string
  /** A bare repository. */
  readonly from: string
  readonly commit: string
  /** The folder around all files in the archive. Default: the archive's name. */
  readonly prefix?: string
}
