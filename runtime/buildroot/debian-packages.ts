/**
 * Debian's packages for packages of Buildroot itself, by Buildroot's names: headers and libraries for those that are
 * libraries, programs for those that are programs. Packages that every root filesystem or builder has need none.
 */

/** Every root filesystem or builder image of packages has them. */
const PRESENT = `
toolchain skeleton host-skeleton glibc linux linux-headers busybox bash coreutils gettext gettext-tiny libxcrypt
host-tar host-gzip host-xz host-make host-libxcrypt host-findutils host-coreutils host-ccache
`

/** Libraries: packages with the headers. The libraries themselves come into the root filesystem by themselves. */
const LIBRARIES = `
acl libacl1-dev
alsa-lib libasound2-dev
attr libattr1-dev
avahi libavahi-client-dev libavahi-common-dev
bluez5_utils libbluetooth-dev
boost libboost-all-dev
bzip2 libbz2-dev
c-ares libc-ares-dev
cairo libcairo2-dev
cjson libcjson-dev
cmocka libcmocka-dev
curl libcurl4-openssl-dev
docopt-cpp libdocopt-dev
fftw-double libfftw3-dev
fftw-single libfftw3-dev
file libmagic-dev
gdk-pixbuf libgdk-pixbuf-2.0-dev
hidapi libhidapi-dev
iptables libxtables-dev
kmod libkmod-dev
libatasmart libatasmart-dev
libblockdev libblockdev-dev
libcurl libcurl4-openssl-dev
dbus libdbus-1-dev
dbus-glib libdbus-glib-1-dev
elfutils libelf-dev libdw-dev
eigen libeigen3-dev
expat libexpat1-dev
ffmpeg libavcodec-dev libavformat-dev libavutil-dev libswscale-dev
flac libflac-dev
fmt libfmt-dev
fontconfig libfontconfig-dev
freetype libfreetype-dev
gmp libgmp-dev
gnutls libgnutls28-dev
grpc libgrpc++-dev protobuf-compiler-grpc
gst1-plugins-base libgstreamer-plugins-base1.0-dev
gstreamer1 libgstreamer1.0-dev
gtest libgtest-dev libgmock-dev
harfbuzz libharfbuzz-dev
hiredis libhiredis-dev
i2c-tools libi2c-dev
icu libicu-dev
iniparser libiniparser-dev
jansson libjansson-dev
jpeg libjpeg-dev
jpeg-turbo libjpeg-dev
json-c libjson-c-dev
json-for-modern-cpp nlohmann-json3-dev
json-glib libjson-glib-dev
jsoncpp libjsoncpp-dev
libarchive libarchive-dev
libcap libcap-dev
libcap-ng libcap-ng-dev
libconfig libconfig-dev
libconfuse libconfuse-dev
libcamera libcamera-dev
libdrm libdrm-dev
libedit libedit-dev
libegl libegl-dev
libev libev-dev
libevdev libevdev-dev
libevent libevent-dev
libffi libffi-dev
libftdi1 libftdi1-dev
libgbm libgbm-dev
libgcrypt libgcrypt20-dev
libgl libgl-dev
libgles libgles-dev
libglib2 libglib2.0-dev libglib2.0-dev-bin
libgpg-error libgpg-error-dev
libgpiod libgpiod-dev
libgpiod2 libgpiod-dev
libgtk3 libgtk-3-dev
libgudev libgudev-1.0-dev
libical libical-dev
libiio libiio-dev
libinput libinput-dev
libiscsi libiscsi-dev
libmicrohttpd libmicrohttpd-dev
libmnl libmnl-dev
libmodbus libmodbus-dev
libnetfilter_queue libnetfilter-queue-dev
libnfnetlink libnfnetlink-dev
libnl libnl-3-dev libnl-genl-3-dev libnl-route-3-dev
libnss libnss3-dev
libogg libogg-dev
libpcap libpcap0.8-dev
libpciaccess libpciaccess-dev
libplist libplist-dev
libpng libpng-dev
libpthread-stubs libpthread-stubs0-dev
libqmi libqmi-glib-dev
librsvg librsvg2-dev
libsamplerate libsamplerate0-dev
libseccomp libseccomp-dev
libselinux libselinux1-dev
libserial libserial-dev
libserialport libserialport-dev
libsigc libsigc++-2.0-dev
libsndfile libsndfile1-dev
libsocketcan libsocketcan-dev
libsodium libsodium-dev
libsoup libsoup2.4-dev
libsoup3 libsoup-3.0-dev
libssh libssh-dev
libssh2 libssh2-1-dev
libtirpc libtirpc-dev
libubootenv libubootenv-dev
liburcu liburcu-dev
liburing liburing-dev
libusb libusb-1.0-0-dev
libusb-compat libusb-dev
libusbgx libusbgx-dev
libuv libuv1-dev
libv4l libv4l-dev
libvorbis libvorbis-dev
libwebsockets libwebsockets-dev
libxkbcommon libxkbcommon-dev
libxml2 libxml2-dev
libxslt libxslt1-dev
libyaml libyaml-dev
libzip libzip-dev
linux-pam libpam0g-dev
lua liblua5.4-dev
lvm2 liblvm2-dev
lz4 liblz4-dev
lzo liblzo2-dev
mbedtls libmbedtls-dev
mesa3d libgl-dev libegl-dev libgles-dev libgbm-dev
modbus libmodbus-dev
mosquitto libmosquitto-dev
mtdev libmtdev-dev
nanomsg libnanomsg-dev
ncurses libncurses-dev
nettle nettle-dev
nghttp2 libnghttp2-dev
openblas libopenblas-dev
opencv4 libopencv-dev
openssl libssl-dev
libopenssl libssl-dev
opus libopus-dev
paho-mqtt-c libpaho-mqtt-dev
pango libpango1.0-dev
parted libparted-dev
pcre2 libpcre2-dev
pixman libpixman-1-dev
polkit libpolkit-gobject-1-dev
popt libpopt-dev
poco libpoco-dev
protobuf libprotobuf-dev
protobuf-c libprotobuf-c-dev
pulseaudio libpulse-dev
python3 python3-dev
qt5base qtbase5-dev
qt6base qt6-base-dev
readline libreadline-dev
sdl2 libsdl2-dev
sdl2_image libsdl2-image-dev
sdl2_ttf libsdl2-ttf-dev
spdlog libspdlog-dev
speex libspeex-dev
sqlite libsqlite3-dev
systemd libsystemd-dev
tiff libtiff-dev
tinyalsa libtinyalsa-dev
tinyxml2 libtinyxml2-dev
tpm2-tss libtss2-dev
tslib libts-dev
udev libudev-dev
eudev libudev-dev
util-linux libblkid-dev libmount-dev uuid-dev
util-linux-libs libblkid-dev libmount-dev uuid-dev
wayland libwayland-dev
wayland-protocols wayland-protocols
webp libwebp-dev
websocketpp libwebsocketpp-dev
xlib_libX11 libx11-dev
xlib_libXext libxext-dev
xlib_libXrandr libxrandr-dev
xz liblzma-dev
yaml-cpp libyaml-cpp-dev
zeromq libzmq3-dev
cppzmq cppzmq-dev
zlib zlib1g-dev
libzlib zlib1g-dev
zlib-ng zlib1g-dev
zstd libzstd-dev
`

