/** Sources that are tarballs, by the end of their URL; all other URLs are git repositories. */
export function isTarball(url: string): boolean {
  return /\.(tar|tar\.(gz|xz|bz2|zst)|tgz|txz|tbz2)$/.test(url.replace(/\?.*/, ''))
}
