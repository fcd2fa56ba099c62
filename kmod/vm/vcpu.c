// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU: its thread, its loop, and how others get its attention.
 *
 * The loop is: inject, IRQs off, look for requests, run, IRQs on, handle.  That
 * no request is lost rests on one look at them with IRQs off: whoever sets a
 * request bit after it sends an IPI, which stays pending and ends the guest's
 * run at once.  Whoever was earlier has his request served, with IRQs on, since
 * that may take a lock, and then the vCPU goes round again.
 *
 * Between two exits no state of the guest's lies on the thread's stack.
 */
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/fpu/api.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "../trace.h"

/* What the VM asks, and not another CPU or a device of it */
#define VERB_REQS	(BIT(ATOLL_REQ_EXIT) | BIT(ATOLL_REQ_PAUSE) | BIT(ATOLL_REQ_REBOOT))

/* Fewer host CPUs than vCPUs are gone round */
static int pin_of(const struct atoll_vm_config *cfg, u32 index)
{
	return cfg->nr_pins ? cfg->pin[index % cfg->nr_pins] : -1;
}

/**
 * atoll_vcpu_create() - a vCPU without a thread
 * @vm:		its VM, with memory
 * @index:	0 is the boot CPU
 *
 * Context: may sleep.
 * Return: the vCPU, or NULL when the host has no memory.
 */
struct atoll_vcpu *atoll_vcpu_create(struct atoll_vm *vm, u32 index)
{
	struct atoll_vcpu *vcpu;

	vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL);
	if (!vcpu)
		return NULL;
	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->pin = pin_of(&vm->cfg, index);
	vcpu->cpu = -1;
	init_waitqueue_head(&vcpu->wq);
	if (atoll_fpu_init(vcpu) || atoll_lapic_create(vcpu) || atoll_hw->vcpu_init(vcpu)) {
		atoll_vcpu_destroy(vcpu);
		return NULL;
	}
	return vcpu;
}

/**
 * atoll_vcpu_destroy() - free a vCPU
 * @vcpu:	its thread is reaped
 *
 * Context: may sleep.
 */
void atoll_vcpu_destroy(struct atoll_vcpu *vcpu)
{
	atoll_lapic_destroy(vcpu);
	atoll_hw->vcpu_exit(vcpu);
	atoll_fpu_free(vcpu);
	kfree(vcpu);
}

/**
 * atoll_vcpu_reset() - power-on, with given registers
 * @vcpu:	doesn't run
 * @state:	where it begins
 *
 * What the VM asks of its thread outlasts it.
 *
 * Context: may sleep.
 */
void atoll_vcpu_reset(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state)
{
	u32 req;

	atoll_hw->load_state(vcpu, state);
	/* RAM has been taken away from under it, and other RAM may be there now */
	atoll_hw->flush_tlb(vcpu);
	/* Before the APIC, which leaves the guest's memory alone then */
	memset(&vcpu->pv, 0, sizeof(vcpu->pv));
	atoll_lapic_reset(vcpu);
	atoll_clock_sync(vcpu);
	atoll_fpu_reset(vcpu);
	vcpu->tsc_aux = 0;
	memset(vcpu->dr, 0, sizeof(vcpu->dr));
	vcpu->nmi_pending = 0;
	vcpu->want_len = 0;
	vcpu->sipi = -1;
	/* What others asked of the CPU that it was before is void */
	for (req = 0; req < ATOLL_NR_REQS; req++) {
		if (!(VERB_REQS & BIT(req)))
			clear_bit(req, &vcpu->requests);
	}
	vcpu->state = vcpu->index ? ATOLL_VCPU_WAIT_SIPI : ATOLL_VCPU_RUNS;
}

static bool requested(const struct atoll_vcpu *vcpu, enum atoll_request req)
{
	return test_bit(req, &vcpu->requests);
}

/**
 * atoll_vcpu_request() - ask something of a vCPU's thread, soon
 * @vcpu:	may be in the guest, asleep, or without a thread
 * @req:	what
 *
 * Context: any but NMI.
 */
void atoll_vcpu_request(struct atoll_vcpu *vcpu, enum atoll_request req)
{
	set_bit(req, &vcpu->requests);
	atoll_vcpu_kick(vcpu);
}

/**
 * atoll_vcpu_withdraw() - take a request back and let the thread see that
 * @vcpu:	may be asleep because of it
 * @req:	what
 *
 * Context: any but NMI.
 */
void atoll_vcpu_withdraw(struct atoll_vcpu *vcpu, enum atoll_request req)
{
	clear_bit(req, &vcpu->requests);
	wake_up(&vcpu->wq);
}

/**
 * atoll_vcpu_kick() - have the thread look at its requests
 * @vcpu:	a request bit of it has been set
 *
 * Context: any but NMI.
 */
