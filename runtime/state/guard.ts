/**
 * Ends the programs that this process started on this machine when this process is gone, even by SIGKILL.
 *
 * The guard is a small process in a session of its own. It reads from a pipe which programs run; the pipe's end
 * means that this process is gone. It then stops each program's process group at once, so that nothing more is
 * written, and looks for all else that the program started: its descendants, its session, and processes with its
 * mark in their environment, which finds daemons too. It cannot find a daemon that emptied its environment, and
 * cannot end processes of other users.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'

/**
 * How a program ends.
 * - `session`: KILL to its session, whose leader it is
 * - `tree`: KILL to the program and its descendants, for programs in this process's own session
 * - `cleanly`: the same with TERM, and KILL after three seconds
 * - `asked`: the same with TERM only, for programs that must not leave a device half written
 */
export type Ending = 'session' | 'tree' | 'cleanly' | 'asked'

let pipe: Writable | undefined

/**
 * Starts a program that ends with this process; the guard is there before it. `mark`: an entry `NAME=value` that
 * only processes of this program have in their environment; those that outlive the program end with this process
 * too.
 */
export function endingWithThisProcess<Child extends Pick<ChildProcess, 'pid' | 'once'>>(
  start: () => Child,
  ending: Ending,
  mark?: string,
): Child {
  pipe ??= startGuard()
  if (mark !== undefined) pipe.write(`= 0 ${mark}\n`)
  const child = start()
  const { pid } = child
  if (pid === undefined) return child
  pipe.write(`+ ${pid} ${ending}\n`)
  child.once('exit', () => pipe?.write(`- ${pid}\n`))
  return child
}

/** Without /bin/bash, there is no guard, and no script either. */
function startGuard(): Writable {
  const guard = spawn('/bin/bash', ['-c', PROGRAM, 'strux-guard'], {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  // The guard does not keep this process alive.
  guard.unref()
  ;(guard.stdin as Socket).unref()
  return guard.stdin
}

/**
 * The search is repeated until it finds nothing, because a process may start another one during the search. All
 * in bash, which also runs where there is no other tool; without /proc (macOS), only the programs and their
 * process groups end.
 */
const PROGRAM = String.raw`
trap '' HUP INT QUIT TERM
endings=() marks=()
while read -r sign pid words; do
  case $sign in
    =) marks+=("$words") ;;
    +) endings[pid]=$words ;;
    -) unset "endings[pid]" ;;
  esac
done

for pid in "\${!endings[@]}"; do
  [ "\${endings[pid]}" != session ] || kill -STOP -- "-$pid"
done

# Prints "PID ENDING" for every process that is to end.
search() {
  local stat line pid parent=() session=() at ending steps
  for stat in /proc/[0-9]*/stat; do
    IFS= read -r -d '' line <"$stat"
    pid=\${line%% *}
    set -- \${line##*) }
    [ "$1" != Z ] && [ "$1" != X ] && [ -n "$4" ] || continue
    parent[pid]=$2 session[pid]=$4
  done
  for pid in "\${!parent[@]}"; do
    [ "$pid" != $$ ] || continue
    ending=
    for (( at = pid, steps = 0; at > 1 && steps < 1000; at = parent[at], steps++ )); do
      ending=\${endings[at]:-}
      [ -z "$ending" ] || break
    done
    [ -n "$ending" ] || [ "\${endings[session[pid]]:-}" != session ] || ending=session
    [ -z "$ending" ] || printf '%s %s\n' "$pid" "$ending"
  done
  [ \${#marks[@]} = 0 ] || for stat in $(grep -lszxF -f <(printf '%s\n' "\${marks[@]}") /proc/[0-9]*/environ); do
    stat=\${stat#/proc/}
    printf '%s session\n' "\${stat%/environ}"
  done
}

# First they all stand still, so that none starts another one while the others end.
asked=()
for (( news = 1, round = 0; news && round < 100; round++ )); do
  news=0
  while read -r pid ending; do
    [ -n "\${asked[pid]:-}" ] || news=1
    endings[pid]=$ending asked[pid]=stop
    case $ending in session | tree) kill -STOP "$pid" ;; esac
  done < <(search)
done

for (( round = 0; round < 1000; round++ )); do
  found=0
  while read -r pid ending; do
    case $ending in
      session | tree) found=1; kill -KILL "$pid" ;;
      cleanly)
        found=1
        if (( round > 150 )); then kill -KILL "$pid"
        elif [ "\${asked[pid]:-}" != end ]; then asked[pid]=end; kill -TERM "$pid"
        fi ;;
      asked) [ "\${asked[pid]:-}" = end ] || { asked[pid]=end; kill -TERM "$pid"; } ;;
    esac
    endings[pid]=$ending
  done < <(search)
  (( found )) || break
  sleep 0.02
done
`.replaceAll('\\$', '$')
