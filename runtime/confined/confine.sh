# Runs in new namespaces, with the power to mount: makes a root in which the given program can change nothing but its
# own /tmp and dist/, and starts the program there without that power. A new root rather than a read-only one: sockets
# and devices can be written to on read-only mounts.
# Arguments: an empty folder for the new root, the project's path, a folder with copies of its files, a folder with
# scripts, the program.
set -eu
root=$1 project=$2 copies=$3 scripts=$4
shift 4

# Files that the caller has open would lead out of the new root.
for fd in /proc/self/fd/*; do
  fd=${fd##*/}
  (( fd <= 2 || fd == 255 )) || eval "exec $fd>&-"
done

mount -t tmpfs -o mode=755,size=4m,nosuid,nodev strux "$root"
mkdir -p "$root"/{dev,proc,tmp,old,scripts}
ln -s /proc/self/fd "$root/dev/fd"
# One call for many mounts: the start of a program takes longer than a mount. Special characters as in fstab(5).
table=
bind() {
  local words=("$1" "$2")
  words=("${words[@]//\\/\\134}") words=("${words[@]// /\\040}") words=("${words[@]//$'\t'/\\011}") words=("${words[@]//$'\n'/\\012}")
  table+="${words[0]} ${words[1]} none $3 0 0"$'\n'
}
folders=()
for path in /usr /etc /bin /sbin /lib /lib32 /lib64 /libx32 /opt /nix /gnu /var/lib/dpkg; do
  if [ -L "$path" ]; then ln -s "$(readlink "$path")" "$root$path"
  elif [ -d "$path" ]; then folders+=("$root$path") && bind "$path" "$root$path" rbind
  fi
done
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  bind "/dev/$device" "$root/dev/$device" bind
done
mkdir -p "${folders[@]}"
# Before the project, which may be below /tmp.
mount -t tmpfs -o mode=1777,size=256m,nosuid,nodev strux "$root/tmp"
[ -d "$root$project" ] || mkdir -p "$root$project"
bind "$copies" "$root$project" bind
bind "$scripts" "$root/scripts" bind
printf %s "$table" >"$root/table"
mount --all --fstab "$root/table"
rm "$root/table"

# Makes every mount read-only, with the flags that it has: in a user namespace these are fixed.
while read -r _ _ _ _ point options _; do
  printf -v point '%b' "${point//\\/\\0}"
  # What is below the project is hidden by the copies.
  case $point in "$root"/dev/* | "$root/tmp" | "$root$project"/*) continue ;; "$root"/*) ;; *) continue ;; esac
  kept=ro
  for option in ${options//,/ }; do
    case $option in nosuid | nodev | noexec | noatime | nodiratime | relatime) kept+=,$option ;; esac
  done
  mount -o "remount,bind,$kept" "$point"
done </proc/self/mountinfo
mount -t tmpfs -o mode=1777,size=256m,nosuid,nodev strux "$root$project/dist"
mount -t proc -o ro,nosuid,nodev,noexec proc "$root/proc"

cd "$root"
pivot_root . old
cd /tmp
umount -l /old
mount -o remount,bind,ro,nosuid,nodev /
ulimit -c 0 -u 8192 -v 4194304 2>/dev/null || true
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$@"
