/** `customizeImage`: runs the `customize-image.sh` that people have for other build systems. */
import { defineExtension, type Extension } from './extension.ts'
import { sh } from './sh.ts'

/**
 * An extension that runs `FOLDER/customize-image.sh` inside the root filesystem, as
 * `/tmp/customize-image.sh RELEASE LINUXFAMILY BOARD BUILD_DESKTOP ARCH`. `FOLDER/overlay` is visible there as
 * `/tmp/overlay`, read-only. It runs after all packages and overlays are installed, between `pre_customize_image` and
 * `post_customize_image`. A code other than 0 ends the build. `FOLDER/customize-image-host.sh`, if it is there, runs before
 * all handlers of `pre_customize_image`, outside the root filesystem, with `SDCARD` and the other variables of handlers.
 * Scripts and overlay are inputs of the step. Source: Armbian, lib/functions/rootfs/customize.sh.
 *
 * @param folder relative to the definition that enables the extension
 * @example
 * extensions: [customizeImage('./userpatches')]
 */
export function customizeImage(folder = './userpatches'): Extension {
  const files = folder.replace(/\/+$/, '')
  return defineExtension({
    name: 'customize-image',
    description: 'Runs customize-image.sh in the root filesystem',
    hooks: {
      pre_customize_image: {
        name: 'customize-image-host.sh',
        order: 0,
        depends_on: [`${files}/{customize-image-host.sh,overlay/**}`],
        run: sh`
          patches=$EXTENSION_DIR/${folder}
          if [ -f "$patches/customize-image-host.sh" ]; then
            # Armbian reads the file into a shell that ends at a failed command and knows its helpers.
            export USERPATCHES_PATH=$patches
            . "$patches/customize-image-host.sh"
          fi
        `,
      },
      customize_image: {
        name: 'customize-image.sh',
        depends_on: [`${files}/{customize-image.sh,overlay/**}`],
        run: sh`
          patches=$EXTENSION_DIR/${folder}
          if [ ! -f "$patches/customize-image.sh" ]; then
            echo "error: there is no customize-image.sh in $patches" >&2
            exit 1
          fi
          customize_image() {
            trap '
              if mountpoint -q "$SDCARD/tmp/overlay"; then umount "$SDCARD/tmp/overlay"; fi
              rm -f "$SDCARD"/tmp/{customize-image.sh,.strux-env}
              rmdir "$SDCARD/tmp/overlay"
            ' EXIT
            install -D -m 755 "$patches/customize-image.sh" "$SDCARD/tmp/customize-image.sh"
            # Where bash is the script's interpreter, it notes the lines of failed commands.
            printf '%s\n' 'unset BASH_ENV' 'set -E' \
              'trap '\''printf "%s %s\n" "$?" "$LINENO" 2>/dev/null >>/tmp/.strux-lines'\'' ERR' >"$SDCARD/tmp/.strux-env"
            mkdir -p "$SDCARD/tmp/overlay"
            if [ -d "$patches/overlay" ]; then
              mount --bind "$patches/overlay" "$SDCARD/tmp/overlay"
              mount -o remount,bind,ro "$SDCARD/tmp/overlay"
            fi
            call=$(printf '%q ' /tmp/customize-image.sh "$RELEASE" "\${LINUXFAMILY:-}" "$BOARD" "\${BUILD_DESKTOP:-no}" "$ARCH")
            # Of the builder's variables, only those that programs need for the network.
            kept=()
            for name in http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY SSL_CERT_FILE \
              CURL_CA_BUNDLE GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS npm_config_cafile REQUESTS_CA_BUNDLE PIP_CERT CARGO_HTTP_CAINFO; do
              if [ -n "\${!name:-}" ]; then kept+=("$name=\${!name}"); fi
            done
            # Through a shell: the file may have no line that names its interpreter.
            chroot "$SDCARD" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
              LC_ALL=C LANG=C "\${kept[@]}" /bin/bash -c "BASH_ENV=/tmp/.strux-env $call"
          }
          # In a shell of its own: the trap is then its own too, and a failure is not that of a line of this text.
          code=0
          (trap - ERR; customize_image) || code=$?
          line=$(awk -v code="$code" '$1 == code { line = $2 } END { print line }' "$SDCARD/tmp/.strux-lines" 2>/dev/null || :)
          rm -f "$SDCARD/tmp/.strux-lines"
          if [ "$code" != 0 ]; then
            printf 'error: %s:%s: exit code %s: %s\n' "$(realpath --relative-to="\${PROJECT_FOLDER:-/}" "$patches/customize-image.sh")" \
              "\${line:-1}" "$code" "$(sed -n "\${line:-0}p" "$patches/customize-image.sh" 2>/dev/null)" >&2
            exit "$code"
          fi
        `,
      },
    },
  })
}
