# Merges configuration fragments and checks that each of their lines took effect.

# Each fragment as a file, with its name for messages.
fragments=() fragment_names=()

# collect_fragments FILTER KEY: reads the list from the jq filter; KEY is its name in the definition.
collect_fragments() {
  local count index entry file
  count=$(jq "$1 // [] | length" <<<"$STEP_CONFIG")
  for ((index = 0; index < count; index++)); do
    entry=$(jq -r "$1[$index]" <<<"$STEP_CONFIG")
    if [[ $entry == ./* || $entry =~ ^[^/$'\n']+\.config$ ]]; then
      file=$(own_path "$entry")
      [ -f "$file" ] || fail "the fragment ${file#"$PROJECT_FOLDER"/} is missing ($2)"
      add_fragment "$entry" <"$file"
    else
      add_fragment "$2[$index]" <<<"$entry"
    fi
  done
}

# add_fragment NAME: reads the fragment from stdin. Rejects invalid lines, which would otherwise be ignored
# silently.
add_fragment() {
  local file line
  file=$(mktemp "$scratch/fragment-XXXXXX.config")
  sed 's/[[:space:]]*$//' >"$file"
  line=$(grep -n -v -E -e '^$' -e '^[[:space:]]*#' -e '^CONFIG_[A-Za-z0-9_]+=' "$file" | head -n 1) || true
  [ -z "$line" ] || fail "$1, line ${line%%:*}: '${line#*:}' is not a line of a configuration" \
    'Lines are CONFIG_X=y, CONFIG_X=n or # CONFIG_X is not set; the name of a file begins with ./ or is a bare x.config.'
  fragments+=("$file")
  fragment_names+=("$1")
}

# merge_fragments TREE OUTPUT MAKE...: into OUTPUT/.config, completed by `MAKE olddefconfig`.
merge_fragments() {
  local tree=$1 output=$2
  shift 2
  if [ ${#fragments[@]} -gt 0 ]; then
    progress 'Merging the configuration'
    (cd "$tree" && ./scripts/kconfig/merge_config.sh -m -O "$output" "$output/.config" "${fragments[@]}") \
      >"$scratch/merge-words" 2>&1 || fail 'the fragments cannot be merged:' "$(tail -n 5 "$scratch/merge-words")"
  fi
  "$@" olddefconfig
  check_fragments "$output/.config"
}

# The value of a symbol in a configuration; `n` if it is absent.
config_value() { sed -n "s/^$1=//p" "$2" | tail -n 1 | grep . || echo n; }

# What happens if a line of a fragment does not take effect: `fail` or `warn`.
unmet=fail

# Each symbol must have the value of the last fragment that names it. Warns if a symbol that was switched off is
# needed by another.
check_fragments() {
  local config=$1 index symbol value final
  local -A wanted=() whence=()
  for index in "${!fragments[@]}"; do
    while IFS='=' read -r symbol value; do
      wanted[$symbol]=$value
      whence[$symbol]=${fragment_names[index]}
    done < <(sed -n -E -e 's/^# (CONFIG_[A-Za-z0-9_]+) is not set$/\1=n/p' -e '/^CONFIG_/p' "${fragments[index]}")
  done
  local lost=()
  for symbol in "${!wanted[@]}"; do
    value=${wanted[$symbol]} final=$(config_value "$symbol" "$config")
    if [ "$value" = "$final" ]; then continue; fi
    if [ "$value" = n ] || [ "$value=$final" = m=y ]; then
      warn "$symbol=$value (${whence[$symbol]}) became $final: another setting needs it"
    else
      lost+=("$symbol=$value (${whence[$symbol]}) became $final")
    fi
  done
  if [ ${#lost[@]} -eq 0 ]; then return; fi
  if [ "$unmet" = warn ]; then
    for value in "${lost[@]}"; do
      warn "$value: there is no such symbol in this source, or what it depends on is switched off"
    done
    return
  fi
  fail 'the configuration does not take these lines of fragments:' \
    "$(printf '%s\n' "${lost[@]}" | sort | sed 's/^/  /')" \
    'There is no such symbol in this source, or what it depends on is switched off.'
}
