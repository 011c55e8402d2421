# The application: compiles main.go with Go for the device.
application=$(config .application)
folder=$PROJECT_FOLDER/$application
shown=$application/main.go
shown=${shown#./}
[ -f "$folder/main.go" ] || fail "there is no $shown" \
  "The device runs the Go program of that folder; \`application\` in strux.config.ts says where it is."
cd "$folder"

mkdir -p "$SHARED_CACHE_DIR/.go" "$BSP_CACHE_DIR/app"
export GOCACHE=$SHARED_CACHE_DIR/.go/build GOMODCACHE=$SHARED_CACHE_DIR/.go/mod GOENV=off GOTOOLCHAIN=local
# Makes folders of the module cache deletable.
export GOFLAGS=-modcacherw
export GOOS=linux GOARCH=$go_arch GOARM=7 CGO_ENABLED=1 CC=$triplet-gcc CXX=$triplet-g++

[ "$(go env GOMOD)" != /dev/null ] || fail "there is no go.mod beside $shown" \
  "\`go mod init NAME\` in that folder makes one."
name=$(go list -f '{{.Name}}' .) || fail "Go cannot read ${shown%main.go}"
[ "$name" = main ] || fail "$shown belongs to the package $name; a program is package main"

# Only files in this folder decide whether to compile again.
while IFS= read -r elsewhere; do
  case $elsewhere/ in
    "$PWD"/* | "$GOMODCACHE"/*) ;;
    *) warn "changes in ${elsewhere#"$PROJECT_FOLDER"/} do not trigger a build: it lies outside ${application#./}" ;;
  esac
done < <(go list -deps -f '{{if not .Standard}}{{.Dir}}{{end}}' . | sort -u)

progress "Compiling the application for $TARGET_ARCH"
go build -trimpath -buildvcs=false -o "$scratch/main" . || fail "$shown does not compile"
mv "$scratch/main" "$BSP_CACHE_DIR/app/.main.new"
mv "$BSP_CACHE_DIR/app/.main.new" "$BSP_CACHE_DIR/app/main"
