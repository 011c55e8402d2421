# The helper functions that people's extension files call. Source: facts about existing files, "Helpers, precisely".
# Runs as root in the container of a step. SDCARD: the unpacked root filesystem; MOUNT: the mounted image; SRC: the
# folder with cache/ and output/. STRUX_SESSION: prefix of files that live as long as the step's session.

# Messages.

# MESSAGE [EXTRA] [LEVEL]: always succeeds.
display_alert() {
  local strux_label
  case "${3:-info}" in
    err | error) strux_label='error: ' ;;
    wrn | warn | warning) strux_label='warning: ' ;;
    debug) [[ "${SHOW_DEBUG:-}" == yes ]] || return 0; strux_label='debug: ' ;;
    command) strux_label='$ ' ;;
    *) strux_label='' ;;
  esac
  printf '%s%s%s\n' "$strux_label" "${1:-}" "${2:+ [ $2 ]}" >&2
  return 0
}

# The file and line of the caller that is DEPTH functions further up, as the author knows them.
strux_caller() {
  local strux_file="${BASH_SOURCE[$1 + 1]:-}"
  printf '%s:%s' "${strux_file#"${PROJECT_FOLDER:-}"/}" "${BASH_LINENO[$1]:-0}"
}

# FILE LINE: the text of that line.
strux_line() {
  local strux_text
  strux_text="$(sed -n "${2}p" "$1" 2>/dev/null)" || :
  printf '%s' "${strux_text#"${strux_text%%[![:space:]]*}"}"
}

# MESSAGE [EXTRA]: ends the build with code 43.
exit_with_error() {
  printf 'error: %s: %s%s\n' "$(strux_caller 1)" "${1:-an extension ends the build}" "${2:+ [ $2 ]}" >&2
  exit 43
}

# MESSAGE [EXTRA]: ends the build with code 44.
exit_with_target_not_supported_error() {
  printf 'error: %s: this target is not supported: %s%s\n' "$(strux_caller 1)" "${1:-}" "${2:+ [ $2 ]}" >&2
  exit 44
}

# Commands.

# COMMAND [ARGUMENT…]: runs a program. `use_clean_environment=yes`: with PATH, HOME and the locale only.
# `if_error_detail_message` and the files named in `if_error_find_files_sdcard` are shown if it fails.
strux_run() {
  local strux_code=0 strux_pattern strux_shown
  if [[ "${use_clean_environment:-no}" == yes ]]; then
    env -i PATH="$PATH" HOME="${HOME:-/root}" LC_ALL=C LANG=C "$@" || strux_code=$?
  else
    "$@" || strux_code=$?
  fi
  ((strux_code == 0)) && return 0
  [[ -z "${if_error_detail_message:-}" ]] || display_alert "$if_error_detail_message" '' err
  for strux_pattern in ${if_error_find_files_sdcard[@]+"${if_error_find_files_sdcard[@]}"}; do
    # A pattern, which may hold blanks between several names.
    for strux_shown in "${SDCARD:-}"/$strux_pattern; do
      [[ -f "$strux_shown" ]] || continue
      display_alert "${strux_shown#"${SDCARD:-}"}" 'contents' err
      cat "$strux_shown" >&2
    done
  done
  return "$strux_code"
}

# ARGUMENT…: joined with blanks, and run by a new bash. Quoted pipes and redirections work.
run_host_command_logged() {
  strux_run /bin/bash -e -o pipefail -c "$*"
}

# ARGUMENT…: exactly these.
run_host_command_logged_raw() {
  strux_run "$@"
}

# FOLDER ARGUMENT…: joined with blanks, and run by a new bash inside the folder. Mounts nothing.
chroot_custom() {
  local strux_root="$1"
  shift
  [[ -d "$strux_root" ]] || exit_with_error "there is no folder to change into" "${strux_root:-no name}"
  LC_ALL=C LANG=C strux_run chroot "$strux_root" /bin/bash -e -o pipefail -c "$*"
}

chroot_sdcard() {
  chroot_custom "${SDCARD:-}" "$@"
}

chroot_mount() {
  chroot_custom "${MOUNT:-}" "$@"
}