void atoll_vcpu_kick(struct atoll_vcpu *vcpu)
{
	int cpu;

	/* The request before in_guest; pairs with the barrier in enter() */
	smp_mb();
	wake_up(&vcpu->wq);
	cpu = READ_ONCE(vcpu->cpu);
	if (READ_ONCE(vcpu->in_guest) && cpu != raw_smp_processor_id())
		smp_send_reschedule(cpu);
}

/**
 * atoll_vcpu_init() - send it an INIT
 * @vcpu:	in any state; a start-up IPI that came before is void
 *
 * Context: any but NMI.
 */
void atoll_vcpu_init(struct atoll_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->sipi, -1);
	/* Before the request: a start-up IPI behind it must stay */
	smp_wmb();
	atoll_vcpu_request(vcpu, ATOLL_REQ_INIT);
}

/**
 * atoll_vcpu_sipi() - send it a start-up IPI
 * @vcpu:	only one that waits for it, or will because of an INIT, heeds it
 * @vector:	the page where it begins
 *
 * Context: any but NMI.
 */
void atoll_vcpu_sipi(struct atoll_vcpu *vcpu, u8 vector)
{
	WRITE_ONCE(vcpu->sipi, vector);
	/* Pairs with the barrier in wait_event_idle() */
	smp_mb();
	wake_up(&vcpu->wq);
}

static bool must_leave(const struct atoll_vcpu *vcpu)
{
	return READ_ONCE(vcpu->requests) & VERB_REQS;
}

/* Not in the loop's way: it comes here only with something to do */
static noinline enum atoll_next serve_requests(struct atoll_vcpu *vcpu)
{
	if (need_resched() || must_leave(vcpu) || requested(vcpu, ATOLL_REQ_INIT))
		return ATOLL_NEXT_LEAVE;
	if (test_and_clear_bit(ATOLL_REQ_NMI, &vcpu->requests))
		vcpu->nmi_pending = 1;
	clear_bit(ATOLL_REQ_EVENT, &vcpu->requests);
	if (test_and_clear_bit(ATOLL_REQ_TLB_FLUSH, &vcpu->requests))
		atoll_hw->flush_tlb(vcpu);
	if (test_and_clear_bit(ATOLL_REQ_CLOCK, &vcpu->requests))
		atoll_clock_sync(vcpu);
	/* The bit before the look at the interrupt controllers that follows */
	smp_mb__after_atomic();
	return ATOLL_NEXT_RUN;
}

static noinline void deliver_nmi(struct atoll_vcpu *vcpu)
{
	if (!atoll_hw->can_inject_nmi(vcpu)) {
		atoll_hw->want_nmi_window(vcpu);
		return;
	}
	vcpu->nmi_pending = 0;
	trace_atoll_inject(vcpu->vm->id, vcpu->index, X86_TRAP_NMI);
	atoll_hw->inject_nmi(vcpu);
}

/* What can't be delivered now: come back when it can be */
static void await_interrupt(struct atoll_vcpu *vcpu)
{
	u8 class;

	if (atoll_irqchip_pending(vcpu)) {
		atoll_hw->want_window(vcpu);
		return;
	}
	class = atoll_lapic_blocked_class(vcpu);
	if (class)
		atoll_hw->want_cr8_below(vcpu, class);
}

static noinline void deliver_interrupt(struct atoll_vcpu *vcpu)
{
	int vector = -1;

	if (atoll_irqchip_pending(vcpu) && atoll_hw->can_inject(vcpu))
		vector = atoll_irqchip_ack(vcpu);
	if (vector >= 0) {
		trace_atoll_inject(vcpu->vm->id, vcpu->index, vector);
		atoll_hw->inject(vcpu, vector);
	}
	if (atoll_irqchip_busy(vcpu))
		await_interrupt(vcpu);
}

/* Not every backend can say when an NMI will be taken: that is tried each time */
static void deliver_pending(struct atoll_vcpu *vcpu, enum atoll_next after)
{
	if (unlikely(vcpu->nmi_pending))
		deliver_nmi(vcpu);
	if (after != ATOLL_NEXT_RUN_ON && unlikely(atoll_irqchip_busy(vcpu)))
		deliver_interrupt(vcpu);
}

/* One round: into the guest, out, and the exit handled */
static enum atoll_next enter(struct atoll_vcpu *vcpu)
{
	local_irq_disable();
	/* in_guest before the requests; pairs with atoll_vcpu_kick() */
	smp_store_mb(vcpu->in_guest, 1);
	if (unlikely(READ_ONCE(vcpu->requests) || need_resched())) {
		WRITE_ONCE(vcpu->in_guest, 0);
		local_irq_enable();
		return serve_requests(vcpu);
	}

	atoll_hw_call(vcpu_run)(vcpu);

