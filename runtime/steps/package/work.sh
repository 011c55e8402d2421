# The work of each phase between its hooks, if the package has no command of its own for it.

patch_files() {
  local place
  while IFS= read -r place; do
    place=$(project_path "$place")
    if [ -d "$place" ]; then find "$place" -maxdepth 1 -name '*.patch' | LC_ALL=C sort; else echo "$place"; fi
  done < <(config '.patches // [] | .[]')
}

work_download() {
  local source kept sum url
  source=$(config .source.source) sum=$(config .source.sha256)
  case $(config .source.method) in
    debian) fetch_debian deb-src "${source#deb-src:}" >/dev/null ;;
    git)
      url=$(repository_url "${source%%#*}" "$PKGDIR")
      fetch_git "$url" "${source#*#}"
      if enabled .source.submodules; then fetch_submodules "$url"; fi
      ;;
    http)
      kept=$(fetch_url "$source" "$sum")
      link_source "$kept"
      ;;
    file)
      kept=$(realpath -ms -- "$PKGDIR/$source")
      [ -f "$kept" ] || fail "$package_id: there is no file ${kept#"$PROJECT_FOLDER"/}"
      check_sum "$kept" "$sum"
      link_source "$kept"
      ;;
  esac
}

# link_source FILE: makes SOURCE_FILE. The variants of a package may do that at the same time.
link_source() {
  mkdir -p "$(dirname "$SOURCE_FILE")"
  ln -srf "$1" "$SOURCE_FILE.$variant"
  mv -fT "$SOURCE_FILE.$variant" "$SOURCE_FILE"
}

work_extract() {
  local source
  source=$(config .source.source)
  case $(config .source.method) in
    http | file)
      # Verifies it once more, since other builds use the kept files too.
      work_download
      is_tarball "$SOURCE_FILE" || read -r _ < <(tar -tf "$SOURCE_FILE" 2>/dev/null) ||
        fail "$package_id: the source ${SOURCE_FILE##*/} is no tarball" \
          "Unpack it in commands.extract: SOURCE_FILE is the file, and D the folder for its content."
      unpack_tarball "$D" "$SOURCE_FILE"
      ;;
    git)
      git_submodules=()
      unpack_source "$D" "$source" "$PKGDIR" '' "$(config .source.submodules)"
      printf '%s\n' "${git_submodules[@]}" >"$stamps/.submodules"
      ;;
    *) unpack_source "$D" "$source" "$PKGDIR" ;;
  esac
}

# Files that are gone from the source go from an updated build folder only with a fresh one.
work_rsync() {
  [ -n "$SRCDIR" ] || return 0
  [ -d "$SRCDIR" ] || fail "there is no source ${SRCDIR#"$PROJECT_FOLDER"/} of $package_id"
  rsync -a --update --chmod=u=rwX,go=rX --no-owner --no-group \
    --exclude .svn --exclude .git --exclude .hg --exclude .bzr --exclude CVS $(not_build_folder "$SRCDIR") "$SRCDIR/" "$D/"
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
    if [ ! -f "$D/$path" ]; then
      # Buildroot looks for them only when it is asked for legal information.
      enabled .of_buildroot || fail "$package_id has no licence file $path (license_files)"
      warn "$package_id has no licence file $path"
      continue
    fi
    install -D -m 644 "$D/$path" "$place/licenses/$path"
  done < <(config '.license_files // [] | .[]')
  # Their sources are archived too.
  if enabled .source.submodules; then cp "$stamps/.submodules" "$place/submodules"; fi
  jq '{id, name, version, variant, license, license_files, source, patches}' <<<"$STEP_CONFIG" >"$place/manifest.json"
}
