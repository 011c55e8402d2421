import { defineBsp, sh } from 'strux-bsp'

export default defineBsp({
  name: 'data-card',
  description:
    'A memory card with a device-tree overlay for a sensor and a filesystem of notes: made by scripts alone',
  arch: 'arm64',
  hostname: 'data-card',
  scripts: [
    {
      step: 'before_bundle',
      location: './scripts/compile-overlay.sh',
      description: 'Compile the device-tree overlay',
      cached_generated_artifacts: ['cache/sensor.dtbo'],
      depends_on: ['./sensor.dtso'],
      tools: ['image'],
    },
    {
      id: 'data-filesystem',
      step: 'before_bundle',
      description: 'Make the data filesystem',
      run: sh`
        set -e
        truncate -s 8M "$BSP_CACHE_DIR/data.ext4"
        mke2fs -q -F -t ext4 -L data -d "$BSP_FOLDER/content" "$BSP_CACHE_DIR/data.ext4"
      `,
      cached_generated_artifacts: ['cache/data.ext4'],
      depends_on: ['./content'],
      tools: ['image'],
    },
    {
      step: 'make_image',
      location: './scripts/make-image.sh',
      description: 'Make the image of the card',
      cached_generated_artifacts: ['output/card.img'],
      depends_on: ['./card.cfg', 'cache/sensor.dtbo', 'cache/data.ext4'],
      tools: ['image'],
    },
    {
      id: 'checksums',
      step: 'after_build',
      description: 'Write the checksum of the image',
      run: sh`cd "$PROJECT_DIST_OUTPUT_FOLDER" && sha256sum card.img > SHA256SUMS`,
      cached_generated_artifacts: ['output/SHA256SUMS'],
      depends_on: ['output/card.img'],
      tools: ['image'],
    },
    {
      step: 'flash_script',
      description: 'Write the image to a card',
      location: './scripts/flash.sh',
    },
  ],
})
