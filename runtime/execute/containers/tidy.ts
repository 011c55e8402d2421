/**
 * What is put in order in a container after a script, in the same container and before it goes: nothing is left running,
 * files belong to the caller, loop devices on the container's own files are released. One program for all, since every
 * exec costs some hundredths of a second.
 */
import type { Container } from './container.ts'

export interface Caller {
  readonly uid: number
  readonly gid: number
}

export interface TidyRequest {
  /** Where the project is mounted in the container. */
  readonly mountAt: string
  /** Whom root's files are given to; undefined where root's files are the caller's already. */
  readonly claim?: { readonly caller: Caller; readonly since: Date } | undefined
  readonly loops: boolean
}

/** Resolves when everything is in order; throws otherwise, with the program's own words. */
export async function tidy(container: Container, request: TidyRequest): Promise<void> {
  const { claim } = request
  await container.bash(
    PROGRAM,
    'strux-finish',
    request.mountAt,
    claim === undefined ? '' : `${claim.caller.uid}:${claim.caller.gid}`,
    (claim === undefined ? 0 : claim.since.getTime() / 1000).toFixed(3),
    request.loops ? 'loops' : '',
  )
}

/**
 * Below dist/ everything that root owns goes to the caller. Elsewhere only what was born after the script's start, so
 * that a file which root owned before stays root's; the change time narrows the search, since no file changes before
 * it is born, and `find` cannot ask for the time of birth on Linux.
 *
 * A loop device whose file is on the container's own filesystem can only be the script's (device and inode numbers
 * agree). One whose file is in the project may belong to another container: those are told apart afterwards, see
 * loop-devices.ts.
 */
const PROGRAM = String.raw`
project=$1 owner=$2 since=$3 loops=$4 failed=0
kill -9 -1 2>/dev/null

claim() {
  if [ -e "$project/dist" ]; then
    find "$project/dist" -xdev -user 0 -exec chown -h -- "$owner" {} + || failed=1
  fi
  local entry born
  local -i since_ns=10#\${since/./}*1000000
  while IFS= read -r -d '' entry; do
    born=\${entry%% *}
    [[ $born == *.* ]] && (( 10#\${born/./} >= since_ns )) || continue
    chown -h -- "$owner" "\${entry#* }" || failed=1
  done < <(find "$project" -xdev -path "$project/dist" -prune -o -user 0 -newerct "@$since" \
    -exec stat --printf '%.9W %n\0' -- {} +)
}

release_loops() {
  command -v losetup >/dev/null || return
  local name inode device file there
  while read -r name inode device file; do
    printf -v file '%b' "$file"
    [[ $file == "$project"/* ]] && continue
    there=$(stat -c '%i %d' -- "$file" 2>/dev/null) || continue
    (( major = (\${there#* } >> 8) & 0xfff, minor = (\${there#* } & 0xff) | ((\${there#* } >> 12) & 0xfff00) ))
    [[ $inode == "\${there% *}" && $device == "$major:$minor" ]] || continue
    losetup -d "$name" || failed=1
  done < <(losetup -l -n --raw -O NAME,BACK-INO,BACK-MAJ:MIN,BACK-FILE)
}

[ -z "$owner" ] || claim
[ -z "$loops" ] || release_loops
exit $failed
`.replaceAll('\\$', '$')
