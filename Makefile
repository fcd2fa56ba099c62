# SPDX-License-Identifier: GPL-2.0-only
#
# The human door.  Everything is built in build/; the kernels of the lab are
# cached outside the tree (~/.cache/atoll, or $ATOLL_CACHE).

LAB	?= svm
KERNEL	?= debian12
BUILD	:= $(CURDIR)/build
# make test CASES='e2e/hello kunit'
CASES	?=
# make bench BENCH='-j vmx/small'
BENCH	?=
# make shell LINUX='debian12 small'
LINUX	?=

.PHONY: all
all: module cli guests tools harness ## the module for Debian 12's kernel, the command, the guest images

.PHONY: demo
demo: ## two guests in an emulated machine, from nothing (LAB=none: on this one)
	@demo/run $(LAB)

.PHONY: test
test: all linux module-debug module-small module-kunit module-plant ## every test there is (CASES='e2e/hello kunit': some)
	@tests/run $(CASES)

.PHONY: check
check: setup ## what can be said about the sources without running them
	@tests/check

.PHONY: kunit
kunit: module-kunit ## the KUnit suites, on the debug kernel
	@tests/run kunit

.PHONY: e2e
e2e: all linux module-debug module-small module-kunit module-plant ## the end-to-end cases, with SVM and with VT-x
	@tests/run e2e cli

.PHONY: shell
shell: ## a root shell in the lab, everything loaded (KERNEL=debug: on that kernel; LINUX=debian12: with it)
	@tests/lab/run -k $(KERNEL) --shell $(if $(LINUX),--linux "$(LINUX)")

.PHONY: bench
bench: setup ## exits, boots and memory, beside KVM, and what guests cost (BENCH=boot, BENCH='exits vmx/small': these, there; BENCH=-j: JSON)
	@bench/lab $(BENCH)

.PHONY: clean
clean: ## remove what was built here; the cached kernels stay
	rm -rf $(BUILD)

.PHONY: setup
setup: ## install what is missing from Debian's packages
	@scripts/setup

.PHONY: help
help: ## this
	@echo 'make [TARGET]'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

# ---- the parts ----------------------------------------------------------

kdir = $$(tests/lab/kernel $(1))/kdir

.PHONY: module module-kunit module-plant
module: module-debian12
module-kunit: setup
	@scripts/module $(BUILD)/debug-kunit $(call kdir,debug) ATOLL_KUNIT=1
module-plant: setup
	@scripts/module $(BUILD)/small-plant $(call kdir,small) ATOLL_PLANT=1

# For the lab's kernel of that name
module-%: setup
	@scripts/module $(BUILD)/$* $(call kdir,$*)

.PHONY: cli guests tools nltest
cli: setup
	@$(MAKE) -s -C cli OUT=$(BUILD) all static
guests: setup
	@$(MAKE) -s -C guest-images OUT=$(BUILD)/guests

# Not part of "all", since the small kernel may have to be built
.PHONY: linux
linux: setup
	@guest-images/linux/build $(BUILD)/linux $(or $(LINUX),debian12 cloud small elf)

# Small programs that test cases call.  Static: the lab starts them sooner so
TOOLS := $(wildcard tests/e2e/*.c)
tools: nltest $(patsubst tests/e2e/%.c,$(BUILD)/tests/%,$(TOOLS))
nltest: setup
	@$(MAKE) -s -C tests/netlink OUT=$(BUILD)/tests
$(BUILD)/tests/%: tests/e2e/%.c include/uapi/linux/atoll.h | setup
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -Iinclude/uapi -static -s -Wl,--no-warnings \
		-o $@ $< $$(pkg-config --cflags --libs --static libnl-genl-3.0)

# The benchmark's own programs
.PHONY: harness
harness: $(addprefix $(BUILD)/bench/, kvm until verbs)
$(BUILD)/bench/verbs: LIBS = $$(pkg-config --cflags --libs libnl-genl-3.0)
$(BUILD)/bench/%: bench/%.c include/uapi/linux/atoll.h | setup
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -Iinclude/uapi -o $@ $< $(LIBS)

# What tests/lab/run puts into the machine with kernel LAB_KERNEL
LAB_KERNEL ?= debian12
.PHONY: lab-parts
lab-parts: cli guests tools harness $(if $(LINUX),linux) module-$(LAB_KERNEL)

# ---- make install ---------------------------------------------------------

KVER	?= $(shell uname -r)
PREFIX	?= /usr
MODDIR	:= $(DESTDIR)/lib/modules/$(KVER)/extra
LIBDIR	:= $(DESTDIR)$(PREFIX)/lib/atoll
SHARE	:= $(DESTDIR)$(PREFIX)/share

.PHONY: install
install: cli guests ## install for kernel KVER (this one's) under DESTDIR
	@scripts/module $(BUILD)/$(KVER) /lib/modules/$(KVER)/build KCFLAGS=
	install -D -m 644 $(BUILD)/$(KVER)/atoll.ko $(MODDIR)/atoll.ko
	install -D $(BUILD)/atoll $(DESTDIR)$(PREFIX)/sbin/atoll
	install -D -m 644 cli/atoll.8 $(SHARE)/man/man8/atoll.8
	install -D -m 644 cli/atoll.bash $(SHARE)/bash-completion/completions/atoll
	install -D -m 644 include/uapi/linux/atoll.h $(DESTDIR)$(PREFIX)/include/linux/atoll.h
	cd $(BUILD)/guests && find . -type f \
		-exec install -D -m 644 {} $(LIBDIR)/guests/{} \;
	[ -n "$(DESTDIR)" ] || depmod $(KVER)
