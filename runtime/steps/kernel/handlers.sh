# Completes the configuration that handlers of extensions have changed: in `.config`, and by the lists opts_y, opts_m,
# opts_n and opts_val.
declare -a opts_y opts_m opts_n
declare -A opts_val

# Prints what handlers want as lines of a configuration. The lists override each other in this order.
wishes_of_handlers() {
  local symbol
  # Lines that differ from the merged configuration.
  grep -vxFf "$merged_config" "$tree/.config" | grep -E '^(# )?CONFIG_' || true
  for symbol in "${opts_n[@]}"; do echo "# CONFIG_${symbol#CONFIG_} is not set"; done
  for symbol in "${opts_y[@]}"; do echo "CONFIG_${symbol#CONFIG_}=y"; done
  for symbol in "${opts_m[@]}"; do echo "CONFIG_${symbol#CONFIG_}=m"; done
  for symbol in "${!opts_val[@]}"; do echo "CONFIG_${symbol#CONFIG_}=$(configured_value "${opts_val[$symbol]}")"; done
}

# configured_value VALUE: a string with its quotes.
configured_value() {
  if [[ $1 =~ ^([ymn]|-?[0-9]+|0[xX][0-9a-fA-F]+|\".*\")$ ]]; then echo "$1"; else echo "\"$1\""; fi
}

wishes=$(wishes_of_handlers)
if [ -n "$wishes" ] || ! cmp -s "$merged_config" "$tree/.config"; then
  add_fragment custom_kernel_config <<<"$wishes"
  unmet=warn
  merge_fragments "$tree" "$tree" kernel_make
fi
rm -f "$merged_config"
