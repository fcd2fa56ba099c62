# SPDX-License-Identifier: GPL-2.0-only
#
# The human door.  Everything is built in build/; the kernels of the lab are
# cached outside the tree (~/.cache/atoll, or $ATOLL_CACHE).

KERNEL		?= debian12
KVER		?= $(shell uname -r)
PREFIX		?= /usr
BUILD		:= $(CURDIR)/build

# In the recipes: where kernel $(1) of the lab lies
kdir		= $$(tests/lab/kernel $(1))/kdir

.PHONY: all
all: setup module cli guests ## the module for Debian 12's kernel, the command, the guest images

.PHONY: setup
setup: ## install what is missing from Debian's packages
	@scripts/setup

.PHONY: module module-debug module-kunit
module module-debug module-kunit: setup
module:
	@scripts/module $(BUILD)/debian12 $(call kdir,debian12)
module-debug:
	@scripts/module $(BUILD)/debug $(call kdir,debug)
module-kunit:
	@scripts/module $(BUILD)/debug-kunit $(call kdir,debug) ATOLL_KUNIT=1

.PHONY: cli guests
cli: setup
	@$(MAKE) -s -C cli OUT=$(BUILD)
guests: setup
	@$(MAKE) -s -C guest-images OUT=$(BUILD)/guests

# What tests/lab/run puts into the lab with kernel LAB_KERNEL
LAB_KERNEL	?= debian12
.PHONY: lab-parts
lab-parts: $(if $(filter debug,$(LAB_KERNEL)),module-debug,module) cli guests

.PHONY: shell
shell: setup ## a root shell in the lab, everything loaded (KERNEL=debug for the debug kernel)
	@tests/lab/run -k $(KERNEL) --shell

.PHONY: clean
clean: ## remove build/; the kernels' cache stays
	rm -rf $(BUILD)

.PHONY: help
help: ## this
	@echo "make [TARGET]; the default is all"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12
