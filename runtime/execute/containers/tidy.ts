/**
 * Tidies up after a script, in the same container before it is removed: ends leftover processes, gives files to
 * the caller, and releases loop devices on the container's own files. One program does all of it, because every
 * exec costs some hundredths of a second.
 */
import type { Caller } from './caller.ts'
import type { Container } from './container.ts'

export interface TidyRequest {
  /** The project's path in the container. */
  readonly mountAt: string
  /** The new owner of root's files; undefined if root's files already belong to the caller. */
  readonly claim?: { readonly caller: Caller; readonly since: Date } | undefined
  readonly loops: boolean
}

/** Resolves when all is done; otherwise throws with the program's output. */
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
 * Below dist/, every file of root goes to the caller. Elsewhere only files that were created after the script's
 * start, so that older files of root keep their owner. The search first uses the change time, because a file
 * cannot change before it is created and `find` cannot test the birth time on Linux.
 *
 * A loop device with a file on the container's own filesystem must be the script's (device and inode numbers
 * match). A loop device with a file in the project may belong to another container: loop-devices.ts handles
 * those later.
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
