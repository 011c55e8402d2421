# The work of each phase between its hooks, if the package has no command of its own for it.

patch_files() {
  local place
  while IFS= read -r place; do
    place=$(project_path "$place")
    if [ -d "$place" ]; then find "$place" -maxdepth 1 -name '*.patch' | LC_ALL=C sort; else echo "$place"; fi
  done < <(config '.patches // [] | .[]')
}

work_download() {
  local source url
  source=$(config .source.source) url=${source%%#*}
  case $source in
    deb-src:*) fetch_debian deb-src "${source#deb-src:}" >/dev/null ;;
    # A tarball of the project.
    ./* | ../*) [ -e "$PKGDIR/$url" ] || fail "$package_id has no source ${source#./}" ;;
    *)
      if is_tarball "$url" && [[ $source != *#* ]]; then fetch_url "$url" "$(config .source.sha256)" >/dev/null
      else fetch_git "$(seen_here "$url")" "${source#*#}"; fi ;;
  esac
}

work_extract() { unpack_source "$D" "$(config .source.source)" "$PKGDIR" "$(config .source.sha256)"; }

# Files that are gone from the source go from an updated build folder only with a fresh one.
work_rsync() {
  [ -n "$SRCDIR" ] || return 0
  [ -d "$SRCDIR" ] || fail "there is no source ${SRCDIR#"$PROJECT_FOLDER"/} of $package_id"
  rsync -a --update --chmod=u=rwX,go=rX --no-owner --no-group \
    --exclude .svn --exclude .git --exclude .hg --exclude .bzr --exclude CVS "$SRCDIR/" "$D/"
}

work_patch() {
  local files
  mapfile -t files < <(patch_files)
  apply_patches "$D" "${files[@]}"
}

work_configure() { "configure_${infra//-/_}"; }
work_build() { "build_${infra//-/_}"; }
work_install() { "install_${infra//-/_}" ''; }
work_install_staging() { "install_${infra//-/_}" "$STAGING_DIR"; }
work_install_target() { "install_${infra//-/_}" "$TARGET_DIR"; }
work_install_images() { :; }

work_legal_info() {
  local path place=$outputs/legal-info
  rm -rf "$place"
  mkdir -p "$place"
  while IFS= read -r path; do
    [ -f "$D/$path" ] || fail "$package_id has no licence file $path (license_files)"
    install -D -m 644 "$D/$path" "$place/licenses/$path"
  done < <(config '.license_files // [] | .[]')
  jq '{id, name, version, variant, license, license_files, source, patches}' <<<"$STEP_CONFIG" >"$place/manifest.json"
}
