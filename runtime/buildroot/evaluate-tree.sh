# Reads a Buildroot tree: configures it with kconfiglib, then reads its makefiles with make. Given: tree (absolute), name
# (of external.desc), wanted and standing (lines of a .config), variables, hooks (names). Prints records on the standard
# output: fields separated by US, records ended by RS.
set -u
work=$(mktemp -d)
US=$'\x1f' RS=$'\x1e'
printf '%s\n' "$wanted" >"$work/wanted"
printf '%s\n' "$standing" >"$work/standing"
cd "$tree" || exit 1

printf '%s' "$definitions" >"$work/definitions.mk"
printf '%s' "$print" >"$work/print.mk"
printf '%s' "$kconfig" >"$work/kconfig.py"

if ! message=$(python3 "$work/kconfig.py" "$tree" "$name" "$work/wanted" "$work/standing" "$work/output" 2>&1); then
  # The last line of a Python error: 'kconfiglib.KconfigError: FILE:LINE: MESSAGE'.
  printf 'failure%skconfig%s%s%s' "$US" "$US" "$(tail -n 1 <<<"$message")" "$RS"
  exit 0
fi
printf 'kconfig%s%s%s' "$US" "$(cat "$work/output.json")" "$RS"

# A tree without external.mk has its packages in the usual place.
if [ -f external.mk ]; then makefiles=external.mk; else makefiles=$(find package -mindepth 2 -name '*.mk' 2>/dev/null | LC_ALL=C sort); fi
{
  echo "include $work/output.config"
  echo "include $work/definitions.mk"
  for file in $makefiles; do echo "include $tree/$file"; done
  echo "include $work/print.mk"
} >"$work/all.mk"
# Names that makefiles read, in the form of variables and functions of Buildroot: the others are variables of loops.
references=$(find . -name '*.mk' -not -path './.git/*' -exec grep -hv '^[[:space:]]*#' {} + |
  grep -oE '(^|[^$])\$[({](call +)?[A-Za-z_][A-Za-z0-9_-]*[),}]' | sed -E 's/^.?\$[({](call +)?//; s/.$//' |
  grep -E '^[A-Z][A-Z0-9_]+$|-' | grep -v '^BR2_' | sort -u | tr '\n' ' ')
# Symbols whose value is used, other than in a condition or in a variable's name: there, an unset one means 'no'.
symbols=$(find . -name '*.mk' -not -path './.git/*' -exec grep -hvE '^[[:space:]]*(#|(else[[:space:]]+)?ifn?(eq|def)\b)|\$[({](filter|filter-out|findstring|or|and|foreach) ' {} + |
  sed -E 's/[A-Za-z0-9]_\$[({]BR2_[A-Za-z0-9_]+[)}]//g; s/\$[({]if [^,]*,//g' | grep -oE '\$[({]BR2_[A-Za-z0-9_]+[)}]' | sed -E 's/^..//; s/.$//' |
  sort -u | grep -vxFf "$work/output.own" | tr '\n' ' ')
: >"$work/records"
env -i PATH="$PATH" HOME=/tmp LC_ALL=C.UTF-8 US="$US" RS="$RS" STRUX_TREE="$tree" STRUX_OUT="$work/records" STRUX_VARIABLES="$variables" \
  STRUX_HOOKS="$hooks" STRUX_REFERENCES="$references $symbols" "BR2_EXTERNAL_${name}_PATH=$tree" BR2_EXTERNAL="$tree" \
  BR2_EXTERNAL_NAMES="$name" make -rR --no-print-directory -f "$work/all.mk" strux_all >"$work/log" 2>&1
code=$?
cat "$work/records"
if [ "$code" != 0 ]; then printf 'failure%smake%s%s%s' "$US" "$US" "$(grep -v '^make' "$work/log" | tail -n 1; grep '\*\*\*' "$work/log" | head -n 1)" "$RS"; fi
# Warnings of makefiles, and output of commands that they run.
printf 'log%s%s%s' "$US" "$(head -c 20000 "$work/log")" "$RS"
rm -rf "$work"
