# The kernel's source, for the parts of the kernel step that work in it.
tree=$BSP_CACHE_DIR/kernel-source

# Builds in the tree itself: scripts of the BSP that build their own modules expect a configured and built tree
# there.
kernel_make() {
  make --no-print-directory -C "$tree" "${CTHREADS:--j$(nproc)}" ARCH="$kernel_arch" CROSS_COMPILE="$cross_compile" LOCALVERSION= "$@"
}

found=$(make --no-print-directory -s -C "$tree" kernelversion)
# The configuration before handlers change it.
merged_config=$WORK/merged.config
