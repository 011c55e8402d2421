/**
 * Scripts of the project change the finished root filesystem: they get it unpacked at ROOTFS_DIR, with a few functions,
 * and it is packed again only when they succeed. Source: project scripts (`rootfs_post`) of strux.yaml.
 */
import { stepScript } from '../steps/package-files.ts'
import { quoteForShell } from './shell-quote.ts'

/** `script`: how bash is to run the author's text: a file's path, or the text itself. */
export function rootfsScript(script: { file: string } | { text: string }): string {
  const run =
    'file' in script ? `bash ${quoteForShell(script.file)}` : `bash -c ${quoteForShell(script.text)}`
  return `set -eo pipefail
export ROOTFS_DIR=/tmp/rootfs
fail() { printf '%s\\n' "$@" >&2; exit 1; }
case $TARGET_ARCH in x86_64) debian_arch=amd64 ;; *) debian_arch=$TARGET_ARCH ;; esac
${stepScript('shell/foreign.sh')}
tarball=$BSP_CACHE_DIR/rootfs-post.tar.gz
repacked=$tarball.repacking
mounted=()

strux_progress() { printf 'STRUX_PROGRESS: %s\\n' "$*"; }
progress() { strux_progress "$@"; }
strux_progress_bar() { printf 'STRUX_PROGRESS_BAR: %s (%s%%)\\n' "$1" "$2"; }
run_in_chroot() { chroot "$ROOTFS_DIR" "$@"; }
strux_chroot() { run_in_chroot "$@"; }
strux_install_file() { install -D -m "\${3:-0644}" "$1" "$ROOTFS_DIR$2"; }
export -f strux_progress progress strux_progress_bar run_in_chroot strux_chroot strux_install_file

release() {
  local i
  for ((i = \${#mounted[@]} - 1; i >= 0; i--)); do umount -l "\${mounted[i]}"; done
  mounted=()
  disable_emulation
}
trap 'release; rm -rf --one-file-system "$ROOTFS_DIR" "$repacked"' EXIT

if [ ! -f "$tarball" ]; then
  echo "there is no $tarball to change: the rootfs_post step has not made it" >&2
  exit 1
fi
rm -rf --one-file-system "$ROOTFS_DIR"
mkdir -p "$ROOTFS_DIR"
tar --numeric-owner --xattrs --xattrs-include='*' -xpzf "$tarball" -C "$ROOTFS_DIR"
for place in dev dev/pts proc sys; do
  mkdir -p "$ROOTFS_DIR/$place"
  if mount --bind "/$place" "$ROOTFS_DIR/$place"; then mounted+=("$ROOTFS_DIR/$place"); fi
done
enable_emulation

${run}

release
# The device looks at its first start what these changes mean for it, such as for the linker's cache.
rm -f "$ROOTFS_DIR/etc/.updated" "$ROOTFS_DIR/var/.updated"
tar --numeric-owner --xattrs --xattrs-include='*' --sort=name -cpf - -C "$ROOTFS_DIR" . | gzip -n > "$repacked"
mv "$repacked" "$tarball"
`
}