	WRITE_ONCE(vcpu->in_guest, 0);
	vcpu->exits[vcpu->exit.kind]++;
	trace_atoll_exit(vcpu);
	/* The interrupt that ended the run is served here */
	local_irq_enable();
	return atoll_exit_handle(vcpu);
}

/*
 * The guest's FPU state occupies the CPU's registers all along, so nothing
 * in here may sleep; what must, leaves.
 */
static void run_guest(struct atoll_vcpu *vcpu)
{
	enum atoll_next next = ATOLL_NEXT_RUN;

	kernel_fpu_begin();
	WRITE_ONCE(vcpu->cpu, smp_processor_id());
	if (likely(atoll_hw_cpu_is_on())) {
		atoll_fpu_load(vcpu);
		atoll_tsc_aux_load(vcpu);
		atoll_hw->vcpu_load(vcpu);
		atoll_clock_load(vcpu);
		atoll_steal_load(vcpu);
		trace_atoll_load(vcpu->vm->id, vcpu->index);
		do {
			deliver_pending(vcpu, next);
			next = enter(vcpu);
		} while (next != ATOLL_NEXT_LEAVE);
		atoll_steal_put(vcpu);
		atoll_hw->vcpu_put(vcpu);
		atoll_tsc_aux_put(vcpu);
		atoll_fpu_put(vcpu);
	}
	kernel_fpu_end();
}

/**
 * atoll_vcpu_wakes() - does a halted vCPU have a reason to go on?
 * @vcpu:	the calling thread's own
 */
bool atoll_vcpu_wakes(struct atoll_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->pv.unhalted))
		return true;
	if (vcpu->nmi_pending || requested(vcpu, ATOLL_REQ_NMI))
		if (atoll_hw->can_inject_nmi(vcpu))
			return true;
	return atoll_irqchip_pending(vcpu) && atoll_hw->can_inject(vcpu);
}

/* Something is asked of a vCPU that no guest may run before */
static bool is_called_away(const struct atoll_vcpu *vcpu)
{
	return must_leave(vcpu) || requested(vcpu, ATOLL_REQ_INIT);
}

static void sleep_halted(struct atoll_vcpu *vcpu)
{
	wait_event_idle(vcpu->wq, atoll_vcpu_wakes(vcpu) || is_called_away(vcpu));
	if (atoll_vcpu_wakes(vcpu)) {
		WRITE_ONCE(vcpu->pv.unhalted, 0);
		WRITE_ONCE(vcpu->state, ATOLL_VCPU_RUNS);
	}
}

/* As it is now; false: this CPU can't tell, since it is going offline */
static bool fetch_state(struct atoll_vcpu *vcpu, struct atoll_cpu_state *state)
{
	bool on;

	preempt_disable();
	on = atoll_hw_cpu_is_on();
	if (on) {
		atoll_hw->vcpu_load(vcpu);
		atoll_hw->save_state(vcpu, state);
		atoll_hw->vcpu_put(vcpu);
	}
	preempt_enable();
	return on;
}

/*
 * INIT: Intel SDM vol. 3, "Processor State After Reset", whose table has a
 * column for it.  FPU state, XCR0, the TSC and the MSRs below stay.
 */
static void take_init(struct atoll_vcpu *vcpu)
{
	const u64 kept_cr0 = X86_CR0_CD | X86_CR0_NW;
	struct atoll_cpu_state old, new;

	if (!fetch_state(vcpu, &old))
		return;
	atoll_cpu_state_reset(&new);
	new.cr0 = (old.cr0 & kept_cr0) | X86_CR0_ET;
	new.star = old.star;
	new.lstar = old.lstar;
	new.cstar = old.cstar;
	new.sfmask = old.sfmask;
	new.kernel_gs_base = old.kernel_gs_base;
	new.sysenter_cs = old.sysenter_cs;
	new.sysenter_esp = old.sysenter_esp;
	new.sysenter_eip = old.sysenter_eip;
	new.pat = old.pat;
	atoll_hw->load_state(vcpu, &new);
	memset(vcpu->dr, 0, sizeof(vcpu->dr));
	atoll_lapic_init(vcpu);
	vcpu->nmi_pending = 0;
	vcpu->want_len = 0;
	WRITE_ONCE(vcpu->state, vcpu->index ? ATOLL_VCPU_WAIT_SIPI : ATOLL_VCPU_RUNS);
	clear_bit(ATOLL_REQ_INIT, &vcpu->requests);
	/* The bit before a look for the start-up IPI that came after it */
	smp_mb__after_atomic();
}

/* Real mode, at the start of the page that the start-up IPI names */
static void take_sipi(struct atoll_vcpu *vcpu, u8 vector)
{
	struct atoll_cpu_state state;

	if (!fetch_state(vcpu, &state))
		return;
	state.seg[ATOLL_CS].selector = vector << 8;
	state.seg[ATOLL_CS].base = vector << 12;
	state.regs[ATOLL_RIP] = 0;
	atoll_hw->load_state(vcpu, &state);
	/* Whatever came meanwhile was for nobody */
	clear_bit(ATOLL_REQ_NMI, &vcpu->requests);
	WRITE_ONCE(vcpu->sipi, -1);
	WRITE_ONCE(vcpu->state, ATOLL_VCPU_RUNS);
}

