/** Reads a few files of a packed root filesystem. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { unpackTar } from 'modern-tar/fs'

/** Unpacks the files whose path in the root filesystem matches, with the links between them. */
export async function unpackFiles(tarball: string, wanted: RegExp, folder: string): Promise<void> {
  const filter = ({ name }: { readonly name: string }) =>
    wanted.test(name.replace(/^\.\//, '').replace(/\/$/, ''))
  await pipeline(createReadStream(tarball), createGunzip(), unpackTar(folder, { filter }))
}