# ARGUMENT…: exactly these, without a shell in between: for `$(…)`.
chroot_sdcard_with_stdout() {
  LC_ALL=C LANG=C chroot "$SDCARD" "$@"
}

# ARGUMENT…: apt-get in the root filesystem, without questions; 1 if it fails. `extra_apt_envs`: array of NAME=VALUE.
chroot_sdcard_apt_get() {
  local -a strux_options=(
    -y -q
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0
    -o Acquire::Retries=3 -o APT::Update::Error-Mode=any
  )
  local -a strux_variables=(DEBIAN_FRONTEND=noninteractive ${extra_apt_envs[@]+"${extra_apt_envs[@]}"})
  local strux_name
  for strux_name in http_proxy https_proxy no_proxy; do
    [[ -z "${!strux_name:-}" ]] || strux_variables+=("$strux_name=${!strux_name}")
  done
  local strux_prefix
  printf -v strux_prefix '%q ' env "${strux_variables[@]}" apt-get "${strux_options[@]}"
  chroot_sdcard "$strux_prefix" "$@" && return 0
  display_alert 'apt-get failed' "$*" err
  return 1
}

chroot_sdcard_apt_get_install() {
  chroot_sdcard_apt_get --no-install-recommends install "$@"
}

chroot_sdcard_apt_get_update() {
  chroot_sdcard_apt_get update
}

chroot_sdcard_apt_get_remove() {
  chroot_sdcard_apt_get remove "$@"
}

# SERVICE…: in the root filesystem; services that it does not have are passed over.
disable_systemd_service_sdcard() {
  local strux_service
  for strux_service; do
    chroot_sdcard systemctl --no-reload disable "$strux_service" || display_alert 'not disabled' "$strux_service" wrn
  done
}

# COUNT COMMAND [ARGUMENT…]: until it succeeds; 1 if it never does. `sleep_seconds` between tries: 5.
do_with_retries() {
  local strux_count="$1" RETRY_RUNS=0
  shift
  while ((RETRY_RUNS < strux_count)); do
    RETRY_RUNS=$((RETRY_RUNS + 1))
    "$@" && return 0
    ((RETRY_RUNS == strux_count)) && break
    display_alert "Try $RETRY_RUNS of $strux_count failed" "$*" wrn
    sleep "${sleep_seconds:-5}"
  done
  display_alert "Failed $strux_count times" "$*" err
  return 1
}

# Packages and other extensions: settled before the build.

strux_too_late() {
  display_alert "$(strux_caller 2): ${FUNCNAME[1]} has no effect here; call it in a configuration hook" "$*" wrn
}
add_packages_to_image() { strux_too_late "$@"; }
add_packages_to_rootfs() { strux_too_late "$@"; }
remove_packages() { strux_too_late "$@"; }
extension_hook_opt_out() { :; }

# While files are read again, the extensions that they enable are there already.
enable_extension() {
  [[ -z "${strux_frozen:-}" ]] && return 0
  printf 'error: %s: enable_extension %s comes too late: call it outside functions\n' "$(strux_caller 1)" "${1:-}" >&2
  exit 2
}

# Sources.

# ARGUMENT…: git, three times; ends the build with code 17.
improved_git() {
  local strux_try
  for strux_try in 1 2 3; do
    git -c safe.directory='*' -c advice.detachedHead=false "$@" && return 0
    ((strux_try == 3)) || sleep "${sleep_seconds:-5}"
  done
  printf 'error: %s: git failed three times: git %s\n' "$(strux_caller 1)" "$*" >&2
  exit 17
}

