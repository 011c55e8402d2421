# Each package sees what it depends on, and nothing else: HOST_DIR, STAGING_DIR and TARGET_DIR are put together from
# the outputs of its dependencies. What a phase adds to them is the package's own output.

make_views() {
  local need
  rm -rf "$views"
  mkdir -p "$HOST_DIR"/{bin,sbin,lib,include,share} "$STAGING_DIR"/usr/{bin,lib,include,share} "$BINARIES_DIR"
  root_folders | (mkdir -p "$TARGET_DIR" && cd "$TARGET_DIR" && xargs mkdir -p)
  ln -sfn . "$HOST_DIR/usr"
  for need in bin sbin lib; do
    ln -sfn "usr/$need" "$TARGET_DIR/$need"
    ln -sfn "usr/$need" "$STAGING_DIR/$need"
  done
  while IFS= read -r need; do view_outputs "$need" host staging target; done < <(config '.needs[].id')
  link_programs
  # Of a run that stopped in the middle.
  ! phase_done install || view_outputs "$package_id" host
  ! phase_done install_staging || view_outputs "$package_id" staging
  relocate_staging
}

# Folders that the root filesystem has before any package: commands such as 'install FILE FOLDER/' count on them.
root_folders() {
  printf '%s\n' etc/{default,init.d,modprobe.d,modules-load.d,network,profile.d,sysctl.d,tmpfiles.d,udev/rules.d} \
    etc/dbus-1/system.d etc/systemd/{network,system/{multi-user,sysinit}.target.wants} \
    home media mnt opt root run srv tmp var/{cache,lib,log,spool} \
    usr/{bin,include,libexec,local,sbin,share/dbus-1/{services,system-services,system.d}} \
    usr/lib/{firmware,modprobe.d,modules,modules-load.d,sysctl.d,sysusers.d,tmpfiles.d,udev/rules.d} \
    usr/lib/systemd/{network,system-generators,system-preset,system/{multi-user,sockets,sysinit,timers}.target.wants}
}

# Makefiles of Buildroot call the programs of host packages by their paths in HOST_DIR.
link_programs() {
  local name paths path
  enabled .of_buildroot || return 0
  while IFS= read -r name; do
    paths=$(dpkg -L "$name" 2>/dev/null | grep -E '^(/usr)?/s?bin/[^/]+$') || continue
    for path in $paths; do
      ln -sfn "$path" "$HOST_DIR/bin/${path##*/}"
      ln -sfn "$path" "$HOST_DIR/sbin/${path##*/}"
    done
  done < <(config '.programs[]')
}

view_outputs() {
  local id=$1 kind
  for kind in "${@:2}"; do
    if [ -d "$BASE_DIR/per-package/$id/$kind" ]; then rsync -a -K "$BASE_DIR/per-package/$id/$kind/" "$views/$kind/"; fi
  done
}

# Files for pkg-config say where they will be installed; here they are in STAGING_DIR.
relocate_staging() {
  find "$STAGING_DIR/usr" -name '*.pc' -exec sed -i -E "s#^([A-Za-z_]+)=/usr(/|\$)#\\1=$STAGING_DIR/usr\\2#" {} +
}

# output_of PHASE: the kind of output that an installation makes.
output_of() { case $1 in install) echo host ;; *) echo "${1#install_}" ;; esac; }

# mark_view: what is newer than this was made by the phase.
mark_view() {
  touch "$views/.mark"
  sleep 0.02
}

# Buildroot keeps everything that is in BINARIES_DIR, also without a phase for it.
keep_images() {
  enabled .of_buildroot && ! enabled '.order | index("install_images") != null' || return 0
  rm -rf "$outputs/images"
  if [ -n "$(ls -A "$views/images")" ]; then cp -a "$views/images" "$outputs/images"; fi
}

# keep_output KIND: moves what the phase added to the view into the package's output.
keep_output() {
  local kind=$1 place=$outputs/$1 view=$views/$1
  rm -rf "$place"
  mkdir -p "$place"
  (cd "$view" && {
    find . -mindepth 1 ! -type d -cnewer "$views/.mark" -print0
    find . -mindepth 1 -type d -empty -cnewer "$views/.mark" -print0
  } | rsync -a --from0 --files-from=- ./ "$place/")
  # Parents that are links in the view, such as /lib, are folders in no output.
  case $kind in
    target) finish_target "$place" ;;
    host) finish_host "$place" ;;
  esac
}

is_elf() { [ "$(head -c 4 "$1" | tr -d '\0')" = $'\x7fELF' ]; }
each_file() { find "$1" -type f -print0; }

# Host programs find their libraries beside them, wherever HOST_DIR is.
finish_host() {
  local file
  while IFS= read -r -d '' file; do
    if is_elf "$file" && readelf -d "$file" 2>/dev/null | grep -qE 'R(UN)?PATH.*'"$HOST_DIR"; then
      patchelf --set-rpath '$ORIGIN/../lib' "$file"
    fi
  done < <(each_file "$1")
}

# Development files stay out of the root filesystem, and programs are stripped.
finish_target() {
  local place=$1 file
  rm -rf "$place"/usr/include "$place"/usr/share/{man,doc,info,gtk-doc,aclocal,pkgconfig,cmake} "$place/usr/lib/cmake" \
    "$place"/usr/lib/*/{cmake,pkgconfig} "$place/usr/lib/pkgconfig"
  find "$place" \( -name '*.a' -o -name '*.la' \) -type f -delete
  find "$place" -path '*/modules/*/modules.*' -type f -delete
  rm -f "$outputs/debian-packages"
  while IFS= read -r -d '' file; do
    is_elf "$file" || continue
    readelf -d "$file" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | debian_owners >>"$outputs/debian-packages"
    case $file in *.ko) ;; *) "${cross_compile}strip" --strip-unneeded "$file" 2>/dev/null || true ;; esac
  done < <(each_file "$place")
  find "$place" -mindepth 1 -type d -empty -path '*/usr/*' -delete 2>/dev/null || true
}

# Names of libraries to those of the Debian packages that have them for the target.
debian_owners() {
  local name
  while IFS= read -r name; do
    { dpkg -S "*/$name" 2>/dev/null || true; } | sed -n "s,^\\([^:]*\\)[^ ]* \\(/usr\\)\\?/lib/$triplet/.*,\\1,p" | head -n 1
  done
}
