# Resolves the paths of a definition, by the same rules as runtime/steps/refs.ts. `..` is resolved in the text,
# as there, so symlinks in a path do not change its meaning.

# A path of bsp.yaml that is relative to the BSP's folder, with or without `./`.
own_path() { realpath -ms -- "$BSP_FOLDER/$1"; }

project_path() { realpath -ms -- "$PROJECT_FOLDER/$1"; }

# Relative to the BSP with `./`, otherwise to the project.
own_or_project_path() { case $1 in ./*) own_path "$1" ;; *) project_path "$1" ;; esac; }

# Relative to the BSP with `./` or `../`, to its build folders with cache/ or output/, otherwise to dist/.
placed_path() {
  case $1 in
    ./* | ../*) own_path "$1" ;;
    cache/*) realpath -ms -- "$BSP_CACHE_DIR/${1#cache/}" ;;
    output/*) realpath -ms -- "$PROJECT_DIST_OUTPUT_FOLDER/${1#output/}" ;;
    *) realpath -ms -- "$PROJECT_DIST_FOLDER/$1" ;;
  esac
}
