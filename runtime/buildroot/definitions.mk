# What makefiles of packages find when they are read: the functions and variables of a Buildroot, and macros that note
# a package instead of building it. Values that exist only while a package is built are marks such as @STRUX_TARGET_DIR@.
# Given: STRUX_TREE, STRUX_OUT, US, RS, and the lists of names in STRUX_VARIABLES and STRUX_HOOKS.

empty :=
space := $(empty) $(empty)
comma := ,
define sep


endef
strux_quote := "
qstrip = $(strip $(subst $(strux_quote),$(empty),$(1)))
strux_upper_pairs := a:A b:B c:C d:D e:E f:F g:G h:H i:I j:J k:K l:L m:M n:N o:O p:P q:Q r:R s:S t:T u:U v:V w:W x:X y:Y z:Z
strux_translate = $(if $(1),$(call strux_translate,$(wordlist 2,99,$(1)),$(subst $(word $(3),$(subst :, ,$(firstword $(1)))),$(word $(4),$(subst :, ,$(firstword $(1)))),$(2)),$(3),$(4)),$(2))
UPPERCASE = $(subst .,_,$(subst -,_,$(call strux_translate,$(strux_upper_pairs),$(1),1,2)))
LOWERCASE = $(subst _,-,$(call strux_translate,$(strux_upper_pairs),$(1),2,1))
make-comma-list = $(subst $(space),$(comma),$(strip $(1)))
notfirstword = $(wordlist 2,9999,$(1))
hyphenate = $(subst $(space),-,$(strip $(1)))
finclude = $(subst $(space),$(comma),$(strip $(1)))
# $(1) forge, $(2) the page of archives of a repository, $(3) owner, $(4) repository, $(5) version
strux_archive = https://$(1).com/$(3)/$(4)/$(2)/$(5)
github = $(call strux_archive,github,archive,$(1),$(2),$(3))
gitlab = $(call strux_archive,gitlab,-/archive,$(1),$(2),$(3))
MESSAGE = echo $(call qstrip,$(1))
suitable-host-package =
reverse = $(if $(1),$(call reverse,$(call notfirstword,$(1))) $(firstword $(1)))

# kconfig files of packages
KCONFIG_ENABLE_OPT = sed -i -e '/^\(\# \)\?$(strip $(1))\b/d' '$(or $(2),$(KCONFIG_DOT_CONFIG))' && echo '$(strip $(1))=y' >>'$(or $(2),$(KCONFIG_DOT_CONFIG))'
KCONFIG_SET_OPT = sed -i -e '/^\(\# \)\?$(strip $(1))\b/d' '$(or $(3),$(KCONFIG_DOT_CONFIG))' && echo '$(strip $(1))=$(strip $(2))' >>'$(or $(3),$(KCONFIG_DOT_CONFIG))'
KCONFIG_DISABLE_OPT = sed -i -e '/^\(\# \)\?$(strip $(1))\b/d' '$(or $(2),$(KCONFIG_DOT_CONFIG))' && echo '\# $(strip $(1)) is not set' >>'$(or $(2),$(KCONFIG_DOT_CONFIG))'
KCONFIG_DOT_CONFIG = @STRUX_D@/.config

# places
TOPDIR := $(STRUX_TREE)
CURDIR := $(STRUX_TREE)
O = @STRUX_BASE_DIR@
BASE_DIR = @STRUX_BASE_DIR@
BUILD_DIR = @STRUX_BUILD_DIR@
HOST_DIR = @STRUX_HOST_DIR@
STAGING_DIR = @STRUX_STAGING_DIR@
TARGET_DIR = @STRUX_TARGET_DIR@
BINARIES_DIR = @STRUX_BINARIES_DIR@
CONFIG_DIR = @STRUX_CONFIG_DIR@
BR2_CONFIG = @STRUX_BR2_CONFIG@
DL_DIR = @STRUX_BASE_DIR@/dl
SRCDIR = @STRUX_SRCDIR@

