# The files, users, permissions and units of source packages, and their last hooks.

merge_source_packages() {
  local files=$BSP_CACHE_DIR/packages/files
  [ "$(config '.source_packages != null')" = true ] || return 0
  progress 'Installing source packages'
  install_libraries
  lay_over "$files" --chown=0:0
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
  local name uid group gid groups home shell
  while IFS=$'\t' read -r name uid group gid groups home shell; do
    add_group "$group" "$gid"
    add_user "$name" "$uid" --gid "$group" --home-dir "$home" --no-create-home --shell "$shell"
    if [ "$groups" != - ]; then in_chroot usermod --append --groups "$groups" "$name"; fi
  done < <(jq -r '.source_packages.users[] | [.name, .uid // "-", .group // .name, .gid // "-",
    ((.groups // []) | if . == [] then "-" else join(",") end), .home // "/nonexistent", .shell // "/usr/sbin/nologin"]
    | @tsv' <<<"$STEP_CONFIG")
  give_homes
}

# add_group NAME NUMBER
add_group() {
  local there options=()
  if there=$(in_chroot getent group "$1"); then
    has_number group "$1" "$2" "$there"
    return
  fi
  if [ "$2" != - ]; then options=(--gid "$2"); fi
  in_chroot groupadd --system "${options[@]}" "$1" || fail "the group $1 of a package cannot be added"
}

# add_user NAME NUMBER OPTION…
add_user() {
  local name=$1 number=$2 there options=("${@:3}")
  if there=$(in_chroot getent passwd "$name"); then
    has_number user "$name" "$number" "$there"
    return
  fi
  if [ "$number" != - ]; then options+=(--uid "$number"); fi
  in_chroot useradd --system "${options[@]}" "$name" || fail "the user $name of a package cannot be added"
}

# has_number KIND NAME NUMBER ENTRY
has_number() {
  local number
  number=$(cut -d: -f3 <<<"$4")
  [ "$3" = - ] || [ "$3" = "$number" ] || fail "the $1 $2 of a package has the number $3, but it is there with $number"
}

# Homes that are not there are made. Those with files of packages belong to their users, too.
give_homes() {
  local name group home
  while IFS=$'\t' read -r name group home; do
    if [ ! -d "$ROOTFS_DIR/$home" ]; then
      in_chroot mkdir -p "$home"
      in_chroot chown "$name:$group" "$home"
    elif grep -qF $'file\t'"${home#/}/" "$BSP_CACHE_DIR/packages/files.list"; then
      in_chroot chown -R "$name:$group" "$home"
    fi
  done < <(jq -r '.source_packages.users[] | select(.home) | [.name, .group // .name, .home] | @tsv' <<<"$STEP_CONFIG")
}

set_permissions() {
  local path mode owner recursive capabilities options
  while IFS=$'\t' read -r path mode owner recursive capabilities; do
    if [[ $path == */ ]]; then in_chroot mkdir -p "$path"; fi
    [ -e "$ROOTFS_DIR/$path" ] || fail "there is no $path in the root filesystem (permissions of a package)"
    options=()
    if [ "$recursive" = true ]; then options=(-R); fi
    in_chroot chown "${options[@]}" "$owner" "$path"
    if [ "$mode" != - ]; then in_chroot chmod "${options[@]}" "$mode" "$path"; fi
    # A change of the owner removes them.
    if [ "$capabilities" != - ]; then
      in_chroot setcap "$capabilities" "$path" || fail "$path cannot have the capabilities $capabilities"
    fi
  done < <(jq -r '.source_packages.permissions[] | [.path, .mode // "-", "\(.owner // "root"):\(.group // "root")",
    .recursive // false, .capabilities // "-"] | @tsv' <<<"$STEP_CONFIG")
}

index_modules() {
  local folder
  grep -qP '^file\tusr/lib/modules/' "$BSP_CACHE_DIR/packages/files.list" || return 0
  for folder in "$ROOTFS_DIR"/usr/lib/modules/*/; do in_chroot depmod "$(basename "$folder")"; done
}

# Units that a package names are enabled. Of a package with all its units, presets of systemd may leave some out.
enable_package_units() {
  local units
  mapfile -t units < <(jq -r '.source_packages.units[]' <<<"$STEP_CONFIG")
  [ ${#units[@]} -eq 0 ] || in_chroot SYSTEMD_OFFLINE=1 systemctl --quiet enable "${units[@]}" ||
    fail "a unit of a package cannot be enabled: ${units[*]}"
  mapfile -t units < <(installed_units)
  [ ${#units[@]} -eq 0 ] || in_chroot SYSTEMD_OFFLINE=1 systemctl --quiet preset "${units[@]}" ||
    fail "a unit of a package cannot be enabled: ${units[*]}"
}

# The units of packages with all their units that say what starts them. A template needs an instance.
installed_units() {
  local path id
  while IFS=$'\t' read -r path id; do
    jq -e --arg id "$id" '.source_packages.all_units_of | index($id)' <<<"$STEP_CONFIG" >/dev/null || continue
    [ ! -L "$ROOTFS_DIR/$path" ] && grep -q '^\[Install\]' "$ROOTFS_DIR/$path" || continue
    if [[ $path == *@.* ]] && ! grep -q '^DefaultInstance=' "$ROOTFS_DIR/$path"; then continue; fi
    printf '%s\n' "${path##*/}"
  done < <(sed -nE 's,^file\t((usr/lib|etc)/systemd/system/[^/]+\.(service|socket|timer|path|mount|target)\t),\1,p' \
    "$BSP_CACHE_DIR/packages/files.list")
}

# The target_finalize hooks, with the whole root filesystem: of packages as they are built, then of the BSP.
finalize_target() {
  local count i of text settings code=0 base=$BSP_CACHE_DIR/packages
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
    (cd "$PROJECT_FOLDER" && env "${settings[@]}" bash -e -o pipefail -c "$text" target_finalize) || code=$?
    # The form that runtime/run/handler-failure.ts reads.
    [ "$code" = 0 ] || fail "$of: target_finalize[$(config ".target_finalize[$i].index")] failed with exit code $code"
  done
}
