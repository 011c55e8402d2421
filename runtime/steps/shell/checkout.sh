# Folders of a project are checkouts: git keeps of the modes only whether a file is executable, and the machine's umask
# decides about the others.

# neutral_modes FOLDER: gives its entries the modes that they have under the usual umask, 022. The umask is seen at the
# folders at the top, and at FOLDER itself: bits that all of them lack are the umask's, and come from the owner's bits.
# Bits that an entry has or lacks against the umask are the author's, and stay.
neutral_modes() {
  local path mode common=0 wanted shift
  while read -r mode; do common=$((common | 8#$mode)); done < <(find "$1" -maxdepth 1 -type d ! -perm /3000 -printf '%m\n')
  while IFS=' ' read -r -d '' mode path; do
    mode=$((8#$mode))
    wanted=$((mode & 8#7700))
    for shift in 3 0; do
      if ((common >> shift & 4)); then ((wanted |= mode & 4 << shift, 1)); else ((wanted |= (mode >> 6 & 4) << shift, 1)); fi
      if ((common >> shift & 1)); then ((wanted |= mode & 1 << shift, 1)); else ((wanted |= (mode >> 6 & 1) << shift, 1)); fi
      if ! ((common >> shift & 2)); then ((wanted |= mode & 2 << shift, 1)); fi
    done
    if ((mode & 8#3000)) && [ -d "$path" ]; then wanted=$mode; fi
    if [ "$wanted" != "$mode" ]; then chmod "$(printf %o "$wanted")" "$path"; fi
  done < <(find "$1" -mindepth 1 \( -type d -o -type f \) -printf '%m %p\0')
}
