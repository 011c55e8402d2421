# A script of a Buildroot tree runs in a copy of the tree, so that the project stays as it is. The copy, a HOST_DIR of its
# own and the files that it expects in BINARIES_DIR are made for the first script of a build.
# Reads script, text, folder and the variables tree_*.
place=$BASE_DIR/post-image
copy=$place/tree

# enter_tree: makes all of that; script and folder are then in the copy.
enter_tree() {
  local source
  source=$(realpath -ms -- "$PROJECT_FOLDER/$tree_folder")
  [ -d "$source" ] || tree_failed "there is no folder $tree_folder (post_image.tree)"
  mkdir -p "$place"
  if [ -n "$tree_first" ] || [ ! -e "$copy" ]; then
    copy_tree "$source"
    fill_host
  fi
  export HOST_DIR=$place/host
  export PATH=$HOST_DIR/bin:$HOST_DIR/sbin:$PATH
  describe_external
  script=$(in_copy "$script" "$source")
  folder=$(in_copy "$folder" "$source")
  images_for_tree
  write_config
  link_output
}

# Buildroot's own folder for its results is output/ in the folder that holds support/. Scripts name it by its path, or
# reach the other one as $BASE_DIR/...
link_output() {
  local output=$copy/output
  mkdir -p "$output"
  ln -sfnT "$BINARIES_DIR" "$output/images"
  ln -sfnT "$BUILD_DIR" "$output/build"
  ln -sfnT "$HOST_DIR" "$output/host"
  ln -sfnT "$STAGING_DIR" "$output/staging"
  ln -sfnT "$TARGET_DIR" "$output/target"
  ln -sfnT "$BR2_CONFIG" "$output/.config"
  [ -e "$copy/.config" ] || ln -sfnT "$BR2_CONFIG" "$copy/.config"
  export BASE_DIR=$output
}

tree_failed() {
  echo "$*" >&2
  exit 1
}

# A path of the tree as a path of its copy; others as they are.
in_copy() {
  case $1 in
    "$2") echo "$copy" ;;
    "$2"/*) echo "$copy/${1#"$2"/}" ;;
    *) echo "$1" ;;
  esac
}

copy_tree() {
  rm -rf "$copy"
  mkdir -p "$copy"
  # The tree may be the project itself.
  tar -C "$1" --exclude=./dist --exclude=./node_modules --exclude=./output --exclude=.git -cf - . | tar -C "$copy" -xf -
  chmod -R u+w "$copy"
  if [ ! -e "$copy/support/scripts/genimage.sh" ]; then
    mkdir -p "$copy/support/scripts"
    printf '%s\n' "$genimage_script" >"$copy/support/scripts/genimage.sh"
    chmod +x "$copy/support/scripts/genimage.sh"
  fi
}

# The programs of source packages, and all of the builder, where Buildroot has its own.
fill_host() {
  local source=$HOST_DIR host=$place/host
  rm -rf "$host"
  mkdir -p "$host"/{bin,sbin,lib,share}
  ln -sfn . "$host/usr"
  cp -as "$source/." "$host/" 2>/dev/null || true
  ln -s -t "$host/bin" /usr/bin/* 2>/dev/null || true
  ln -s -t "$host/sbin" /usr/sbin/* 2>/dev/null || true
  # Buildroot has some programs in bin that Debian has in sbin.
  ln -s -t "$host/bin" /usr/sbin/{mkfs*,mke2fs,tune2fs,resize2fs,e2fsck,debugfs,sfdisk,sgdisk,parted,ubinize,mkdosfs} 2>/dev/null || true
}

# The variables that an external tree's description gives.
describe_external() {
  local name
  [ -f "$copy/external.desc" ] || return 0
  name=$(sed -n 's/^name:[[:space:]]*\([A-Za-z0-9_]*\).*/\1/p' "$copy/external.desc")
  [ -n "$name" ] || tree_failed "$tree_folder/external.desc has no line 'name: NAME'"
  export BR2_EXTERNAL_NAMES=$name "BR2_EXTERNAL_${name}_PATH=$copy" BR2_EXTERNAL="$copy"
  export "BR2_EXTERNAL_${name}_DESC=$(sed -n 's/^desc:[[:space:]]*//p' "$copy/external.desc")"
}