# URL FOLDER REF [yes]: a clean checkout in $SRC/cache/sources/FOLDER, or FOLDER/REFNAME. Leaves the working folder
# there. Sets fetched_revision and checked_out_revision.
fetch_from_repo() {
  local strux_url="$1" strux_folder="$2" strux_ref="$3" strux_kind strux_name strux_old
  strux_kind="${strux_ref%%:*}"
  strux_name="${strux_ref#*:}"
  case "$strux_kind" in
    head) strux_name=HEAD ;;
    branch) strux_ref="refs/heads/$strux_name" ;;
    tag) strux_ref="refs/tags/$strux_name" ;;
    commit) strux_ref="$strux_name" ;;
    *) exit_with_error "'$strux_ref' is not a reference: write branch:NAME, tag:NAME, commit:HASH or head" "$strux_url" ;;
  esac
  [[ -n "$strux_url" && -n "$strux_folder" && -n "$strux_name" ]] ||
    exit_with_error 'fetch_from_repo needs an address, a folder and a reference' "$*"
  [[ "$strux_kind" == head ]] && strux_ref=HEAD
  [[ "${4:-no}" == yes ]] && strux_folder+="/$strux_name"
  strux_folder="$SRC/cache/sources/$strux_folder"
  mkdir -p "$strux_folder"
  cd "$strux_folder"
  [[ -e .git ]] || improved_git init -q .
  strux_old="$(git -c safe.directory='*' remote get-url origin 2>/dev/null || :)"
  if [[ -z "$strux_old" ]]; then
    improved_git remote add origin "$strux_url"
  elif [[ "$strux_old" != "$strux_url" ]]; then
    improved_git remote set-url origin "$strux_url"
  fi
  if [[ "$strux_kind" == commit ]]; then
    if ! git -c safe.directory='*' cat-file -e "$strux_ref^{commit}" 2>/dev/null &&
      ! git -c safe.directory='*' fetch -q --depth 1 origin "$strux_ref" 2>/dev/null; then
      # A server that does not give single commits.
      improved_git fetch -q --tags origin '+refs/heads/*:refs/remotes/origin/*'
    fi
    fetched_revision="$(improved_git rev-parse --verify -q "$strux_ref^{commit}")"
  else
    improved_git fetch -q --depth 1 --force origin "$strux_ref"
    fetched_revision="$(improved_git rev-parse 'FETCH_HEAD^{commit}')"
  fi
  improved_git checkout -q --force --detach "$fetched_revision"
  improved_git clean -q -ffdx
  if [[ -f .gitmodules ]]; then
    improved_git submodule -q sync --recursive
    improved_git submodule -q update --init --recursive --force --depth 1
  fi
  checked_out_revision="$(improved_git rev-parse HEAD)"
  display_alert 'Checked out' "$strux_url $checked_out_revision" info
}

# Kernel configuration: `.config` in the working folder, at custom_kernel_config.

# SYMBOL LINE: SYMBOL may begin with CONFIG_.
strux_kernel_setting() {
  [[ -f .config ]] || exit_with_error 'there is no .config in this folder; call this at custom_kernel_config' "$1"
  [[ "$1" =~ ^[A-Za-z0-9_]+$ ]] || exit_with_error 'this is not a symbol of a kernel configuration' "$1"
  sed -i -E "/^(# )?CONFIG_$1[= ]/d" .config
  printf '%s\n' "$2" >>.config
}

# SYMBOL.
kernel_config_set_y() { strux_kernel_setting "${1#CONFIG_}" "CONFIG_${1#CONFIG_}=y"; }
kernel_config_set_m() { strux_kernel_setting "${1#CONFIG_}" "CONFIG_${1#CONFIG_}=m"; }
kernel_config_set_n() { strux_kernel_setting "${1#CONFIG_}" "# CONFIG_${1#CONFIG_} is not set"; }

# SYMBOL VALUE: a number as it is, a string also without its quotes.
kernel_config_set_val() {
  strux_kernel_setting "${1#CONFIG_}" "CONFIG_${1#CONFIG_}=$(strux_kernel_value "${2:-}")"
}
kernel_config_set_string() {
  local strux_text="${2:-}"
  if [[ ! "$strux_text" =~ ^\".*\"$ ]]; then strux_text="\"$strux_text\""; fi
  strux_kernel_setting "${1#CONFIG_}" "CONFIG_${1#CONFIG_}=$strux_text"
}

# VALUE: as it is written in a configuration.
strux_kernel_value() {
  if [[ "$1" =~ ^([ymn]|-?[0-9]+|0[xX][0-9a-fA-F]+|\".*\")$ ]]; then printf '%s' "$1"; else printf '"%s"' "$1"; fi
}

# Root filesystem and disk.

# FOLDER: proc, sys, dev, devpts, and a tmpfs on tmp. What is mounted already stays.
mount_chroot() {
  local strux_root="${1%/}" strux_place
  for strux_place in proc sys dev dev/pts tmp; do
    mkdir -p "$strux_root/$strux_place"
    mountpoint -q "$strux_root/$strux_place" && continue
    case "$strux_place" in
      proc) mount -t proc proc "$strux_root/proc" ;;
      sys) mount -t sysfs sysfs "$strux_root/sys" 2>/dev/null || mount --rbind /sys "$strux_root/sys" ;;
      dev) mount --bind /dev "$strux_root/dev" ;;
      dev/pts) mount -t devpts devpts "$strux_root/dev/pts" 2>/dev/null || mount --bind /dev/pts "$strux_root/dev/pts" ;;
      tmp) mount -t tmpfs tmpfs "$strux_root/tmp" ;;
    esac
    strux_chroot_mounts+=("$strux_root/$strux_place")
  done
}