static void sleep_until_sipi(struct atoll_vcpu *vcpu)
{
	int vector;

	wait_event_idle(vcpu->wq, READ_ONCE(vcpu->sipi) >= 0 || is_called_away(vcpu));
	vector = READ_ONCE(vcpu->sipi);
	if (vector >= 0 && !is_called_away(vcpu))
		take_sipi(vcpu, vector);
}

static bool may_go_on(const struct atoll_vcpu *vcpu)
{
	return !requested(vcpu, ATOLL_REQ_PAUSE) || requested(vcpu, ATOLL_REQ_EXIT) ||
	       requested(vcpu, ATOLL_REQ_REBOOT);
}

static void hold(struct atoll_vcpu *vcpu)
{
	int state = vcpu->state;

	WRITE_ONCE(vcpu->state, ATOLL_VCPU_HELD);
	atoll_vm_vcpu_held(vcpu->vm);
	wait_event_idle(vcpu->wq, may_go_on(vcpu));
	atoll_vm_vcpu_freed(vcpu->vm);
	WRITE_ONCE(vcpu->state, state);
}

static int vcpu_thread(void *data)
{
	struct atoll_vcpu *vcpu = data;

	while (!requested(vcpu, ATOLL_REQ_EXIT)) {
		/* First: who holds for a pause already comes to it, too */
		if (requested(vcpu, ATOLL_REQ_REBOOT))
			atoll_vm_meet(vcpu);
		else if (requested(vcpu, ATOLL_REQ_PAUSE))
			hold(vcpu);
		else if (requested(vcpu, ATOLL_REQ_INIT))
			take_init(vcpu);
		else if (vcpu->want_len)
			atoll_vcpu_take_wanted(vcpu);
		else if (vcpu->state == ATOLL_VCPU_HALTED)
			sleep_halted(vcpu);
		else if (vcpu->state == ATOLL_VCPU_WAIT_SIPI)
			sleep_until_sipi(vcpu);
		else
			run_guest(vcpu);
		cond_resched();
	}
	atoll_lapic_stop(vcpu);
	WRITE_ONCE(vcpu->state, ATOLL_VCPU_OFF);
	WRITE_ONCE(vcpu->tid, 0);
	atoll_vm_vcpu_gone(vcpu->vm);
	return 0;
}

/**
 * atoll_vcpu_spawn() - make the vCPU's thread, which doesn't run yet
 * @vcpu:	reset, and without a thread; vm->lock is held
 * @extack:	receives a sentence on failure
 *
 * A pinned thread whose CPU goes offline later is let run on any, by the
 * scheduler, and stays so until the next start.
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int atoll_vcpu_spawn(struct atoll_vcpu *vcpu, struct netlink_ext_ack *extack)
{
	struct task_struct *task;

	lockdep_assert_held(&vcpu->vm->lock);
	task = kthread_create(vcpu_thread, vcpu, "atoll/%s/%u", vcpu->vm->cfg.name,
			      vcpu->index);
	if (IS_ERR(task)) {
		NL_SET_ERR_MSG(extack, "the host can't make a thread for every vCPU");
		return PTR_ERR(task);
	}
	if (vcpu->pin >= 0 && set_cpus_allowed_ptr(task, cpumask_of(vcpu->pin))) {
		kthread_stop(task);
		NL_SET_ERR_MSG(extack, "a host CPU that a vCPU is pinned to is offline");
		return -EINVAL;
	}
	get_task_struct(task);
	vcpu->requests = 0;
	vcpu->unclaimed = 0;
	memset(vcpu->exits, 0, sizeof(vcpu->exits));
	memset(&vcpu->unknown_msrs, 0, sizeof(vcpu->unknown_msrs));
	vcpu->task = task;
	WRITE_ONCE(vcpu->tid, task_pid_nr(task));
	return 0;
}

/**
 * atoll_vcpu_reap() - wait until the vCPU's thread, if any, has ended
 * @vcpu:	asked to exit, or never woken; vm->lock is held
 *
 * Afterwards no instruction of this module runs in that thread.
 *
 * Context: may sleep.
 */
void atoll_vcpu_reap(struct atoll_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->vm->lock);
	if (!vcpu->task)
		return;
	kthread_stop(vcpu->task);
	put_task_struct(vcpu->task);
	vcpu->task = NULL;
	WRITE_ONCE(vcpu->tid, 0);
	WRITE_ONCE(vcpu->state, ATOLL_VCPU_OFF);
}
