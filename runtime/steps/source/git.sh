# Git repositories, kept bare below dist/cache/.sources/git. They hold only what was requested: the state of a
# branch or tag, without history.

# fetch_git URL [REF]: sets git_store and git_commit. A kept commit or tag needs no network. A branch is looked
# up each time; if that fails, the kept state is used, with a warning.
fetch_git() {
  local url=$1 ref=${2:-}
  case $url in *#*) fail "$url is not the URL of a repository" ;; esac
  git_store=$SOURCES/git/$(printf '%s' "$url" | sha256sum | cut -c1-16).git
  # The project's files do not belong to root.
  export GIT_CONFIG_GLOBAL=$scratch/gitconfig GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND=${GIT_SSH_COMMAND:-ssh -oBatchMode=yes}
  printf '[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n[init]\n\tdefaultBranch = main\n' >"$GIT_CONFIG_GLOBAL"
  mkdir -p "$SOURCES/git"
  exec {git_lock}>"$git_store.lock"
  flock "$git_lock"
  if [ ! -d "$git_store" ]; then
    git init --quiet --bare "$git_store.new"
    printf '%s\n' "$url" >"$git_store.new/description"
    mv -T "$git_store.new" "$git_store"
  fi
  if [[ $ref =~ ^[0-9a-f]{40}$ ]]; then find_commit "$url" "$ref"; else find_name "$url" "$ref"; fi
  exec {git_lock}>&-
}

is_ssh() { [[ $1 =~ ^(git\+)?ssh:// || $1 != *://* ]]; }
in_store() { git --git-dir="$git_store" "$@"; }
kept_commit() { in_store rev-parse --quiet --verify "$1^{commit}" 2>/dev/null; }
fetch_refs() { in_store fetch --quiet --no-tags --no-write-fetch-head "$@"; }

find_commit() {
  local url=$1 commit=$2
  if ! kept_commit "$commit" >/dev/null; then
    progress "Fetching $url"
    # Some servers do not serve a commit that is no branch's head: then the whole history is needed.
    fetch_refs --depth=1 "$url" "$commit:refs/kept/commits/$commit" 2>/dev/null ||
      fetch_everything "$url"
  fi
  git_commit=$(kept_commit "$commit") || fail "$url has no commit $commit"
}

find_name() {
  local url=$1 name=$2 listed place kept
  if [ -n "$name" ] && git_commit=$(kept_commit "refs/kept/tags/$name"); then return; fi
  # ssh URLs were fetched on the host, where the user's keys are.
  if is_ssh "$url" && [ -z "${FETCH_SSH:-}" ]; then
    git_commit=$(kept_commit "refs/kept/heads/${name:-HEAD}" || kept_commit "$name") || fail "$url has not been fetched"
    return
  fi
  progress "Looking up ${name:-the default branch} of $url"
  if ! listed=$(timeout 120 git ls-remote -- "$url" 2>"$scratch/git-words"); then
    kept=$(kept_commit "refs/kept/heads/${name:-HEAD}") ||
      fail "$url cannot be reached, and nothing of it is kept: $(tail -n 1 "$scratch/git-words")"
    warn "$url cannot be reached; ${name:-its default branch} is used as last fetched (${kept:0:12})"
    git_commit=$kept
    return
  fi
  has() { grep -q -x -F -- "$1" <<<"$refs"; }
  local refs
  refs=$(cut -f2 <<<"$listed")
  if [ -z "$name" ]; then place=HEAD kept=refs/kept/heads/HEAD
  elif has "refs/heads/$name"; then place=refs/heads/$name kept=refs/kept/heads/$name
  elif has "refs/tags/$name"; then place=refs/tags/$name kept=refs/kept/tags/$name
  elif has "$name"; then place=$name kept=refs/kept/heads/$name
  elif [[ $name =~ ^[0-9a-f]{7,39}$ ]]; then
    kept_commit "$name" >/dev/null || fetch_everything "$url"
    git_commit=$(kept_commit "$name") || fail "$url has no commit that begins with $name"
    return
  else
    fail "$url has no branch, tag or commit '$name'" \
      "It has, among others: $(sed -n 's,^refs/\(heads\|tags\)/,,p' <<<"$refs" | grep -v '\^{}$' | tail -n 8 | paste -sd' ')"
  fi
  # Servers of plain files cannot leave the history out.
  fetch_refs --depth=1 "$url" "+$place:$kept" 2>/dev/null || fetch_refs "$url" "+$place:$kept" || fail "$url cannot be fetched"
  git_commit=$(kept_commit "$kept") || fail "$place of $url is not a commit"
}

fetch_everything() {
  progress "Fetching the history of $1"
  local deeper=()
  if [ "$(in_store rev-parse --is-shallow-repository)" = true ]; then deeper=(--unshallow); fi
  fetch_refs "${deeper[@]}" "$1" '+refs/heads/*:refs/kept/all/heads/*' '+refs/tags/*:refs/kept/all/tags/*' ||
    fail "$1 cannot be fetched"
}

# repository_url URL BASE: the URL by which a repository is fetched here. BASE is the folder that `./` means.
repository_url() {
  local folder
  case $1 in
    ./* | ../*)
      folder=$(realpath -ms -- "$2/$1")
      [ -d "$folder" ] || fail "there is no repository ${folder#"$PROJECT_FOLDER"/}"
      echo "file://$folder"
      ;;
    *) seen_here "$1" ;;
  esac
}

# The container's path of a repository in the project, given by its path on the host. Others are not visible
# here.
seen_here() {
  local url=$1 path
  [[ $url == file://* ]] || { echo "$url"; return; }
  path=${url#file://}
  case $path in
    "$PROJECT_FOLDER"/*) ;;
    "${PROJECT_ON_HOST:-$PROJECT_FOLDER}"/*) path=$PROJECT_FOLDER/${path#"$PROJECT_ON_HOST"/} ;;
    *) fail "$url is not in the project, and steps see no other files of this machine" ;;
  esac
  echo "file://$path"
}

# unpack_git FOLDER [URL [PREFIX]]: unpacks the files of git_commit, without a repository around them. Given the URL
# of the repository, fetches and unpacks its submodules too.
unpack_git() {
  mkdir -p "$1"
  rm -f "$scratch/index"
  GIT_INDEX_FILE=$scratch/index in_store --work-tree="$1" checkout --quiet --force "$git_commit" -- .
  if [ -n "${2:-}" ]; then
    fetch_submodules "$2" "$1" "${3:-}"
  elif [ -e "$1/.gitmodules" ]; then
    warn 'the source has git submodules, which are not fetched'
  fi
}
