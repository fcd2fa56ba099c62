// SPDX-License-Identifier: GPL-2.0-only
/*
 * The other end of a guest's serial port: a tty of the host, /dev/ttyATL0 and
 * so on.
 *
 * Output.  The guest's bytes go into a backlog, whether or not anyone listens.
 * While someone has the tty open, a work item hands them to the line
 * discipline, no more than it has room for; what it refuses stays here.  The
 * tty layer's flip buffer would be one more queue that a guest can fill and
 * that a close throws away, so it is left out.
 *
 * Input.  What is written to the tty waits in a small queue until the guest
 * fetches it; a writer that finds the queue full is made to wait.
 *
 * Life.  The console belongs to its serial port and outlives it while a tty is
 * open: the VM's end hangs the tty up, and the last reference frees the rest.
 * A file descriptor holds the module, and nothing of the VM.
 *
 * Locks.  The port's lock guards the output; vCPU threads and work items take
 * it.  The console's own lock guards the input and may be taken in any
 * context, for line disciplines write to a tty from wherever they like; it
 * nests inside the port's.  The tty layer is never called with either held.
 */
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/kfifo.h>
#include <linux/module.h>
#include <linux/serial.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>
#include <linux/tty_ldisc.h>
#include <linux/tty_port.h>
#include <linux/workqueue.h>

#include "../atoll.h"
#include "backlog.h"
#include "console.h"
#include "uart8250.h"

#define CONSOLES_MAX	1024
/* Wake writers when so little is left; poll() wants less than 256 */
#define INPUT_LOW_BYTES	128
/* Chunks between two looks at whether someone else wants the line discipline */
#define CHUNKS_MAX	64
/* Let a line gather: a wake-up of worker and reader for each byte costs more */
#define GATHER_JIFFIES	1
#define RETRY_JIFFIES	(HZ / 50)

static struct tty_driver *console_driver;
/* Consoles by number; NULL: the number is taken, the console is gone */
static DEFINE_IDR(consoles);
static DEFINE_MUTEX(consoles_lock);

static struct atoll_console *con_of(struct tty_struct *tty)
{
	return container_of(tty->port, struct atoll_console, port);
}

/* Have output looked at, unless the console is on its way out */
static void kick_output(struct atoll_console *con)
{
	unsigned long flags;

	spin_lock_irqsave(&con->lock, flags);
	if (!con->gone)
		mod_delayed_work(system_unbound_wq, &con->out_work, 0);
	spin_unlock_irqrestore(&con->lock, flags);
}

/* Most guests print, but not all of those that wait in great numbers */
static void keep(struct atoll_console *con, u8 byte)
{
	if (unlikely(!con->tail))
		con->tail = kmalloc(ATOLL_CONSOLE_TAIL_MAX, GFP_NOWAIT | __GFP_NOWARN);
	if (likely(con->tail))
		con->tail[con->printed++ % ATOLL_CONSOLE_TAIL_MAX] = byte;
}

/**
 * atoll_console_put() - the guest prints
 * @con:	the console
 * @byte:	what
 *
 * Context: under the port's lock.  Does not sleep, and can't fail: if nobody
 * reads, the oldest output is lost, and counted.
 */
void atoll_console_put(struct atoll_console *con, u8 byte)
{
	lockdep_assert_held(&con->uart->lock);
	atoll_backlog_put(&con->backlog, byte);
	keep(con, byte);
	if (READ_ONCE(con->attached) && !delayed_work_pending(&con->out_work))
		queue_delayed_work(system_unbound_wq, &con->out_work, GATHER_JIFFIES);
}

/**
 * atoll_console_forget() - the machine is reset: what comes is not the tail of
 * what was
 * @con:	the console
 *
 * Context: under the port's lock.
 */
void atoll_console_forget(struct atoll_console *con)
{
	lockdep_assert_held(&con->uart->lock);
	con->printed = 0;
}

/**
 * atoll_console_get() - the guest fetches input
 * @con:	the console
 *
 * Context: under the port's lock.  Does not sleep.
 * Return: the byte, -1 if there is none.
 */
int atoll_console_get(struct atoll_console *con)
{
	unsigned long flags;
	u32 got, left;
	u8 byte;

	lockdep_assert_held(&con->uart->lock);
	if (kfifo_is_empty(&con->input))
		return -1;
	spin_lock_irqsave(&con->lock, flags);
	got = kfifo_get(&con->input, &byte);
	left = kfifo_len(&con->input);
	spin_unlock_irqrestore(&con->lock, flags);
	if (!left || left == INPUT_LOW_BYTES)
		queue_work(system_unbound_wq, &con->in_work);
	return got ? byte : -1;
}

static void input_work(struct work_struct *work)
{
	struct atoll_console *con = container_of(work, struct atoll_console, in_work);
	struct atoll_uart *uart = con->uart;

	spin_lock(&uart->lock);
	atoll_uart_chip_rx_ready(&uart->chip);
	spin_unlock(&uart->lock);
	if (kfifo_len(&con->input) <= INPUT_LOW_BYTES)
		tty_port_tty_wakeup(&con->port);
}

