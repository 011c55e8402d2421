# The files, users, permissions and units of source packages, and their last hooks.

merge_source_packages() {
  local files=$BSP_CACHE_DIR/packages/files
  [ "$(config '.source_packages != null')" = true ] || return 0
  progress 'Installing source packages'
  install_libraries
  rsync -a -K --ignore-times --chown=0:0 "$files/" "$ROOTFS_DIR/"
  add_users
  set_permissions
  index_modules
  enable_package_units
}

# The Debian packages whose libraries the packages use.
install_libraries() {
  local name missing=()
  while IFS=$'\t' read -r _ name; do
    in_chroot dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -q '^installed' || missing+=("$name")
  done < <(grep '^debian' "$BSP_CACHE_DIR/packages/files.list")
  [ ${#missing[@]} -eq 0 ] ||
    with_kept_apt update_and_install 'Source packages use libraries of these Debian packages.' "${missing[@]}"
}

add_users() {
  local name group groups home shell
  while IFS=$'\t' read -r name group groups home shell; do
    in_chroot getent group "$group" >/dev/null || in_chroot groupadd --system "$group"
    in_chroot getent passwd "$name" >/dev/null ||
      in_chroot useradd --system --gid "$group" --home-dir "$home" --no-create-home --shell "$shell" "$name"
    if [ "$groups" != - ]; then in_chroot usermod --append --groups "$groups" "$name"; fi
  done < <(jq -r '.source_packages.users[] | [.name, (.group // .name), ((.groups // []) | if . == [] then "-" else join(",") end),
    (.home // "/nonexistent"), (.shell // "/usr/sbin/nologin")] | @tsv' <<<"$STEP_CONFIG")
}

set_permissions() {
  local path mode owner recursive options
  while IFS=$'\t' read -r path mode owner recursive; do
    [ -e "$ROOTFS_DIR/$path" ] || fail "there is no $path in the root filesystem (permissions of a package)"
    options=()
    if [ "$recursive" = true ]; then options=(-R); fi
    in_chroot chown "${options[@]}" "$owner" "$path"
    if [ "$mode" != - ]; then in_chroot chmod "${options[@]}" "$mode" "$path"; fi
  done < <(jq -r '.source_packages.permissions[] | [.path, (.mode // "-"), "\(.owner // "root"):\(.group // "root")",
    (.recursive // false)] | @tsv' <<<"$STEP_CONFIG")
}

index_modules() {
  local folder
  grep -qP '^file\tusr/lib/modules/' "$BSP_CACHE_DIR/packages/files.list" || return 0
  for folder in "$ROOTFS_DIR"/usr/lib/modules/*/; do in_chroot depmod "$(basename "$folder")"; done
}

enable_package_units() {
  local units
  mapfile -t units < <(jq -r '.source_packages.units[]' <<<"$STEP_CONFIG")
  [ ${#units[@]} -eq 0 ] || in_chroot SYSTEMD_OFFLINE=1 systemctl --quiet enable "${units[@]}" ||
    fail "a unit of a package cannot be enabled: ${units[*]}"
}

# The target_finalize hooks, with the whole root filesystem: of packages as they are built, then of the BSP.
finalize_target() {
  local count i of text settings base=$BSP_CACHE_DIR/packages
  count=$(jq '.target_finalize | length' <<<"$STEP_CONFIG")
  for ((i = 0; i < count; i++)); do
    of=$(config ".target_finalize[$i].of")
    text=$(config ".target_finalize[$i].text")
    settings=(TARGET_DIR="$ROOTFS_DIR" BASE_DIR="$base" BUILD_DIR="$base/build" CONFIG_DIR="$base" BR2_CONFIG="$base/.config"
      HOST_DIR="$base/host" STAGING_DIR="$base/staging" BINARIES_DIR="$PROJECT_DIST_OUTPUT_FOLDER" PARALLEL_JOBS="$(nproc)"
      PATH="$base/host/bin:$base/host/sbin:$PATH")
    if enabled ".target_finalize[$i].package != null"; then
      settings+=(NAME="$of" VERSION="$(config ".target_finalize[$i].package.version")"
        PKGDIR="$(project_path "$(config ".target_finalize[$i].package.folder")")")
    fi
    echo ">>> $of target_finalize"
    (cd "$PROJECT_FOLDER" && env "${settings[@]}" bash -e -o pipefail -c "$text" target_finalize) ||
      fail "target_finalize of $of failed with exit code $?"
  done
}