# FOLDER: unmounts all that can be mounted there for a chroot. The step's own mounts in SDCARD stay.
umount_chroot() {
  local strux_root="${1%/}" strux_place strux_try strux_index
  for strux_place in tmp dev/pts dev sys proc; do
    if [[ "$strux_root" == "${SDCARD:-}" ]]; then
      strux_is_own_mount "$strux_root/$strux_place" || continue
    fi
    for strux_try in 1 2 3 4 5; do
      mountpoint -q "$strux_root/$strux_place" || break
      umount -R "$strux_root/$strux_place" 2>/dev/null || sleep 1
    done
    if mountpoint -q "$strux_root/$strux_place"; then umount -R -l "$strux_root/$strux_place" || :; fi
    for strux_index in "${!strux_chroot_mounts[@]}"; do
      [[ "${strux_chroot_mounts[strux_index]}" != "$strux_root/$strux_place" ]] || unset "strux_chroot_mounts[strux_index]"
    done
  done
  return 0
}

strux_is_own_mount() {
  local strux_each
  for strux_each in ${strux_chroot_mounts[@]+"${strux_chroot_mounts[@]}"}; do
    [[ "$strux_each" == "$1" ]] && return 0
  done
  return 1
}

# DEVICE: waits until it is a block device with a size; ends the build with code 43.
check_loop_device() {
  local strux_device="$1" strux_try strux_numbers
  for strux_try in 1 2 3 4 5; do
    # Where no udev makes device nodes.
    if [[ ! -b "$strux_device" && -r "/sys/class/block/${strux_device##*/}/dev" ]]; then
      strux_numbers="$(</sys/class/block/"${strux_device##*/}"/dev)"
      mknod -m 0660 "$strux_device" b "${strux_numbers%:*}" "${strux_numbers#*:}" 2>/dev/null || :
    fi
    if [[ -b "$strux_device" ]]; then
      [[ "$(blockdev --getsize64 "$strux_device" 2>/dev/null || echo 0)" == 0 ]] || return 0
    fi
    ((strux_try == 5)) || sleep 1
  done
  printf 'error: %s: %s is not a block device with a size\n' "$(strux_caller 1)" "$strux_device" >&2
  exit 43
}

# FOLDER: nothing for the machine's own architecture.
deploy_qemu_binary_to_chroot() {
  local strux_program
  strux_program="$(strux_emulator)"
  [[ -z "$strux_program" || -e "$1$strux_program" ]] && return 0
  install -D -m 0755 "$strux_program" "$1$strux_program"
}

undeploy_qemu_binary_from_chroot() {
  local strux_program
  strux_program="$(strux_emulator)"
  [[ -z "$strux_program" ]] || rm -f "$1$strux_program"
}

strux_emulator() {
  [[ "${ARCH:-}" == "$(dpkg --print-architecture)" ]] && return 0
  case "${ARCH:-}" in
    amd64) printf /usr/bin/qemu-x86_64-static ;;
    arm64) printf /usr/bin/qemu-aarch64-static ;;
    armhf) printf /usr/bin/qemu-arm-static ;;
  esac
}

