# The compositor of the device: the suite's Cage, or what the project names, and the environment that the board gives it.
put_in_place() {
  chmod 755 "$1"
  mv "$1" "$BSP_CACHE_DIR/.$2.new"
  mv "$BSP_CACHE_DIR/.$2.new" "$BSP_CACHE_DIR/$2"
}

if [ -n "$(config .cage)" ]; then
  compile_cage
else
  package=$(fetch_debian deb cage)
  unpack_deb "$scratch/package" "$package" ./usr/bin/cage
  put_in_place "$scratch/package/usr/bin/cage" cage
fi

# Cage shows a cursor wherever there is a mouse, so the pointer gets a theme whose pictures are empty. What the board says
# comes last and counts more.
jq -r '(if ."cage.hide_cursor" then "STRUX_HIDE_CURSOR=1", "XCURSOR_PATH=/usr/share/strux/cursors", "XCURSOR_THEME=default" else empty end),
  (."cage.env" // [] | .[])' <<<"$STEP_CONFIG" >"$scratch/env"
mv "$scratch/env" "$BSP_CACHE_DIR/..cage-env.new"
mv "$BSP_CACHE_DIR/..cage-env.new" "$BSP_CACHE_DIR/.cage-env"
