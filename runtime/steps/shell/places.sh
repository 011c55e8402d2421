# Where the paths of a definition lead: the rules by which runtime/steps/refs.ts names the files that count. `..` is taken
# out of the text, as there, so a symlink on the way does not change what a path means.

# A path of bsp.yaml that means the BSP's folder, with or without `./`.
own_path() { realpath -ms -- "$BSP_FOLDER/$1"; }

project_path() { realpath -ms -- "$PROJECT_FOLDER/$1"; }

# Of the BSP with `./`, else of the project.
own_or_project_path() { case $1 in ./*) own_path "$1" ;; *) project_path "$1" ;; esac; }

# Of the BSP with `./` or `../`; of its build folders with cache/ or output/; anything else is in dist/.
placed_path() {
  case $1 in
    ./* | ../*) own_path "$1" ;;
    cache/*) realpath -ms -- "$BSP_CACHE_DIR/${1#cache/}" ;;
    output/*) realpath -ms -- "$PROJECT_DIST_OUTPUT_FOLDER/${1#output/}" ;;
    *) realpath -ms -- "$PROJECT_DIST_FOLDER/$1" ;;
  esac
}
