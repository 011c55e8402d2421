/**
 * Whether apt could know a package by this name: as Debian's policy defines names ("Source", "Package"), with an
 * architecture, and with a version, a release or a sign as apt-get takes them.
 */
export const isDebianPackage = (name: string): boolean =>
  /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?([=/]\S+)?[+-]?$/.test(name)
