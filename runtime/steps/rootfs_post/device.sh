# The on-device programs and their settings. Overlays are copied later and win.

install_programs() {
  progress "Installing the project's programs"
  local artifacts=$PROJECT_DIST_ARTIFACTS_FOLDER
  mkdir -p "$ROOTFS_DIR/strux" "$ROOTFS_DIR/etc/strux"
  if enabled '."build.steps".client'; then
    cp -r --no-preserve=ownership "$artifacts/system/." "$ROOTFS_DIR/"
    install -m 755 "$BSP_CACHE_DIR/client" "$ROOTFS_DIR/strux/client"
  else
    # Without the client, console and login are Debian's defaults. The network is set up in any case.
    mkdir -p "$ROOTFS_DIR/etc/systemd"
    cp -r --no-preserve=ownership "$artifacts"/system/etc/systemd/{network,system-preset} "$ROOTFS_DIR/etc/systemd/"
  fi
  if enabled '."build.steps".application'; then
    install -m 755 "$BSP_CACHE_DIR/app/main" "$ROOTFS_DIR/strux/main"
  fi
  if enabled '."build.steps".frontend'; then
    mkdir -p "$ROOTFS_DIR/strux/frontend"
    cp -r --no-preserve=ownership,mode "$SHARED_CACHE_DIR/frontend/." "$ROOTFS_DIR/strux/frontend/"
    ln -sfn strux/frontend "$ROOTFS_DIR/frontend"
  fi
  if enabled '."build.steps".cage'; then
    install -m 755 "$BSP_CACHE_DIR/cage" "$ROOTFS_DIR/usr/bin/cage"
    install -m 644 "$BSP_CACHE_DIR/.cage-env" "$ROOTFS_DIR/strux/.cage-env"
  fi
  if enabled '."build.steps".wpe'; then
    install -m 755 "$BSP_CACHE_DIR/cog" "$ROOTFS_DIR/usr/bin/cog"
    install -D -m 644 "$BSP_CACHE_DIR/libstrux-extension.so" \
      "$ROOTFS_DIR/usr/lib/wpe-web-extensions/libstrux-extension.so"
  fi
}

# Enables and disables the units that the preset names and this device has. Before the overlays, which may
# change them.
enable_units() {
  local unit units=()
  for unit in $(sed -nE 's/^(enable|disable) //p' "$PROJECT_DIST_ARTIFACTS_FOLDER"/system/etc/systemd/system-preset/10-strux.preset); do
    if [ -e "$ROOTFS_DIR/usr/lib/systemd/system/$unit" ] || [ -e "$ROOTFS_DIR/etc/systemd/system/$unit" ]; then units+=("$unit"); fi
  done
  in_chroot SYSTEMD_OFFLINE=1 systemctl --quiet preset "${units[@]}"
}

describe_device() {
  local hostname
  hostname=$(config .hostname)
  printf '%s\n' "$hostname" >"$ROOTFS_DIR/etc/hostname"
  printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n::1\tlocalhost ip6-localhost ip6-loopback\n' "$hostname" \
    >"$ROOTFS_DIR/etc/hosts"
  jq '{name, projectVersion: .project_version, struxVersion: .strux_version, bsp, board, arch,
    steps: ."build.steps"}' \
    <<<"$STEP_CONFIG" >"$ROOTFS_DIR/etc/strux/project.json"
  # The project's monitors, or one with the board's resolution.
  jq '.display as [$project, $board] | {monitors:
    ($project.monitors // [{path: "/"} + (if $board then {resolution: $board.resolution} else {} end)]
      | map(if .transform then .transform |= tostring else . end))}' <<<"$STEP_CONFIG" >"$draft/display-config.json"
  install -m 644 "$draft/display-config.json" "$ROOTFS_DIR/strux/.display-config.json"
}

# Copies the BSP's overlays in order, then the project's. The later one wins.
apply_overlays() {
  local folder folders
  mapfile -t folders < <(jq -r '."rootfs.overlay"[]' <<<"$STEP_CONFIG")
  for folder in "${folders[@]}"; do
    # Git keeps no empty folders, so a missing one may be intentional.
    [ -d "$(project_path "$folder")" ] || { warn "there is no overlay $folder (rootfs.overlay)"; continue; }
    lay_checkout_over "$(project_path "$folder")"
  done
}

# Work that systemd would otherwise do, more slowly, at the first start. These files tell systemd that it is
# done (systemd-update-done.service). An image in QEMU is at its first start every time.
settle() {
  in_chroot ldconfig
  touch "$ROOTFS_DIR/etc/.updated" "$ROOTFS_DIR/var/.updated"
}