# programs
SHELL := /bin/bash
MAKE := make
MAKE1 := make -j1
PARALLEL_JOBS = @STRUX_PARALLEL_JOBS@
INSTALL := install
SED := sed -i -e
RM := rm -f
TAR = tar
TAR_OPTIONS = -xf
ZCAT = gzip -d -c
BZCAT = bzcat
XZCAT = xzcat
LZCAT = lzip -d -c
UNZIP = unzip
GIT = git
DATE = date
FLOCK = flock
PERL = perl
BR2_MAKE = make
BR2_MAKE1 = make -j1
BR2_MAKE_HOST_DEPENDENCY =
BR2_CMAKE = cmake
BR2_CMAKE_HOST_DEPENDENCY =
BR2_PYTHON3_HOST_DEPENDENCY =
BR_PATH = "$(HOST_DIR)/bin:$(HOST_DIR)/sbin:$$PATH"
FS_DIR = $(BUILD_DIR)/buildroot-fs
suitable-extractor = $(if $(filter %.tar.gz %.tgz %.gz,$(1)),$(ZCAT),$(if $(filter %.bz2 %.tbz,$(1)),$(BZCAT),$(if $(filter %.xz %.txz,$(1)),$(XZCAT),$(if $(filter %.lz,$(1)),$(LZCAT),$(if $(filter %.zst,$(1)),zstd -d -c,cat)))))
Q :=
FLEX := flex
BISON := bison
HOSTCC = gcc
HOSTCXX = g++
HOSTAR = ar
HOSTLD = ld
HOSTAS = as
HOSTCPP = cpp
HOSTNM = nm
HOSTRANLIB = ranlib
HOSTOBJCOPY = objcopy
HOSTLN = ln
HOST_CFLAGS = @STRUX_HOST_CFLAGS@
HOST_CXXFLAGS = @STRUX_HOST_CFLAGS@
HOST_CPPFLAGS = @STRUX_HOST_CPPFLAGS@
HOST_LDFLAGS = @STRUX_HOST_LDFLAGS@
PKG_CONFIG_HOST_BINARY = pkg-config
TARGET_CROSS = @STRUX_TARGET_CROSS@
TARGET_CC = @STRUX_TARGET_CC@
TARGET_CXX = @STRUX_TARGET_CXX@
TARGET_CPP = @STRUX_TARGET_CC@ -E
TARGET_LD = @STRUX_TARGET_LD@
TARGET_AR = @STRUX_TARGET_AR@
TARGET_AS = @STRUX_TARGET_CROSS@as
TARGET_NM = @STRUX_TARGET_CROSS@nm
TARGET_RANLIB = @STRUX_TARGET_RANLIB@
TARGET_READELF = @STRUX_TARGET_CROSS@readelf
TARGET_OBJCOPY = @STRUX_TARGET_CROSS@objcopy
TARGET_OBJDUMP = @STRUX_TARGET_CROSS@objdump
TARGET_STRIP = @STRUX_TARGET_STRIP@
STRIPCMD = @STRUX_TARGET_STRIP@
TARGET_CFLAGS = @STRUX_TARGET_CFLAGS@
TARGET_CXXFLAGS = @STRUX_TARGET_CXXFLAGS@
TARGET_CPPFLAGS = @STRUX_TARGET_CPPFLAGS@
TARGET_LDFLAGS = @STRUX_TARGET_LDFLAGS@
ARCH = $(call qstrip,$(BR2_ARCH))
LINUX_DIR = @STRUX_LINUX_DIR@
LINUX_VERSION_PROBED = @STRUX_LINUX_VERSION@
LINUX_VERSION = @STRUX_LINUX_VERSION@
LINUX_MAKE_FLAGS = HOSTCC="$(HOSTCC) $(HOST_CFLAGS) $(HOST_LDFLAGS)" ARCH=$(KERNEL_ARCH) CROSS_COMPILE="$(TARGET_CROSS)" \
	INSTALL_MOD_PATH=$(TARGET_DIR) INSTALL_MOD_STRIP=1 DEPMOD=true $(STRUX_MODULE_OPTIONS)