# FOLDER: makes the initramfs of the kernel in IMAGE_INSTALLED_KERNEL_VERSION, else of the newest one there.
update_initramfs() {
  local strux_root="$1" strux_version="${IMAGE_INSTALLED_KERNEL_VERSION:-}"
  [[ -n "$strux_version" ]] ||
    strux_version="$(cd "$strux_root/lib/modules" 2>/dev/null && printf '%s\n' * | sort -V | tail -n 1)" || :
  [[ -n "$strux_version" && -d "$strux_root/lib/modules/$strux_version" ]] ||
    exit_with_error 'there is no kernel to make an initramfs for' "$strux_root"
  if [[ -e "$strux_root/boot/initrd.img-$strux_version" ]]; then
    chroot_custom "$strux_root" update-initramfs -u -k "$strux_version"
  else
    chroot_custom "$strux_root" update-initramfs -c -k "$strux_version"
  fi
}

wait_for_disk_sync() {
  [[ -z "${1:-}" ]] || display_alert 'Writing to disk' "$1" debug
  sync
}

# [OPTION…] [FILE…]: shows files or its input.
run_tool_batcat() {
  local -a strux_files=()
  local strux_word
  for strux_word; do [[ ! -f "$strux_word" ]] || strux_files+=("$strux_word"); done
  cat ${strux_files[@]+"${strux_files[@]}"} >&2
}

# Hooks of the extension's own.

# HOOK [ALIAS…], with documentation on standard input: calls the functions HOOK__NAME of all bash extensions, then those
# of each alias. Numbers at the start of NAME order them, 500 by default.
call_extension_method() {
  local strux_hook strux_called
  local -a strux_called_here=()
  [[ -t 0 ]] || cat >/dev/null
  for strux_hook; do
    while read -r strux_called; do strux_called_here+=("$strux_called"); done < <(
      compgen -A function "${strux_hook}__" | while read -r strux_called; do
        [[ "${strux_called#"${strux_hook}__"}" =~ ^[0-9] ]] && strux_called="${strux_called#"${strux_hook}__"} $strux_called" ||
          strux_called="500_${strux_called#"${strux_hook}__"} $strux_called"
        printf '%s\n' "$strux_called"
      done | LC_ALL=C sort -s -k1,1n -k1,1 | cut -d' ' -f2
    )
  done
  local HOOK_POINT="$1" HOOK_POINT_TOTAL_FUNCS="${#strux_called_here[@]}" HOOK_ORDER=0
  for strux_called in ${strux_called_here[@]+"${strux_called_here[@]}"}; do
    HOOK_ORDER=$((HOOK_ORDER + 1))
    "$strux_called"
  done
}

# Cleanup.

# CODE: evaluated when the step ends, the last one first; errors are ignored.
add_cleanup_handler() {
  printf '%s\0' "$1" >>"$STRUX_SESSION.cleanup"
}

# CODE: evaluated now, and not again.
execute_and_remove_cleanup_handler() {
  local -a strux_codes=() strux_kept=()
  local strux_index strux_found=''
  strux_read_cleanups
  for ((strux_index = ${#strux_codes[@]} - 1; strux_index >= 0; strux_index--)); do
    if [[ -z "$strux_found" && "${strux_codes[strux_index]}" == "$1" ]]; then
      strux_found=yes
    else
      strux_kept=("${strux_codes[strux_index]}" ${strux_kept[@]+"${strux_kept[@]}"})
    fi
  done
  if [[ -z "$strux_found" ]]; then
    display_alert 'no such cleanup handler' "$1" wrn
    return 0
  fi
  : >"$STRUX_SESSION.cleanup"
  ((${#strux_kept[@]} == 0)) || printf '%s\0' "${strux_kept[@]}" >"$STRUX_SESSION.cleanup"
  eval "$1" || display_alert 'a cleanup handler failed' "$1" wrn
  return 0
}

# Reads the handlers to strux_codes of the caller.
strux_read_cleanups() {
  [[ ! -s "$STRUX_SESSION.cleanup" ]] || mapfile -d '' -t strux_codes <"$STRUX_SESSION.cleanup"
}

# Runs all handlers that are left.
strux_clean_up() {
  local -a strux_codes=()
  local strux_index
  strux_read_cleanups
  rm -f "$STRUX_SESSION.cleanup"
  set +eE
  trap - ERR
  for ((strux_index = ${#strux_codes[@]} - 1; strux_index >= 0; strux_index--)); do
    eval "${strux_codes[strux_index]}" || display_alert 'a cleanup handler failed' "${strux_codes[strux_index]}" wrn
  done
  return 0
}
