# The on-device client: Go with the standard library only, so that no network is needed.
cd "$PROJECT_DIST_ARTIFACTS_FOLDER/client"
mkdir -p "$SHARED_CACHE_DIR/.go" "$BSP_CACHE_DIR"
export GOCACHE=$SHARED_CACHE_DIR/.go/build GOMODCACHE=$SHARED_CACHE_DIR/.go/mod GOENV=off GOTOOLCHAIN=local GOPROXY=off
export GOOS=linux GOARCH=$go_arch GOARM=7 CGO_ENABLED=0 GOWORK=off
progress "Compiling the client for $TARGET_ARCH"
go build -trimpath -buildvcs=false -ldflags "-s -w -X main.Version=$(config .version)" -o "$scratch/client" .
mv "$scratch/client" "$BSP_CACHE_DIR/.client.new"
mv "$BSP_CACHE_DIR/.client.new" "$BSP_CACHE_DIR/client"
