#!/bin/bash
# Runs on this machine: strux flash data-card
set -e
image=$PROJECT_DIST_OUTPUT_FOLDER/card.img
[ -f "$image" ] || { echo "there is no $image yet: build the card first" >&2; exit 1; }
read -r -p "Device to overwrite, such as /dev/sdX: " device
[ -b "$device" ] || { echo "$device is no block device" >&2; exit 1; }
dd if="$image" of="$device" bs=4M conv=fsync status=progress