LINUX_MAKE_ENV = $(TARGET_MAKE_ENV)

TARGET_MAKE_ENV = PATH=$(BR_PATH)
HOST_MAKE_ENV = $(TARGET_MAKE_ENV)
TARGET_CONFIGURE_OPTS = $(TARGET_MAKE_ENV) AR="$(TARGET_AR)" AS="$(TARGET_AS)" LD="$(TARGET_LD)" NM="$(TARGET_NM)" \
	CC="$(TARGET_CC)" GCC="$(TARGET_CC)" CPP="$(TARGET_CPP)" CXX="$(TARGET_CXX)" RANLIB="$(TARGET_RANLIB)" \
	READELF="$(TARGET_READELF)" STRIP="$(TARGET_STRIP)" OBJCOPY="$(TARGET_OBJCOPY)" OBJDUMP="$(TARGET_OBJDUMP)" \
	AR_FOR_BUILD="$(HOSTAR)" AS_FOR_BUILD="$(HOSTAS)" CC_FOR_BUILD="$(HOSTCC)" GCC_FOR_BUILD="$(HOSTCC)" \
	CXX_FOR_BUILD="$(HOSTCXX)" LD_FOR_BUILD="$(HOSTLD)" CPPFLAGS_FOR_BUILD="$(HOST_CPPFLAGS)" \
	CFLAGS_FOR_BUILD="$(HOST_CFLAGS)" CXXFLAGS_FOR_BUILD="$(HOST_CXXFLAGS)" LDFLAGS_FOR_BUILD="$(HOST_LDFLAGS)" \
	DEFAULT_ASSEMBLER="$(TARGET_AS)" DEFAULT_LINKER="$(TARGET_LD)" INTLTOOL_PERL=$(PERL) HOSTCC="$(HOSTCC)" CPPFLAGS="$(TARGET_CPPFLAGS)" CFLAGS="$(TARGET_CFLAGS)" \
	CXXFLAGS="$(TARGET_CXXFLAGS)" LDFLAGS="$(TARGET_LDFLAGS)" PKG_CONFIG="$(PKG_CONFIG_HOST_BINARY)" STAGING_DIR="$(STAGING_DIR)"
HOST_CONFIGURE_OPTS = $(HOST_MAKE_ENV) AR="$(HOSTAR)" LD="$(HOSTLD)" CC="$(HOSTCC)" GCC="$(HOSTCC)" CXX="$(HOSTCXX)" \
	CPPFLAGS="$(HOST_CPPFLAGS)" CFLAGS="$(HOST_CFLAGS)" CXXFLAGS="$(HOST_CXXFLAGS)" LDFLAGS="$(HOST_LDFLAGS)" \
	NM="$(HOSTNM)" AS="$(HOSTAS)" CPP="$(HOSTCPP)" OBJCOPY="$(HOSTOBJCOPY)" RANLIB="$(HOSTRANLIB)" \
	PKG_CONFIG="$(PKG_CONFIG_HOST_BINARY)" INTLTOOL_PERL=$(PERL)
APPLY_PATCHES = strux_apply_patches
TARGET_CONFIGURE_ARGS = $(STRUX_CROSS_ANSWERS)
SHARED_STATIC_LIBS_OPTS = --disable-static --enable-shared
NLS_OPTS = --disable-nls
QUIET = -q

# packages
strux_makefile = $(lastword $(MAKEFILE_LIST))
pkgdir = $(patsubst %/$(notdir $(strux_makefile)),%,$(strux_makefile))
pkgname = $(notdir $(pkgdir))
strux_macro = $(call strux_package,$(1),$(2),$(pkgname),$(call UPPERCASE,$(pkgname)),$(pkgdir),$(strux_makefile))

