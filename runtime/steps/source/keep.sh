shopt -s inherit_errexit

# What was fetched once is kept by content below dist/cache/.sources, for all BSPs:
#   files/SHA256/NAME   a file, verified before it was put there
#   names/SHA256        what a URL or package name meant when it was fetched: a line for each file, "SHA256 NAME"
SOURCES=$SHARED_CACHE_DIR/.sources

# Temporary files of this container only, on its own filesystem.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# One message is enough: after `fail`, in any subshell, the trap prints nothing.
fail() { : >"$scratch/said"; printf '%s\n' "$@" >&2; exit 1; }
trap 'code=$?; [ -e "$scratch/said" ] || echo "line $LINENO: exit code $code: $BASH_COMMAND" >&2' ERR

# Temporary files on the project's filesystem, for renaming into place.
WORK=$BSP_CACHE_DIR/.work/${STEP_NAME:?}

sum_of() { sha256sum -- "$1" | cut -d' ' -f1; }
name_record() { echo "$SOURCES/names/$(printf '%s' "$1" | sha256sum | cut -d' ' -f1)"; }

# kept_file SHA256: prints the path of a kept file. Deletes a damaged one and treats it as absent.
kept_file() {
  local sum=${1,,} file
  for file in "$SOURCES/files/$sum"/*; do
    [ -f "$file" ] || return 1
    if [ "$(sum_of "$file")" = "$sum" ]; then echo "$file"; return; fi
    warn "the kept file ${file#"$PROJECT_FOLDER"/} is damaged and is fetched again"
    rm -rf "${SOURCES:?}/files/$sum"
    return 1
  done
}

# kept_files KEY: prints the paths of all files that were fetched for the key; fails if one is missing.
kept_files() {
  local record sum name
  record=$(name_record "$1")
  [ -s "$record" ] || return 1
  while read -r sum name; do
    kept_file "$sum" || return 1
  done <"$record"
}

# keep_file FILE NAME: moves a verified file into place, unless another process has done so. Prints "SHA256
# NAME".
keep_file() {
  local file=$1 name=$2 sum draft
  sum=$(sum_of "$file")
  mkdir -p "$SOURCES/files"
  if [ ! -e "$SOURCES/files/$sum" ]; then
    draft=$(mktemp -d "$SOURCES/files/.new-XXXXXX")
    cp -- "$file" "$draft/$name"
    chmod 755 "$draft" && chmod 644 "$draft/$name"
    mv -T -- "$draft" "$SOURCES/files/$sum" 2>/dev/null || rm -rf "$draft"
  fi
  echo "$sum $name"
}

# remember KEY LINES: records the output lines of keep_file under the key.
remember() {
  local record draft
  record=$(name_record "$1")
  mkdir -p "$SOURCES/names"
  draft=$(mktemp "$SOURCES/names/.new-XXXXXX")
  printf '%s\n' "$2" >"$draft"
  chmod 644 "$draft"
  mv -- "$draft" "$record"
}

# download URL: to the file `download` in the scratch folder. A transfer that broke off is tried twice again, which curl
# alone does only for some answers of servers.
download() {
  local left=2 code
  while true; do
    curl --fail --silent --show-error --location --retry 2 --connect-timeout 30 --proto '=http,https,ftp' \
      --output "$scratch/download" -- "$1" && return || code=$?
    # A part of the file; no answer; an error while receiving; an error of an HTTP/2 stream.
    case $code in 18 | 52 | 56 | 92) ;; *) return "$code" ;; esac
    if [ "$((left--))" = 0 ]; then return "$code"; fi
    progress "Fetching $1 again" >&2
    sleep 1
  done
}

# fetch_url URL [SHA256]: prints the path of the kept file. The content of a URL does not change, so it is
# fetched once.
fetch_url() {
  local url=$1 wanted=${2,,} name file line
  if [ -n "$wanted" ] && kept_file "$wanted"; then return; fi
  if file=$(kept_files "url $url"); then
    [ -z "$wanted" ] || fail "$url was fetched before, with a SHA-256 that differs from the given one" \
      "given:   $wanted" "fetched: $(sum_of "$file")"
    echo "$file"
    return
  fi
  progress "Fetching $url" >&2
  download "$url" || fail "$url cannot be fetched"
  if [ -n "$wanted" ] && [ "$(sum_of "$scratch/download")" != "$wanted" ]; then
    fail "$url does not have the given SHA-256" "given:   $wanted" "fetched: $(sum_of "$scratch/download")"
  fi
  name=${url%%[?#]*}
  name=$(basename -- "$name" | tr -c 'A-Za-z0-9._+~\n-' '_')
  line=$(keep_file "$scratch/download" "$name")
  remember "url $url" "$line"
  rm -f "$scratch/download"
  kept_files "url $url"
}
