# The vendor's firmware: checked, copied to blobs/ROLE/ID, listed in blobs/manifest.tsv, and passed to U-Boot's
# make.
blob_variables=()

# stage_blobs: stages all of them, before anything else runs.
stage_blobs() {
  local count index id role path required wanted variable file place
  count=$(jq '."boot.bootloader".blobs // [] | length' <<<"$STEP_CONFIG")
  [ "$count" -gt 0 ] || return 0
  progress 'Checking the firmware files'
  mkdir -p "$draft/blobs"
  for ((index = 0; index < count; index++)); do
    id=$(config ".\"boot.bootloader\".blobs[$index].id")
    role=$(config ".\"boot.bootloader\".blobs[$index].role")
    path=$(config ".\"boot.bootloader\".blobs[$index].path")
    wanted=$(config ".\"boot.bootloader\".blobs[$index].sha256")
    variable=$(config ".\"boot.bootloader\".blobs[$index].make_var")
    [[ $id =~ ^[A-Za-z0-9][A-Za-z0-9._+-]*$ && $role =~ ^[A-Za-z0-9][A-Za-z0-9._+-]*$ ]] ||
      fail "id and role of boot.bootloader.blobs[$index] become file names: letters, digits, dot, underscore, plus and hyphen"
    file=$(find_blob "$path")
    if [ ! -f "$file" ]; then
      if enabled ".\"boot.bootloader\".blobs[$index].required"; then fail "the blob $id is missing: ${file#"$PROJECT_FOLDER"/}"; fi
      warn "the blob $id is missing: ${file#"$PROJECT_FOLDER"/}"
      continue
    fi
    check_sum "$file" "$wanted"
    place=$draft/blobs/$role/$id
    [ ! -e "$place" ] || fail "two blobs of the role $role are called $id"
    install -D -m 644 "$file" "$place"
    printf '%s\t%s\t%s\n' "$id" "$role" "$BSP_CACHE_DIR/bootloader/blobs/$role/$id" >>"$draft/blobs/manifest.tsv"
    if [ -z "$variable" ]; then
      case $role in
        bl31) variable=BL31 ;;
        bl32 | tee) variable=TEE ;;
      esac
    fi
    if [ -n "$variable" ]; then blob_variables+=("$variable=$place"); fi
  done
}

# A file in the BSP, its build folders or dist/, or in a Debian package for the board (deb:NAME/path/in/it).
find_blob() {
  local path=$1 package file inner
  case $path in
    deb:*)
      package=${path#deb:} inner=
      if [[ $package == */* ]]; then inner=${package#*/} package=${package%%/*}; fi
      [ -n "$inner" ] || fail "'$path' names no file of the package: deb:NAME/path/in/it"
      file=$(fetch_debian deb "$package")
      [ -d "$scratch/deb-$package" ] || unpack_deb "$scratch/deb-$package" "$file"
      [ -f "$scratch/deb-$package/$inner" ] || fail "the package $package has no file /$inner"
      echo "$scratch/deb-$package/$inner"
      ;;
    *) placed_path "$path" ;;
  esac
}
