/** The bash for fetching sources, which runs before the bash of each step with a source. */

/**
 * Starts with the common bash of all steps. Defines `place_source`, `apply_patches`, `fetch_debian` and
 * `unpack_deb`.
 */
export const SOURCE_SCRIPTS = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'source/keep.sh',
  'source/git.sh',
  'source/submodules.sh',
  'source/debian.sh',
  'source/patch.sh',
  'source/unpack.sh',
] as const
