/** Other forms of the finished disk image: for virtual machines, for download, for quick flashing. */
import { defineExtension } from '../extension.ts'
import { sh } from '../sh.ts'

const PACKAGES = {
  qcow2: 'qemu-utils',
  vmdk: 'qemu-utils',
  xz: 'xz-utils',
  zst: 'zstd',
  bmap: 'bmap-tools',
} as const

/** The ending of the file, after the image's name. */
export type ImageFormat = keyof typeof PACKAGES

/**
 * Writes further files beside the disk image. `qcow2` and `vmdk` are for virtual machines. `xz` and `zst` are
 * compressed, with a SHA-256 file beside them. `bmap` lists the used blocks: `bmaptool` writes only these.
 *
 * @example
 * extensions: [imageFormats.with({ formats: ['qcow2'] })]
 */
export const imageFormats = defineExtension({
  name: 'image-formats',
  description: 'The disk image in other formats',
  options: { formats: ['zst', 'bmap'] as readonly ImageFormat[] },
  hooks: {
    extension_prepare_config: ({ bsp, options }) => {
      if (!bsp.image) throw new Error('image-formats needs an image in the BSP')
      const wrong = options.formats.find(format => !Object.hasOwn(PACKAGES, format))
      if (wrong !== undefined)
        throw new Error(`'${wrong}' is not a format; the formats are ${Object.keys(PACKAGES).join(', ')}`)
    },
    add_host_dependencies: ({ host, options }) => {
      host.packages = [...new Set([...host.packages, ...options.formats.map(format => PACKAGES[format])])]
    },
    post_build_image: {
      // After handlers that change the image itself.
      order: 900,
      run: sh`
        for format in $(jq -r '.formats[]' <<<"$EXTENSION_OPTIONS"); do
          echo "Writing $version.img.$format"
          made=$DESTIMG/$version.img.$format
          case $format in
            qcow2) qemu-img convert -f raw -O qcow2 -c "$FINAL_IMAGE_FILE" "$made" ;;
            vmdk) qemu-img convert -f raw -O vmdk -o subformat=streamOptimized "$FINAL_IMAGE_FILE" "$made" ;;
            xz) xz --compress --keep --stdout --threads=0 "$FINAL_IMAGE_FILE" >"$made" ;;
            zst) zstd --quiet --force --threads=0 -10 "$FINAL_IMAGE_FILE" -o "$made" ;;
            bmap) bmaptool create --output "$made" "$FINAL_IMAGE_FILE" ;;
          esac
          case $format in xz | zst) (cd "$DESTIMG" && sha256sum "$version.img.$format" >"$made.sha256") ;; esac
        done
      `,
    },
  },
})
