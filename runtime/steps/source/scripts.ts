/** The bash of sources: of every step that is given one, before its own. */

/** Begins with what every step's bash begins with. Gives `place_source`, `apply_patches`, `fetch_debian` and `unpack_deb`. */
export const SOURCE_SCRIPTS = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'source/keep.sh',
  'source/git.sh',
  'source/debian.sh',
  'source/patch.sh',
  'source/unpack.sh',
] as const