/* The next bytes to hand over, and how many */
static u32 next_chunk(struct atoll_console *con)
{
	struct atoll_uart *uart = con->uart;

	spin_lock(&uart->lock);
	if (!con->chunk_len) {
		con->chunk_at = 0;
		con->chunk_len = atoll_backlog_take(&con->backlog, con->chunk, sizeof(con->chunk));
	}
	spin_unlock(&uart->lock);
	return con->chunk_len;
}

static void chunk_accepted(struct atoll_console *con, u32 n)
{
	struct atoll_uart *uart = con->uart;

	spin_lock(&uart->lock);
	con->chunk_at += n;
	con->chunk_len -= n;
	spin_unlock(&uart->lock);
}

/*
 * Hand over what the line discipline has room for.  Returns in how many
 * jiffies to go on; -1: wait for the guest to print or the reader to read.
 */
static long deliver(struct atoll_console *con, struct tty_struct *tty, struct tty_ldisc *ld)
{
	u32 i, len, n;

	for (i = 0; i < CHUNKS_MAX; i++) {
		len = next_chunk(con);
		if (!len)
			return -1;
		n = tty_ldisc_receive_buf(ld, con->chunk + con->chunk_at, NULL, len);
		chunk_accepted(con, n);
		if (n == len)
			continue;
		/* Full.  A discipline that can't say when it isn't is asked again */
		return tty_throttled(tty) ? -1 : RETRY_JIFFIES;
	}
	return 0;
}

static void output_work(struct work_struct *work)
{
	struct atoll_console *con = container_of(to_delayed_work(work), struct atoll_console,
						 out_work);
	struct tty_struct *tty = tty_port_tty_get(&con->port);
	struct tty_ldisc *ld;
	long again = -1;

	if (!tty)
		return;
	ld = tty_ldisc_ref_wait(tty);
	if (ld) {
		/* Others who feed a line discipline exclude each other so, too */
		tty_buffer_lock_exclusive(&con->port);
		again = deliver(con, tty, ld);
		tty_buffer_unlock_exclusive(&con->port);
		tty_ldisc_deref(ld);
	}
	tty_kref_put(tty);
	if (again >= 0)
		queue_delayed_work(system_unbound_wq, &con->out_work, again);
}

static int port_activate(struct tty_port *port, struct tty_struct *tty)
{
	struct atoll_console *con = container_of(port, struct atoll_console, port);

	if (con->gone)
		return -ENODEV;
	WRITE_ONCE(con->attached, 1);
	kick_output(con);
	return 0;
}

static void port_shutdown(struct tty_port *port)
{
	struct atoll_console *con = container_of(port, struct atoll_console, port);

	WRITE_ONCE(con->attached, 0);
}

static void port_destruct(struct tty_port *port)
{
	struct atoll_console *con = container_of(port, struct atoll_console, port);

	/* Only now may another console have the number: no tty has it any more */
	mutex_lock(&consoles_lock);
	idr_remove(&consoles, con->index);
	mutex_unlock(&consoles_lock);
	atoll_backlog_free(&con->backlog);
	kfree(con->tail);
	kfree(con);
}

static const struct tty_port_operations port_ops = {
	.activate = port_activate,
	.shutdown = port_shutdown,
	.destruct = port_destruct,
};

static int console_install(struct tty_driver *driver, struct tty_struct *tty)
{
	struct atoll_console *con;
	int err;

	mutex_lock(&consoles_lock);
	con = idr_find(&consoles, tty->index);
	if (con)
		tty_port_get(&con->port);
	mutex_unlock(&consoles_lock);
	if (!con)
		return -ENODEV;
	err = tty_port_install(&con->port, driver, tty);
	if (err)
		tty_port_put(&con->port);
	return err;
}

static void console_cleanup(struct tty_struct *tty)
{
	tty_port_put(tty->port);
}

static int console_open(struct tty_struct *tty, struct file *file)
{
	return tty_port_open(tty->port, tty, file);
}

static void console_close(struct tty_struct *tty, struct file *file)
{
	tty_port_close(tty->port, tty, file);
}

static void console_hangup(struct tty_struct *tty)
{
	tty_port_hangup(tty->port);
}

static int console_write(struct tty_struct *tty, const unsigned char *buf, int count)
{
	struct atoll_console *con = con_of(tty);
	unsigned long flags;
	int n = -EIO;

	spin_lock_irqsave(&con->lock, flags);
	if (!con->gone) {
		n = kfifo_in(&con->input, buf, count);
		queue_work(system_unbound_wq, &con->in_work);
	}
	spin_unlock_irqrestore(&con->lock, flags);
	return n;
}

static unsigned int console_write_room(struct tty_struct *tty)
{
	return kfifo_avail(&con_of(tty)->input);
}

static unsigned int console_chars_in_buffer(struct tty_struct *tty)
{
	return kfifo_len(&con_of(tty)->input);
}

static void console_flush_buffer(struct tty_struct *tty)
{
	struct atoll_console *con = con_of(tty);
	unsigned long flags;

	spin_lock_irqsave(&con->lock, flags);
	kfifo_reset(&con->input);
	spin_unlock_irqrestore(&con->lock, flags);
	tty_wakeup(tty);
}

