# Unpacks sources of every kind into a folder that is made anew each time.

# Files in a project folder that are not sources; they do not count in fingerprints either.
NOT_COPIED=(--exclude=.git --exclude=node_modules --exclude=.DS_Store --exclude='*.log')

# not_build_folder FOLDER: rsync's option that leaves out the project's build folder, if FOLDER is the project.
not_build_folder() { if [ "$(realpath -ms -- "$1")" = "$(realpath -ms -- "$PROJECT_FOLDER")" ]; then echo --exclude=/dist; fi; }

# place_source FOLDER SOURCE BASE SHA256 [PATCH...]: replaces FOLDER with the patched source once that is
# complete. BASE is the folder that `./` means; SHA256 may be empty.
place_source() {
  local folder=$1
  rm -rf "$WORK/source"
  mkdir -p "$WORK/source"
  unpack_source "$WORK/source/tree" "$2" "$3" "$4"
  apply_patches "$WORK/source/tree" "${@:5}"
  rm -rf "$folder"
  mv -T "$WORK/source/tree" "$folder"
  rm -rf "$WORK/source"
}

# unpack_source FOLDER SOURCE BASE [SHA256 [SUBMODULES]]: SUBMODULES is `true` if those of git are wanted.
unpack_source() {
  local folder=$1 source=$2 base=$3 wanted=${4:-} file
  local url=${source%%#*} ref=
  if [[ $source == *#* ]]; then ref=${source#*#}; fi
  case $source in
    deb:*)
      file=$(fetch_debian deb "${source#deb:}")
      check_sum "$file" "$wanted"
      unpack_deb_source "$folder" "$file" "${source#deb:}"
      ;;
    deb-src:*)
      no_sum "$source" "$wanted"
      file=$(fetch_debian deb-src "${source#deb-src:}")
      unpack_source_package "$folder" "$file"
      ;;
    ./*\#* | ../*\#*)
      no_sum "$source" "$wanted"
      unpack_repository "$folder" "$url" "$ref" "$base" "${5:-}"
      ;;
    ./* | ../* | .)
      file=$(realpath -ms "$base/$source")
      if [ -d "$file" ]; then
        no_sum "$source" "$wanted"
        progress "Copying ${file#"$PROJECT_FOLDER"/}"
        mkdir -p "$folder"
        rsync -a --no-owner --no-group "${NOT_COPIED[@]}" $(not_build_folder "$file") "$file/" "$folder/"
      else
        [ -f "$file" ] || fail "the source ${file#"$PROJECT_FOLDER"/} is missing"
        check_sum "$file" "$wanted"
        unpack_tarball "$folder" "$file"
      fi
      ;;
    *)
      if is_tarball "$url" && [[ $url =~ ^(https?|ftp):// ]]; then
        file=$(fetch_url "$url" "$wanted")
        unpack_tarball "$folder" "$file"
      elif [[ $url =~ ^([a-z+]+://|[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:) ]]; then
        no_sum "$source" "$wanted"
        unpack_repository "$folder" "$url" "$ref" "$base" "${5:-}"
      else
        fail "'$source' is not a source" \
          'A source is git (URL#ref), a tarball (URL or ./x.tar.xz), a folder (./x), deb:NAME or deb-src:NAME.'
      fi
      ;;
  esac
}

# unpack_repository FOLDER URL REF BASE SUBMODULES
unpack_repository() {
  local url
  url=$(repository_url "$2" "$4")
  fetch_git "$url" "$3"
  if [ "$5" = true ]; then unpack_git "$1" "$url"; else unpack_git "$1"; fi
}

is_tarball() { [[ ${1%%\?*} =~ \.(tar|tar\.(gz|xz|bz2|zst)|tgz|txz|tbz2)$ ]]; }

no_sum() { [ -z "$2" ] || fail "sha256 is given, but $1 is not a single file"; }

check_sum() {
  local sum
  [ -n "$2" ] || return 0
  sum=$(sum_of "$1")
  [ "$sum" = "${2,,}" ] || fail "${1#"$PROJECT_FOLDER"/} does not have the given SHA-256" "given: ${2,,}" "found: $sum"
}

# unpack_tarball FOLDER FILE: leaves out the tarball's single top folder, if there is one.
unpack_tarball() {
  local folder=$1 file=$2 draft=$1.unpacked inner
  progress "Unpacking $(basename "$file")"
  rm -rf "$draft"
  mkdir -p "$draft"
  tar --extract --no-same-owner --file="$file" --directory="$draft" || fail "$(basename "$file") cannot be unpacked"
  inner=$(ls -A "$draft")
  [ -n "$inner" ] || fail "there is nothing in $(basename "$file")"
  if [ "$(wc -l <<<"$inner")" = 1 ] && [ -d "$draft/$inner" ]; then
    mv -T "$draft/$inner" "$folder"
    rmdir "$draft"
  else
    mv -T "$draft" "$folder"
  fi
}

# unpack_deb FOLDER FILE [PATH...]
unpack_deb() {
  mkdir -p "$1"
  dpkg-deb --fsys-tarfile "$2" | tar --extract --no-same-owner --directory="$1" "${@:3}"
}

# A binary package with sources in usr/src, such as linux-source-6.12.
unpack_deb_source() {
  local folder=$1 file=$2 package=$3 place=$1.deb found
  unpack_deb "$place" "$file" ./usr/src 2>/dev/null || fail "the package $package has nothing in usr/src"
  found=("$place"/usr/src/*.tar.*)
  if [ -f "${found[0]}" ]; then
    [ ${#found[@]} -eq 1 ] || fail "the package $package has several tarballs in usr/src: ${found[*]##*/}"
    unpack_tarball "$folder" "${found[0]}"
  else
    found=("$place"/usr/src/*/)
    { [ ${#found[@]} -eq 1 ] && [ -d "${found[0]}" ]; } || fail "the package $package has no tarball in usr/src"
    mv -T "${found[0]%/}" "$folder"
  fi
  rm -rf "$place"
}

# A Debian source package: the original with Debian's additions and patches. Formats 3.0 (quilt), 3.0 (native),
# 1.0.
unpack_source_package() {
  local folder=$1 files=$2 file component original= debian= diff=
  while IFS= read -r file; do
    case $(basename "$file") in
      *.orig.tar.*) original=$file ;;
      *.debian.tar.*) debian=$file ;;
      *.diff.gz) diff=$file ;;
      *.orig-*.tar.*) ;;
      *.tar.*) original=$file ;;
    esac
  done <<<"$files"
  [ -n "$original" ] || fail 'the source package has no tarball'
  unpack_tarball "$folder" "$original"
  while IFS= read -r file; do
    [[ $(basename "$file") =~ \.orig-([A-Za-z0-9-]+)\.tar\. ]] || continue
    component=${BASH_REMATCH[1]}
    rm -rf "${folder:?}/$component"
    unpack_tarball "$folder/$component" "$file"
  done <<<"$files"
  if [ -n "$debian" ]; then
    rm -rf "$folder/debian"
    unpack_tarball "$folder/debian" "$debian"
    apply_series "$folder"
  elif [ -n "$diff" ]; then
    zcat "$diff" >"$scratch/debian.diff"
    apply_patch "$folder" "$scratch/debian.diff"
  fi
}

# Applies the patches of a quilt series; a line may set another strip level.
apply_series() {
  local folder=$1 series=$1/debian/patches/series line name options
  [ -f "$series" ] || return 0
  progress 'Applying the patches of Debian'
  while read -r line || [ -n "$line" ]; do
    line=${line%%#*}
    read -r name options <<<"$line"
    [ -n "$name" ] || continue
    apply_patch "$folder" "$folder/debian/patches/$name" ${options:+$options} >/dev/null
  done <"$series"
}
