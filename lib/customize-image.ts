/** `customizeImage`: runs the `customize-image.sh` that people have for other build systems. */
import { defineExtension, type Extension } from './extension.ts'
import { sh } from './sh.ts'

/**
 * An extension that runs `FOLDER/customize-image.sh` inside the root filesystem, as
 * `/tmp/customize-image.sh RELEASE LINUXFAMILY BOARD BUILD_DESKTOP ARCH`. `FOLDER/overlay` is visible there as
 * `/tmp/overlay`, read-only. It runs after all packages and overlays are installed, between `pre_customize_image` and
 * `post_customize_image`. A code other than 0 ends the build. Script and overlay are inputs of the step.
 *
 * @param folder relative to the definition that enables the extension
 * @example
 * extensions: [customizeImage('./userpatches')]
 */
export function customizeImage(folder = './userpatches'): Extension {
  return defineExtension({
    name: 'customize-image',
    description: 'Runs customize-image.sh in the root filesystem',
    hooks: {
      customize_image: {
        name: 'customize-image.sh',
        depends_on: [`${folder.replace(/\/+$/, '')}/{customize-image.sh,overlay/**}`],
        run: sh`
          patches=$EXTENSION_DIR/${folder}
          if [ ! -f "$patches/customize-image.sh" ]; then
            echo "error: there is no customize-image.sh in $patches" >&2
            exit 1
          fi
          (
            trap '
              if mountpoint -q "$SDCARD/tmp/overlay"; then umount "$SDCARD/tmp/overlay"; fi
              rm -f "$SDCARD/tmp/customize-image.sh"
              rmdir "$SDCARD/tmp/overlay"
            ' EXIT
            install -D -m 755 "$patches/customize-image.sh" "$SDCARD/tmp/customize-image.sh"
            mkdir -p "$SDCARD/tmp/overlay"
            if [ -d "$patches/overlay" ]; then
              mount --bind "$patches/overlay" "$SDCARD/tmp/overlay"
              mount -o remount,bind,ro "$SDCARD/tmp/overlay"
            fi
            call=$(printf '%q ' /tmp/customize-image.sh "$RELEASE" "\${LINUXFAMILY:-}" "$BOARD" "\${BUILD_DESKTOP:-no}" "$ARCH")
            # Through a shell: the file may have no line that names its interpreter.
            LC_ALL=C LANG=C chroot "$SDCARD" /bin/bash -c "$call"
          )
        `,
      },
    },
  })
}
