# The device's compositor: the suite's Cage or the project's own, with the board's environment.
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

# Cage shows a cursor wherever there is a mouse, so the pointer gets a theme with empty images. The board's
# variables come last and win.
jq -r '(if ."cage.hide_cursor" then "STRUX_HIDE_CURSOR=1", "XCURSOR_PATH=/usr/share/strux/cursors", "XCURSOR_THEME=default" else empty end),
  (."cage.env" // [] | .[])' <<<"$STEP_CONFIG" >"$scratch/env"
mv "$scratch/env" "$BSP_CACHE_DIR/..cage-env.new"
mv "$BSP_CACHE_DIR/..cage-env.new" "$BSP_CACHE_DIR/.cage-env"