# $(1) infrastructure, $(2) variant, $(3) name, $(4) prefix, $(5) folder, $(6) file
define strux_package
STRUX_PACKAGES += $(1)|$(2)|$(3)|$(4)|$(5)|$(6)
$(4)_PKGDIR := $(5)/
$(4)_RAWNAME = $(3)
$(4)_NAME ?= $(3)
$$(eval $$(call strux_defaults,$(1),$(if $(filter host,$(2)),HOST_$(4),$(4)),$(4),$(if $(filter host,$(2)),host-$(3),$(3)),$(2)))
endef

STRUX_SHARED := VERSION SITE SITE_METHOD SOURCE PATCH LICENSE LICENSE_FILES SUBDIR EXTRA_DOWNLOADS AUTORECONF OVERRIDE_SRCDIR STRIP_COMPONENTS EXCLUDES GIT_SUBMODULES GETTEXTIZE SUPPORTS_IN_SOURCE_BUILD
# $(1) infrastructure, $(2) prefix of the variant, $(3) prefix, $(4) name of the variant, $(5) variant
define strux_defaults
$(if $(filter host,$(5)),$(foreach name,$(STRUX_SHARED),$(if $(filter undefined,$(origin $(2)_$(name))),$(2)_$(name) = $$($(3)_$(name))
)))
$(2)_DL_VERSION = $$(strip $$($(2)_VERSION))
$(2)_BASENAME = $(4)$$(if $$(strip $$($(2)_VERSION)),-$$(strip $$(subst /,_,$$($(2)_VERSION))))
$(2)_BASENAME_RAW = $(patsubst host-%,%,$(4))$$(if $$(strip $$($(2)_VERSION)),-$$(strip $$(subst /,_,$$($(2)_VERSION))))
$(if $(filter undefined,$(origin $(3)_SOURCE)),$(3)_SOURCE = $$(if $$(strip $$($(3)_SITE)),$(patsubst host-%,%,$(4))-$$(strip $$(subst /,_,$$($(3)_VERSION))).tar.gz))
$(2)_DIR = @STRUX_BUILD_DIR@/$$($(2)_BASENAME)
$(2)_SRCDIR = $$(addsuffix /$$(strip $$($(2)_SUBDIR)),$$($(2)_DIR))
$(2)_BUILDDIR = $$($(2)_SRCDIR)$(if $(filter meson,$(1)),/buildroot-build)$(if $(filter cmake,$(1)),$$(if $$(filter NO,$$($(2)_SUPPORTS_IN_SOURCE_BUILD)),/buildroot-build))
$(2)_DL_DIR = @STRUX_BASE_DIR@/dl/$(patsubst host-%,%,$(4))
$(2)_PKGDIR := $$($(3)_PKGDIR)
$(if $(filter virtual,$(1)),$(2)_DEPENDENCIES += $$(call qstrip,$$(BR2_PACKAGE_PROVIDES_$(2))))
$(2)_NAME = $(4)
$(if $(filter undefined,$(origin $(2)_INSTALL_TARGET)),$(2)_INSTALL_TARGET = YES)
$(if $(filter undefined,$(origin $(2)_INSTALL_STAGING)),$(2)_INSTALL_STAGING = NO)
$(if $(filter undefined,$(origin $(2)_INSTALL_IMAGES)),$(2)_INSTALL_IMAGES = NO)
$(if $(filter host,$(5)),$(if $(filter undefined,$(origin $(2)_DEPENDENCIES)),$(2)_DEPENDENCIES = $$(patsubst host-host-%,host-%,$$(addprefix host-,$$(filter-out toolchain linux $(3),$$($(3)_DEPENDENCIES))))))
endef

STRUX_INFRASTRUCTURES := generic autotools cmake meson python perl virtual golang cargo luarocks qmake waf rebar asm kconfig rust erlang
$(foreach infra,$(STRUX_INFRASTRUCTURES),$(eval $(infra)-package = $$(call strux_macro,$(infra),target))$(eval host-$(infra)-package = $$(call strux_macro,$(infra),host)))
kernel-module = STRUX_KERNEL_MODULES += $(call UPPERCASE,$(pkgname))
barebox-package = $(call strux_macro,barebox,target)
toolchain-external-package = $(call strux_macro,toolchain-external,target)
