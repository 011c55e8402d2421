#!/bin/bash
# A GPT with a FAT partition that a bootloader can read the overlay from, and the data filesystem behind it.
set -e
work=$(mktemp -d)
mkdir "$work/root" "$work/input"
cp "$BSP_CACHE_DIR/sensor.dtbo" "$BSP_CACHE_DIR/data.ext4" "$work/input"

echo "STRUX_PROGRESS: writing partitions"
genimage --config "$BSP_FOLDER/card.cfg" --rootpath "$work/root" --tmppath "$work/tmp" \
  --inputpath "$work/input" --outputpath "$work/output"

sfdisk --verify "$work/output/card.img"
e2fsck -fn "$work/input/data.ext4"
mv "$work/output/card.img" "$PROJECT_DIST_OUTPUT_FOLDER/card.img"
