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
for path in /usr /etc /bin /sbin /lib /lib32 /lib64 /libx32 /opt /nix /gnu /var/lib/dpkg; do
  if [ -L "$path" ]; then ln -s "$(readlink "$path")" "$root$path"
  elif [ -d "$path" ]; then mkdir -p "$root$path" && mount --rbind "$path" "$root$path"
  fi
done
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
# Before the project, which may be below /tmp.
mount -t tmpfs -o mode=1777,size=256m,nosuid,nodev strux "$root/tmp"
[ -d "$root$project" ] || mkdir -p "$root$project"
mount --bind "$copies" "$root$project"
mount --bind "$scripts" "$root/scripts"

# Makes every mount read-only, with the flags that it has: in a user namespace these are fixed.
while read -r _ _ _ _ point options _; do
  printf -v point '%b' "${point//\\/\\0}"
  case $point in "$root"/dev/* | "$root/tmp") continue ;; "$root"/*) ;; *) continue ;; esac
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
