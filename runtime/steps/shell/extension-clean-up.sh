# Runs the cleanup handlers that bash extensions have left in this session.
clean_up_extensions() {
  local left=${STRUX_SCRATCH:-/tmp}/.strux-extensions.clean-up.sh
  if [ -e "$left" ]; then
    bash "$left" || :
    rm -f "$left"
  fi
}
