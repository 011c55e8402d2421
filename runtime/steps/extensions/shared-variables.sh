# Variables that the handlers of bash extensions share: kept after one handler, restored before the next one.

# Names that bash itself sets.
strux_of_bash=' _ BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_EXECUTION_STRING BASH_LINENO BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION COLUMNS COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD HOSTNAME HOSTTYPE IFS LINENO LINES MACHTYPE OLDPWD OPTERR OPTIND OPTARG OSTYPE PATH PIPESTATUS PPID PS4 PWD RANDOM SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM UID COPROC '

# The names of all variables that have a value, between blanks.
strux_names() {
  local strux_all
  strux_all="$(compgen -v)"
  printf ' %s ' "${strux_all//$'\n'/ }"
}

# Text that restores all variables, except those in EXCEPT (names between blanks). It leaves alone variables whose
# names are in strux_known when it is read, and read-only ones that a file has declared by then.
strux_keep() {
  local strux_name strux_text
  for strux_name in $(compgen -v); do
    [[ "$strux_name" != strux_* && "$strux_of_bash" != *" $strux_name "* && "$1" != *" $strux_name "* ]] || continue
    strux_text="$(declare -p "$strux_name" 2>/dev/null)" || continue
    if [[ "$strux_text" =~ ^declare\ -[a-zA-Z]*r ]]; then
      printf '[[ "$strux_known" == *" %s "* || "$(declare -p %s 2>/dev/null)" =~ ^declare\\ -[a-zA-Z]*r ]] || %s\n' \
        "$strux_name" "$strux_name" "$strux_text"
    else
      printf '[[ "$strux_known" == *" %s "* ]] || %s\n' "$strux_name" "$strux_text"
    fi
  done
}
