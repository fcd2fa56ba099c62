#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Atoll and KVM share the CPU's virtualization: whoever comes second is
# refused cleanly, and is served once the first has let go.
#
# lab: -k debian12 -k vmx -t 120
# lab: own-boot
. "$(dirname "$0")/lib.sh"

if grep -qw svm /proc/cpuinfo; then kvm_module='kvm-amd'; else kvm_module='kvm-intel'; fi

modprobe $kvm_module || fail "$kvm_module does not load"
[ -c /dev/kvm ] || fail "no /dev/kvm"

check "KVM runs a guest while no guest of Atoll's runs" kvmguest

start_guest busy tests/hostile_spin
check_not "KVM is refused while a guest of Atoll's runs" kvmguest
check "the guest goes on" state_is busy running
check "$kvm_module can be unloaded meanwhile" rmmod $kvm_module
check "and loaded" modprobe $kvm_module
check_not "and KVM is still refused" kvmguest
atoll kill busy
check "KVM runs a guest once Atoll's guest has ended" kvmguest

mkfifo /tmp/hold
kvmguest hold < /tmp/hold > /tmp/hold.out &
kvm=$!
exec 7> /tmp/hold
wait_for "KVM holds the CPUs" grep -q holding /tmp/hold.out
check_not "a start is refused while KVM holds the CPUs" atoll start busy
atoll start busy 2>&1 | grep -q "rmmod $(echo $kvm_module | tr - _)" || fail "the refusal does not name the way out"
pass "the refusal names the way out"
check "the refused guest is as it was" state_is busy stopped
check "KVM's guest still runs" kvmguest
exec 7>&-
wait $kvm || fail "kvmguest hold failed"
check "a start works once KVM has let go" atoll start busy
atoll kill busy
check "no CPU is left switched on" cpus_on 0
atoll undefine busy
check "and nothing holds the module, the refused start neither" rmmod atoll
finish
