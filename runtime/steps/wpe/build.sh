# The extension that gives pages window.strux, compiled against the device's WebKit, and the suite's Cog.
source=$PROJECT_DIST_ARTIFACTS_FOLDER/wpe-extension
modules='wpe-webkit-2.0 wpe-web-process-extension-2.0 json-glib-1.0'
export PKG_CONFIG_LIBDIR=/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig
pkg-config --print-errors --exists $modules ||
  fail "the builder has no WPE WebKit 2.0 for $TARGET_ARCH" "Debian has it from trixie on: see builder.suite in strux.config.ts."

mkdir -p "$BSP_CACHE_DIR"
progress "Compiling the extension for $TARGET_ARCH"
"$triplet-gcc" -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -fPIC -shared -fvisibility=hidden \
  -ffile-prefix-map="$source"=. -Wl,-z,defs,-z,now,-z,relro -s \
  $(pkg-config --cflags $modules) -o "$scratch/extension.so" "$source/extension.c" $(pkg-config --libs $modules)

package=$(fetch_debian deb cog)
unpack_deb "$scratch/package" "$package" ./usr/bin/cog
mv "$scratch/package/usr/bin/cog" "$BSP_CACHE_DIR/.cog.new"
mv "$BSP_CACHE_DIR/.cog.new" "$BSP_CACHE_DIR/cog"
mv "$scratch/extension.so" "$BSP_CACHE_DIR/.libstrux-extension.so.new"
mv "$BSP_CACHE_DIR/.libstrux-extension.so.new" "$BSP_CACHE_DIR/libstrux-extension.so"
