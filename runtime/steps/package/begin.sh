# A variant of a source package: its folders, and the variables of its commands and hooks. places.ts has the same
# rules for folders.
package_id=$(config .id)
variant=$(config .variant)
infra=$(config .infra)

export BASE_DIR=$BSP_CACHE_DIR/packages
export BUILD_DIR=$BASE_DIR/build CONFIG_DIR=$BASE_DIR BR2_CONFIG=$BASE_DIR/.config
# Private to this session, and the same path for every package: programs know the folders of their package.
views=${STRUX_SCRATCH:-/tmp}/strux
export HOST_DIR=$views/host STAGING_DIR=$views/staging TARGET_DIR=$views/target BINARIES_DIR=$views/images
export D=$BUILD_DIR/$(config .build_name)
outputs=$BASE_DIR/per-package/$package_id
stamps=$BUILD_DIR/.stamps/$package_id

SRCDIR=
if [ "$(config .source.kind)" = local ]; then SRCDIR=$(project_path "$(config .source.folder)"); fi
PKG=$(tr 'a-z.-' 'A-Z__' <<<"$package_id")
PKGDIR=$(project_path "$(config .folder)")
NAME=$(config .name)
VERSION=$(config .version)
export SRCDIR PKG PKGDIR NAME VERSION
export PARALLEL_JOBS=${PARALLEL_JOBS:-$(nproc)}
export PATH=$HOST_DIR/bin:$HOST_DIR/sbin:$PATH

# The folder in which the package is built.
source_folder() { realpath -ms -- "$D/$(config .subdir)"; }

begin_package() {
  mkdir -p "$BUILD_DIR" "$outputs" "$stamps"
  prepare_stamps
  make_views
  set_toolchain
}

# The digest stands for everything that the package made. It is written last: users of the package read it.
finish_package() {
  (cd "$outputs" && find . -mindepth 1 ! -path ./digest \( -type f -o -type l \) -printf '%P\0' | sort -z |
    while IFS= read -r -d '' path; do
      if [ -L "$path" ]; then printf 'link %s %s\n' "$path" "$(readlink "$path")"
      else printf '%s %s %s\n' "$(stat -c %a "$path")" "$path" "$(sum_of "$path")"; fi
    done) | sha256sum | cut -d' ' -f1 >"$outputs/digest"
}