static void console_unthrottle(struct tty_struct *tty)
{
	kick_output(con_of(tty));
}

/* A guest's port has every line up all the time */
static int console_tiocmget(struct tty_struct *tty)
{
	return TIOCM_CAR | TIOCM_DSR | TIOCM_CTS | TIOCM_DTR | TIOCM_RTS;
}

static const struct tty_operations console_ops = {
	.install = console_install,
	.cleanup = console_cleanup,
	.open = console_open,
	.close = console_close,
	.hangup = console_hangup,
	.write = console_write,
	.write_room = console_write_room,
	.chars_in_buffer = console_chars_in_buffer,
	.flush_buffer = console_flush_buffer,
	.unthrottle = console_unthrottle,
	.tiocmget = console_tiocmget,
};

static int take_index(struct atoll_console *con)
{
	int index;

	mutex_lock(&consoles_lock);
	index = idr_alloc(&consoles, con, 0, CONSOLES_MAX, GFP_KERNEL);
	mutex_unlock(&consoles_lock);
	return index;
}

/* From now on nobody finds the console by its number, nor queues work for it */
static void retire(struct atoll_console *con)
{
	mutex_lock(&consoles_lock);
	idr_replace(&consoles, NULL, con->index);
	mutex_unlock(&consoles_lock);

	mutex_lock(&con->port.mutex);
	spin_lock_irq(&con->lock);
	con->gone = 1;
	spin_unlock_irq(&con->lock);
	mutex_unlock(&con->port.mutex);
}

/**
 * atoll_console_create() - make a tty for a serial port
 * @uart:	the port
 *
 * Context: process; may sleep.
 * Return: the console, or an ERR_PTR: -ENOMEM, -ENOSPC if no number is left,
 * or what registering a device returns.
 */
struct atoll_console *atoll_console_create(struct atoll_uart *uart)
{
	struct atoll_console *con = kzalloc(sizeof(*con), GFP_KERNEL_ACCOUNT);
	struct device *dev;
	int index;

	if (!con)
		return ERR_PTR(-ENOMEM);
	con->uart = uart;
	spin_lock_init(&con->lock);
	INIT_KFIFO(con->input);
	INIT_WORK(&con->in_work, input_work);
	INIT_DELAYED_WORK(&con->out_work, output_work);
	tty_port_init(&con->port);
	con->port.ops = &port_ops;
	/* What is typed stays here for the guest: a close need not wait for it */
	con->port.closing_wait = ASYNC_CLOSING_WAIT_NONE;

	index = take_index(con);
	if (index < 0) {
		tty_port_destroy(&con->port);
		kfree(con);
		return ERR_PTR(index);
	}
	con->index = index;

	dev = tty_port_register_device(&con->port, console_driver, index, NULL);
	if (IS_ERR(dev)) {
		retire(con);
		tty_port_put(&con->port);
		return ERR_CAST(dev);
	}
	return con;
}

/**
 * atoll_console_destroy() - the serial port goes
 * @con:	its console; whoever has the tty open gets a hang-up
 *
 * Context: process; may sleep.  No vCPU runs.
 */
void atoll_console_destroy(struct atoll_console *con)
{
	retire(con);
	tty_port_tty_vhangup(&con->port);
	tty_unregister_device(console_driver, con->index);
	cancel_work_sync(&con->in_work);
	cancel_delayed_work_sync(&con->out_work);
	tty_port_put(&con->port);
}

/**
 * atoll_console_init() - register the tty driver
 *
 * Context: process; may sleep.
 * Return: 0 or an error of the tty layer.
 */
int atoll_console_init(void)
{
	struct tty_driver *driver;
	int err;

	driver = tty_alloc_driver(CONSOLES_MAX, TTY_DRIVER_REAL_RAW | TTY_DRIVER_DYNAMIC_DEV |
						TTY_DRIVER_RESET_TERMIOS);
	if (IS_ERR(driver))
		return PTR_ERR(driver);
	driver->driver_name = "atoll";
	driver->name = "ttyATL";
	driver->type = TTY_DRIVER_TYPE_SERIAL;
	driver->subtype = SERIAL_TYPE_NORMAL;
	driver->init_termios = tty_std_termios;
	driver->init_termios.c_iflag = 0;
	driver->init_termios.c_oflag = 0;
	driver->init_termios.c_lflag = 0;
	driver->init_termios.c_cflag = B115200 | CS8 | CREAD | CLOCAL;
	driver->init_termios.c_ispeed = 115200;
	driver->init_termios.c_ospeed = 115200;
	tty_set_operations(driver, &console_ops);

	err = tty_register_driver(driver);
	if (err) {
		tty_driver_kref_put(driver);
		return err;
	}
	console_driver = driver;
	return 0;
}

/**
 * atoll_console_exit() - unregister the tty driver
 *
 * Context: process; may sleep.  No console exists.
 */
void atoll_console_exit(void)
{
	tty_unregister_driver(console_driver);
	tty_driver_kref_put(console_driver);
	idr_destroy(&consoles);
}
