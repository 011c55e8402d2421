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
# The file that was fetched. Packages of Buildroot trees know it as $(FOO_DL_DIR)/$(FOO_SOURCE).
SOURCE_FILE=$(config .source.file)
SOURCE_FILE=${SOURCE_FILE:+$BASE_DIR/dl/$NAME/$SOURCE_FILE}
export SRCDIR PKG PKGDIR NAME VERSION SOURCE_FILE
export PARALLEL_JOBS=${PARALLEL_JOBS:-$(nproc)}
export PATH=$HOST_DIR/bin:$HOST_DIR/sbin:$PATH

# The folder in which the package is built.
source_folder() { realpath -ms -- "$D/$(config .subdir)"; }

begin_package() {
  mkdir -p "$BUILD_DIR" "$outputs" "$stamps"
  leave_older_folder
  prepare_stamps
  make_views
  set_toolchain
}

# The surroundings of a shell: those of the commands. The records of the build stay as they are.
begin_shell() {
  local folder
  phase_done() { [ -e "$stamps/$1" ]; }
  make_views
  set_toolchain
  folder=$(source_folder)
  if [ -d "$folder" ]; then cd "$folder"; fi
}

# The name of the build folder has the version in it, so a new version leaves the folder of the older one behind.
leave_older_folder() {
  local name=${D##*/} older
  older=$(cat "$stamps/.folder" 2>/dev/null) || older=$name
  if [ "$older" != "$name" ]; then rm -rf "${BUILD_DIR:?}/${older:?}"; fi
  printf '%s\n' "$name" >"$stamps/.folder"
}

# The digest stands for everything that the package made. It is written last: users of the package read it.
finish_package() { content_of "$outputs" -path ./digest >"$outputs/digest"; }
