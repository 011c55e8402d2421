/** Names of the original's own build that an extension file may use, and that have no counterpart here. */

/** Variables of its kernel and bootloader builds. Those of ours that look alike are left out. */
const INTERNAL_VARIABLES =
  /^(BOOT(SOURCE|BRANCH|DIR|CONFIG|PATCHDIR|SCRIPT|ENV_FILE|SOURCEDIR)|UBOOT_\w+|uboot\w+|KERNEL(SOURCEDIR|PATCHDIR|BRANCH|CONFIG|DIR|EXTRAWIFI)|LINUX(SOURCEDIR|CONFIG)|ATF\w*|kernel_work_dir|BSPFREEZE|artifact_\w+)$/

export function isInternalVariable(name: string): boolean {
  return INTERNAL_VARIABLES.test(name)
}

/** The part of the original's build that a hook or helper belongs to, judged by its name. */
export function partOfOriginal(name: string): string | undefined {
  if (/u_?boot|bootloader|atf|boot_script/i.test(name)) return 'bootloader build'
  if (/kernel|module|dtb/i.test(name)) return 'kernel build'
  if (/docker/i.test(name)) return 'start of its own container'
  if (/artifact|debs?_|repo|deb$/i.test(name)) return 'package repositories'
  return undefined
}
