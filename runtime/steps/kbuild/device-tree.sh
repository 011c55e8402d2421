# Compiles the BSP's device trees as the kernel compiles its own: with the C preprocessor and dtc.

# compile_device_tree SOURCE TARGET DTC FOLDER...: searches the folders for included files.
compile_device_tree() {
  local source=$1 target=$2 dtc=$3 folder includes=() paths=()
  shift 3
  for folder in "$(dirname "$source")" "$@"; do includes+=(-I "$folder") paths+=(-i "$folder"); done
  progress "Compiling $(basename "$source")"
  cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -MD -MF "$scratch/cpp.d" -MT tree "${includes[@]}" \
    "$source" "$scratch/tree.dts" || fail "${source#"$PROJECT_FOLDER"/} cannot be preprocessed"
  # With symbols (-@), so that overlays can refer to its labels.
  "$dtc" -@ -I dts -O dtb "${paths[@]}" -d "$scratch/dtc.d" -o "$scratch/tree.dtb" "$scratch/tree.dts" ||
    fail "${source#"$PROJECT_FOLDER"/} cannot be compiled"
  mkdir -p "$(dirname "$target")"
  [ ! -e "$target" ] || fail "two device trees are called $(basename "$target")"
  cp "$scratch/tree.dtb" "$target"
}

# The source files of the latest device tree, by real path.
device_tree_files() {
  cat "$scratch/cpp.d" "$scratch/dtc.d" | sed 's/^[^ ]*: *//' | tr -s ' \\\n' '\n' | grep . | sort -u | xargs -r realpath -m
}

# Folders whose files count in the fingerprint as sources of device trees.
beside=()

# declared_files SOURCE TREE FOLDER...: fails if a source file lies outside TREE, the folder of SOURCE and every
# FOLDER. Such a file does not count in the step's fingerprint, so it must not be used.
declared_files() {
  local source tree=$2 file folder
  source=$(realpath "$1")
  while IFS= read -r file; do
    case $file in
      "$source" | "$tree"/*) continue ;;
      "$PROJECT_FOLDER"/*) ;;
      *) continue ;;
    esac
    for folder in "${@:3}"; do
      case $file in "$(realpath -m "$folder")"/*) continue 2 ;; esac
    done
    for folder in "$(dirname "$source")" "${beside[@]}"; do
      folder=$(realpath -m "$folder")
      case $file in "$folder"/*.dts | "$folder"/*.dtsi | "$folder"/*.dtso | "$folder"/*.h) continue 2 ;; esac
    done
    fail "$(basename "$source") includes ${file#"$PROJECT_FOLDER"/}, which is not declared as an input" \
      'Name its folder in device_tree.include_paths.'
  done < <(device_tree_files)
}
