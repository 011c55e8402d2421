#!/bin/bash
set -e
dtc -@ -I dts -O dtb -o "$BSP_CACHE_DIR/sensor.dtbo" "$BSP_FOLDER/sensor.dtso"