/** Programs of the machine that builds, as dependencies with `host-`. */
const HOST_PROGRAMS = `
host-autoconf autoconf
host-automake automake
host-bison bison
host-cmake cmake
host-dosfstools dosfstools
host-dtc device-tree-compiler
host-e2fsprogs e2fsprogs
host-fakeroot fakeroot
host-flex flex
host-genimage genimage
host-gettext gettext
host-gettext-tiny gettext
host-kmod kmod
host-libtool libtool
host-m4 m4
host-meson meson
host-mtools mtools
host-ninja ninja-build
host-openssl openssl libssl-dev
host-patchelf patchelf
host-pkgconf pkgconf
host-python3 python3
host-rsync rsync
host-squashfs squashfs-tools
host-uboot-tools u-boot-tools
host-util-linux util-linux uuid-dev
host-zstd zstd
host-bmap-tools bmap-tools
host-dbus-python python3-dbus
host-doxygen doxygen
host-erofs-utils erofs-utils
host-gengetopt gengetopt
host-go golang-go
host-gperf gperf
host-imagemagick imagemagick
host-intltool intltool
host-jq jq
host-libcap libcap2-bin
host-libglib2 libglib2.0-dev libglib2.0-dev-bin
host-libxslt xsltproc
host-lzop lzop
host-mtd mtd-utils
host-nodejs nodejs
host-openocd openocd
host-parted parted
host-perl perl
host-protobuf protobuf-compiler
host-protobuf-c protobuf-c-compiler
host-python-pyyaml python3-yaml
host-python-setuptools python3-setuptools
host-qemu qemu-user-static
host-rauc rauc
host-rustc rustc cargo
host-sassc sassc
host-sunxi-tools sunxi-tools
host-swig swig
host-vboot-utils vboot-utils
host-vim xxd
host-wayland libwayland-bin
host-xxd xxd
host-zip zip
`

const table: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...PRESENT.trim()
    .split(/\s+/)
    .map(name => [name, []] as const),
  ...[LIBRARIES, HOST_PROGRAMS].flatMap(text =>
    text
      .trim()
      .split('\n')
      .map(line => {
        const [name = '', ...debian] = line.split(' ')
        return [name, debian] as const
      }),
  ),
])

/** The Debian packages for a dependency; undefined if the table has none. A library serves its host variant too. */
export function debianPackages(dependency: string): readonly string[] | undefined {
  return table.get(dependency) ?? table.get(dependency.replace(/^host-/, ''))
}

/** All names of the table, for suggestions. */
export const KNOWN_PACKAGES: readonly string[] = [...table.keys()]

/** The table's longest name whose symbol begins a symbol, such as `util-linux` of BR2_PACKAGE_UTIL_LINUX_LIBBLKID. */
export function packageOfSymbol(symbol: string, names: Iterable<string> = table.keys()): string | undefined {
  let best: string | undefined
  for (const name of names) {
    const own = symbolOf(name)
    if ((symbol === own || symbol.startsWith(`${own}_`)) && name.length > (best?.length ?? 0)) best = name
  }
  return best
}

/** BR2_PACKAGE_FOO_BAR of `foo-bar`. */
export const symbolOf = (name: string): string => `BR2_PACKAGE_${prefixOf(name)}`

/** FOO_BAR of `foo-bar`. */
export const prefixOf = (name: string): string => name.toUpperCase().replaceAll(/[-.]/g, '_')
