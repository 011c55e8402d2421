# Submodules of git repositories, each with a kept repository of its own, as in git.sh.

# A line for each submodule that was fetched: "COMMIT URL PATH", with tabs between.
git_submodules=()

# fetch_submodules URL [FOLDER [PREFIX]]: fetches the submodules of git_commit, a commit of the repository URL, and
# their submodules, and adds them to git_submodules. With FOLDER, unpacks them there. PREFIX is the path of the
# repository if it is a submodule itself, with a slash at its end.
fetch_submodules() {
  local parent=$1 folder=${2:-} prefix=${3:-} entry name path url entries
  local modules=(git --git-dir="$git_store" config --blob="$git_commit:.gitmodules")
  local -A names=()
  mapfile -d '' -t entries < <("${modules[@]}" -z --get-regexp '^submodule\..*\.path$' 2>/dev/null)
  for entry in "${entries[@]}"; do
    name=${entry%%$'\n'*} name=${name#submodule.}
    names[${entry#*$'\n'}]=${name%.path}
  done
  mapfile -d '' -t entries < <(in_store ls-tree -r -z "$git_commit" | grep -z '^160000 ')
  for entry in "${entries[@]}"; do
    path=${entry#*$'\t'} entry=${entry%%$'\t'*}
    name=${names[$path]:-}
    url=$("${modules[@]}" --get "submodule.$name.url" 2>/dev/null) ||
      fail "the submodule $prefix$path has no URL in ${prefix}.gitmodules of the source" \
        "Add it to the repository, or leave git_submodules out."
    # git leaves these out as well.
    if [ "$("${modules[@]}" --get "submodule.$name.update")" = none ]; then continue; fi
    url=$(seen_here "$(submodule_url "$parent" "$url")")
    if is_ssh "$url" && ! is_ssh "$parent"; then
      fail "the submodule $prefix$path has an ssh URL, and the source itself has not: $url" \
        'Give the ssh URL of the source as site. Then all of it is fetched outside of the container, with your keys.'
    fi
    progress "Submodule $prefix$path"
    fetch_git "$url" "${entry##* }"
    git_submodules+=("$git_commit"$'\t'"$url"$'\t'"$prefix$path")
    if [ -n "$folder" ]; then
      unpack_git "$folder/$path" "$url" "$prefix$path/"
    else
      fetch_submodules "$url" '' "$prefix$path/"
    fi
  done
}

# submodule_url PARENT URL: a relative URL begins at that of the parent; each `../` takes one part from its end.
submodule_url() {
  local parent=${1%/} url=$2 joint=/
  case $url in
    /*) url=file://$url ;;
    ./* | ../*)
      while :; do
        case $url in
          ./*) url=${url#./} ;;
          ../*)
            url=${url#../}
            case $parent in
              */*) parent=${parent%/*} ;;
              *) parent=${parent%:*} joint=: ;;
            esac
            ;;
          *) break ;;
        esac
      done
      url=$parent$joint${url%/}
      ;;
  esac
  printf '%s\n' "$url"
}
