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
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/fpu/api.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "../trace.h"

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
	vcpu->cpu = -1;
	init_waitqueue_head(&vcpu->wq);
	if (atoll_fpu_init(vcpu) || atoll_hw->vcpu_init(vcpu)) {
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
	atoll_hw->vcpu_exit(vcpu);
	atoll_fpu_free(vcpu);
	kfree(vcpu);
}

/**
 * atoll_vcpu_reset() - power-on, with given registers
 * @vcpu:	doesn't run
 * @state:	where it begins
 *
 * Context: may sleep.
 */
void atoll_vcpu_reset(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state)
{
	atoll_hw->load_state(vcpu, state);
	atoll_hw->set_reg(vcpu, ATOLL_TSC_OFFSET, -rdtsc());
	atoll_fpu_reset(vcpu);
	memset(vcpu->dr, 0, sizeof(vcpu->dr));
	memset(vcpu->exits, 0, sizeof(vcpu->exits));
	vcpu->unclaimed = 0;
	vcpu->requests = 0;
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

static bool must_leave(const struct atoll_vcpu *vcpu)
{
	return requested(vcpu, ATOLL_REQ_EXIT) || requested(vcpu, ATOLL_REQ_PAUSE);
}

/* Not in the loop's way: it comes here only with something to do */
static noinline enum atoll_next serve_requests(struct atoll_vcpu *vcpu)
{
	if (need_resched() || must_leave(vcpu))
		return ATOLL_NEXT_LEAVE;
	clear_bit(ATOLL_REQ_EVENT, &vcpu->requests);
	if (test_and_clear_bit(ATOLL_REQ_TLB_FLUSH, &vcpu->requests))
		atoll_hw->flush_tlb(vcpu);
	/* The bit before the look at the interrupt controllers that follows */
	smp_mb__after_atomic();
	return ATOLL_NEXT_RUN;
}

static noinline void deliver_interrupt(struct atoll_vcpu *vcpu)
{
	int vector;

	if (!atoll_hw->can_inject(vcpu)) {
		atoll_hw->want_window(vcpu);
		return;
	}
	vector = atoll_irqchip_ack(vcpu);
	if (vector < 0)
		return;
	trace_atoll_inject(vcpu->vm->id, vcpu->index, vector);
	atoll_hw->inject(vcpu, vector);
	if (atoll_irqchip_pending(vcpu))
		atoll_hw->want_window(vcpu);
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
		atoll_hw->vcpu_load(vcpu);
		do {
			if (next != ATOLL_NEXT_RUN_ON && unlikely(atoll_irqchip_pending(vcpu)))
				deliver_interrupt(vcpu);
			next = enter(vcpu);
		} while (next != ATOLL_NEXT_LEAVE);
		atoll_hw->vcpu_put(vcpu);
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
	return atoll_irqchip_pending(vcpu) && atoll_hw->can_inject(vcpu);
}

static void sleep_halted(struct atoll_vcpu *vcpu)
{
	wait_event_idle(vcpu->wq, atoll_vcpu_wakes(vcpu) || must_leave(vcpu));
	if (atoll_vcpu_wakes(vcpu))
		WRITE_ONCE(vcpu->state, ATOLL_VCPU_RUNS);
}

static void sleep_until_sipi(struct atoll_vcpu *vcpu)
{
	wait_event_idle(vcpu->wq, must_leave(vcpu));
}

static bool may_go_on(const struct atoll_vcpu *vcpu)
{
	return !requested(vcpu, ATOLL_REQ_PAUSE) || requested(vcpu, ATOLL_REQ_EXIT);
}

static void set_held(struct atoll_vm *vm, int by)
{
	spin_lock(&vm->state_lock);
	vm->held += by;
	spin_unlock(&vm->state_lock);
	wake_up_all(&vm->state_wq);
}

static void hold(struct atoll_vcpu *vcpu)
{
	int state = vcpu->state;

	WRITE_ONCE(vcpu->state, ATOLL_VCPU_HELD);
	set_held(vcpu->vm, 1);
	wait_event_idle(vcpu->wq, may_go_on(vcpu));
	set_held(vcpu->vm, -1);
	WRITE_ONCE(vcpu->state, state);
}

static int vcpu_thread(void *data)
{
	struct atoll_vcpu *vcpu = data;

	while (!requested(vcpu, ATOLL_REQ_EXIT)) {
		if (requested(vcpu, ATOLL_REQ_PAUSE))
			hold(vcpu);
		else if (vcpu->state == ATOLL_VCPU_HALTED)
			sleep_halted(vcpu);
		else if (vcpu->state == ATOLL_VCPU_WAIT_SIPI)
			sleep_until_sipi(vcpu);
		else
			run_guest(vcpu);
		cond_resched();
	}
	WRITE_ONCE(vcpu->state, ATOLL_VCPU_OFF);
	WRITE_ONCE(vcpu->tid, 0);
	atoll_vm_vcpu_gone(vcpu->vm);
	return 0;
}

/**
 * atoll_vcpu_spawn() - make the vCPU's thread, which doesn't run yet
 * @vcpu:	reset, and without a thread; vm->lock is held
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int atoll_vcpu_spawn(struct atoll_vcpu *vcpu)
{
	struct task_struct *task;

	lockdep_assert_held(&vcpu->vm->lock);
	task = kthread_create(vcpu_thread, vcpu, "atoll/%s/%u", vcpu->vm->cfg.name,
			      vcpu->index);
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
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
