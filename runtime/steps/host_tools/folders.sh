# The folders of sources and tools that handlers of extensions keep between builds.
make_folders() { mkdir -p "$BSP_CACHE_DIR"/extensions/cache/{sources,tools}; }
