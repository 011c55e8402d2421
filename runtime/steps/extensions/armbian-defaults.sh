# Variables that a configuration of Armbian always has before it calls an extension, and that nothing else sets here: a
# name, where Armbian sets it, and a value. The value is what is true of our images; where nothing here corresponds to the
# variable, it is Armbian's own default. docs/bash-extensions.md has the table for readers.
# strux_defaults: sets those that are unset. strux_unchanged: the names, between blanks, of those that have these values.

declare -A strux_default_of=(
  # lib/functions/configuration/main-config.sh, do_main_configuration
  [NETWORKING_STACK]=systemd-networkd
  [REVISION]="${PROJECT_VERSION:-0}"
  [VENDOR]="${PROJECT_NAME:-}"
  [MAINTAINER]="${PROJECT_NAME:-}"
  [MAINTAINERMAIL]=root@localhost
  [DEST_LANG]=C.UTF-8
  [TZDATA]=Etc/UTC
  [USE_CCACHE]=no
  [DEB_COMPRESS]=none
  [DEB_STORAGE]="${DEST:-}/debs"
  [FINALDEST]="${DEST:-}"
  [PACKAGES_HASHED_STORAGE]="${DEST:-}/packages-hashed"
  [GITHUB_SOURCE]=https://github.com
  [EXTRAWIFI]=no
  [PLYMOUTH]="$([[ "${SPLASH_ENABLED:-}" == true ]] && echo yes || echo no)"
  [CONSOLE_AUTOLOGIN]=no
  [EXTRA_BSP_NAME]=
  [EXTRA_ROOTFS_MIB_SIZE]=0
  [CRYPTROOT_ENABLE]=no
  [CRYPTROOT_MAPPER]=armbian-root
  [CRYPTROOT_SSH_UNLOCK]=yes
  [CRYPTROOT_SSH_UNLOCK_PORT]=2022
  [CRYPTROOT_PARAMETERS]='--pbkdf pbkdf2'
  [ATF_COMPILE]=no
  # lib/functions/configuration/interactive.sh and main/config-prepare.sh
  [KERNEL_CONFIGURE]=no
  [SELECTED_CONFIGURATION]=cli_standard
  [DESKTOP_ENVIRONMENT]=
  [HAS_VIDEO_OUTPUT]=yes
  [SKIP_ARMBIAN_REPO]=yes
  [INSTALL_ARMBIAN_FIRMWARE]=no
  [COMPRESS_OUTPUTIMAGE]=img
  [SHARE_LOG]=no
  [BETA]=no
  # lib/functions/image/partitioning.sh, prepare_partitions
  [BOOT_FS_LABEL]=armbi_boot
  [ROOT_FS_LABEL]=armbi_root
  [BOOTPART_REQUIRED]=no
  [SECTOR_SIZE]=512
)

strux_defaults() {
  local strux_name
  for strux_name in "${!strux_default_of[@]}"; do
    [[ -v $strux_name ]] || declare -g "$strux_name=${strux_default_of[$strux_name]}"
  done
}

strux_unchanged() {
  local strux_name
  for strux_name in "${!strux_default_of[@]}"; do
    [[ "${!strux_name-}" != "${strux_default_of[$strux_name]}" ]] || printf ' %s ' "$strux_name"
  done
}
