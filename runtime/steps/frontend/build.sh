# The web frontend: npm runs on a copy, so that the sources stay unchanged.
application=$(config .application)
shown=${application#./}/frontend
[ "$application" != . ] || shown=frontend
source=$PROJECT_FOLDER/$application/frontend
place=$SHARED_CACHE_DIR/.frontend
work=$place/work

[ -f "$source/package.json" ] || fail "there is no $shown/package.json" \
  "A device without a page of its own: set build.steps.frontend to false in strux.config.ts."
jq -e . "$source/package.json" >/dev/null || fail "$shown/package.json is not valid JSON"
jq -e '.scripts.build' "$source/package.json" >/dev/null ||
  fail "$shown/package.json has no script \"build\"" "The script must make dist/ from the sources. Example: \"vite build\"."

mkdir -p "$work"
rsync -rlpt --checksum --delete --exclude=node_modules --exclude=/dist --exclude=.git --exclude=.DS_Store --exclude='*.log' \
  "$source/" "$work/"
cd "$work"

export npm_config_cache=$place/npm npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
# The user's registries and tokens: only for the duration of this step, and outside dist/.
printf '%s' "${STRUX_NPMRC-}" >"$scratch/npmrc"
export npm_config_userconfig=$scratch/npmrc
unset STRUX_NPMRC

# The files that an installation depends on; with install scripts or workspaces, any file may matter.
installed_from() {
  node --version
  uname -m
  if [ -n "$(jq -r '.workspaces // empty, (.scripts // {} | .preinstall, .install, .postinstall, .prepare | . // empty)' package.json)" ]; then
    find . -name node_modules -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
  else
    cat package.json
    for file in package-lock.json npm-shrinkwrap.json .npmrc; do if [ -f "$file" ]; then sha256sum "$file"; fi; done
  fi
}

# Optional packages for this platform that the lock file names but does not describe, as NAME@RANGE. A lock file
# from another platform may lack them; `npm ci` then either rejects it or leaves them out.
missing_from_lock() {
  local platform
  case $(uname -m) in
    x86_64) platform='linux-x64(-gnu|-glibc)?$' ;;
    aarch64) platform='linux-arm64(-gnu|-glibc)?$' ;;
    *) platform='linux-arm(-gnueabihf|-glibc)?$' ;;
  esac
  jq -r --arg platform "$platform" '(.packages // {}) as $all | [$all | keys[] | sub("^.*node_modules/"; "")] as $known
    | [$all[].optionalDependencies // {} | to_entries[]] | unique_by(.key)[]
    | select((.key | test($platform)) and (.key as $name | $known | index($name) | not)) | "\(.key)@\(.value)"' package-lock.json
}

install_packages() {
  local missing=()
  if [ -f package-lock.json ]; then
    mapfile -t missing < <(missing_from_lock)
  elif [ ! -f npm-shrinkwrap.json ]; then
    echo "$shown has no package-lock.json: the installed versions can change from day to day"
    npm install --no-package-lock || fail "npm install failed in $shown"
    return
  fi
  if [ "${#missing[@]}" -gt 0 ]; then
    echo "package-lock.json was written on another platform and lacks ${missing[*]}"
  fi
  if ! npm ci 2> >(tee "$scratch/npm-ci" >&2); then
    refuses_other_platforms || fail "npm ci failed in $shown" \
      "Where it says that package.json and package-lock.json do not agree, \`npm install\` in $shown mends the lock file."
    echo 'npm ci rejects a lock file without the packages of other platforms; npm install accepts it'
    npm install || fail "npm install failed in $shown"
  fi
  if [ "${#missing[@]}" -gt 0 ]; then
    npm install --no-save "${missing[@]}" || fail "npm install failed in $shown"
  fi
}

# Whether `npm ci` only lacked optional packages in the lock file, which another npm version or registry left
# out.
refuses_other_platforms() {
  local optional name
  grep -q '^npm ERR! Missing: \|^npm error Missing: ' "$scratch/npm-ci" || return 1
  ! grep -q '^npm \(ERR!\|error\) Invalid: ' "$scratch/npm-ci" || return 1
  optional=$(jq -r '[.packages[]?.optionalDependencies // {} | keys[]] | unique[]' package-lock.json)
  while read -r name; do
    grep -qxF -- "$name" <<<"$optional" || return 1
  done < <(sed -nE 's/^npm (ERR!|error) Missing: (.+)@[^@]* from lock file$/\2/p' "$scratch/npm-ci")
}

stamp=$(installed_from | sha256sum)
if [ "$(cat node_modules/.strux-installed 2>/dev/null)" != "$stamp" ]; then
  progress 'Installing packages'
  rm -f node_modules/.strux-installed
  install_packages
  mkdir -p node_modules
  echo "$stamp" >node_modules/.strux-installed
fi

progress 'Building the frontend'
rm -rf dist
npm run build || fail "the build of $shown failed"
[ -f dist/index.html ] || fail "the build of $shown made no dist/index.html" \
  "The device shows that file; Vite makes it from an index.html beside package.json."

rm -rf "$place/made" "$place/old"
cp -r dist "$place/made"
if [ -e "$SHARED_CACHE_DIR/frontend" ]; then mv "$SHARED_CACHE_DIR/frontend" "$place/old"; fi
mv "$place/made" "$SHARED_CACHE_DIR/frontend"
rm -rf "$place/old"
