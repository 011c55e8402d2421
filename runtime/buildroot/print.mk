# Prints the packages: records of fields, each record ended by RS, fields separated by US.
# Read after the makefiles of the tree.
strux_put = $(file >>$(STRUX_OUT),$(1)$(RS))

# $(1) prefix of the variant
define strux_hook_list
$(foreach name,$($(1)_$(2)),$(call strux_put,hook$(US)$(2)$(US)$(name)$(US)$(origin $(name))$(US)$(call $(name))))
endef

# $(1) infrastructure, $(2) variant, $(3) name, $(4) prefix, $(5) folder, $(6) file
define strux_print
$(eval strux_prefix := $(if $(filter host,$(2)),HOST_$(4),$(4)))
$(eval PKG := $(strux_prefix))
$(eval NAME := $(if $(filter host,$(2)),host-$(3),$(3)))
$(eval RAWNAME := $(3))
$(eval PKGDIR := $(5)/)
$(call strux_put,package$(US)$(1)$(US)$(2)$(US)$(3)$(US)$(strux_prefix)$(US)$(5)$(US)$(6)$(US)$(if $(filter $(4),$(STRUX_KERNEL_MODULES)),module))
$(foreach name,$(STRUX_VARIABLES),$(if $(filter undefined,$(origin $(strux_prefix)_$(name))),,$(call strux_put,variable$(US)$(name)$(US)$($(strux_prefix)_$(name)))))
$(foreach list,$(STRUX_HOOKS),$(call strux_hook_list,$(strux_prefix),$(list)))
endef

# Expanded in a recipe, so that $(@D) means the build folder; for lists of the whole image it is the working directory.
define strux_print_packages
$(foreach each,$(STRUX_PACKAGES),$(call strux_print,$(word 1,$(subst |, ,$(each))),$(word 2,$(subst |, ,$(each))),$(word 3,$(subst |, ,$(each))),$(word 4,$(subst |, ,$(each))),$(word 5,$(subst |, ,$(each))),$(word 6,$(subst |, ,$(each)))))
endef

# Lists of packages that are not in the tree, such as LINUX_PRE_BUILD_HOOKS.
STRUX_PREFIXES = $(foreach each,$(STRUX_PACKAGES),$(word 4,$(subst |, ,$(each))) HOST_$(word 4,$(subst |, ,$(each))))
# A package's own variables may be unset, such as those of an option that is off.
STRUX_PREFIX_PATTERNS = $(addsuffix _%,$(STRUX_PREFIXES))
STRUX_OWN_LISTS = $(foreach prefix,$(STRUX_PREFIXES),$(addprefix $(prefix)_,$(STRUX_HOOKS)))
STRUX_FOREIGN_LISTS = $(sort $(filter-out ROOTFS_% $(STRUX_OWN_LISTS),$(filter $(addprefix %_,$(STRUX_HOOKS)),$(.VARIABLES))))
STRUX_GLOBALS = TARGET_FINALIZE_HOOKS ROOTFS_PRE_CMD_HOOKS $(sort $(filter ROOTFS_%_HOOKS,$(filter-out ROOTFS_PRE_CMD_HOOKS,$(.VARIABLES)))) $(STRUX_FOREIGN_LISTS)
define strux_print_globals
$(eval PKG :=)$(call strux_put,global)$(foreach list,$(STRUX_GLOBALS),$(foreach name,$($(list)),$(call strux_put,hook$(US)$(list)$(US)$(name)$(US)$(origin $(name))$(US)$(call $(name)))))$(call strux_put,missing$(US)$(foreach each,$(STRUX_REFERENCES),$(if $(filter undefined,$(origin $(each))),$(if $(filter $(STRUX_PREFIX_PATTERNS),$(each)),,$(each)))))$(call strux_put,end)
endef

.PHONY: strux_all @STRUX_D@/packages globals
strux_all: globals ;
globals: @STRUX_D@/packages
	$(strip $(strux_print_globals))
@STRUX_D@/packages:
	$(strip $(strux_print_packages))
