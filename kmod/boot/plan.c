// SPDX-License-Identifier: GPL-2.0-only
/*
 * The plan of a boot: pieces of files and of memory, and where in the guest
 * they go.  The formats add pieces; a piece that is not wholly in RAM, not
 * wholly in its file, or in another's way must never get in.
 *
 * Used by the formats when a guest is defined and by vm/ at each start.
 */
#include <linux/align.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "acpi.h"
#include "boot.h"

/**
 * atoll_boot_read - read a header
 * @src:	the image
 * @pos:	first byte
 * @buf:	room for @len bytes
 * @len:	bytes, all of which are needed
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -ENODATA: the image ends before; what the file system says.
 */
int atoll_boot_read(const struct atoll_boot_source *src, u64 pos, void *buf,
		    size_t len, struct netlink_ext_ack *extack)
{
	loff_t at = pos;
	ssize_t got;

	if (len > src->size || pos > src->size - len)
		goto truncated;
	if (!src->file) {
		memcpy(buf, src->data + pos, len);
		return 0;
	}
	for (; len; len -= got, buf += got) {
		got = kernel_read(src->file, buf, len, &at);
		if (got < 0) {
			NL_SET_ERR_MSG(extack, "image could not be read");
			return got;
		}
		if (!got)
			goto truncated;
	}
	return 0;

truncated:
	NL_SET_ERR_MSG(extack, "image is truncated: it ends within its headers");
	return -ENODATA;
}

/**
 * atoll_boot_plan_alloc - an empty plan, with room for all that there may be
 * @memory:	bytes of RAM that the guest is to have
 *
 * May sleep.
 *
 * Return: the plan, for atoll_boot_plan_free(), or NULL: no memory.
 */
struct atoll_boot_plan *atoll_boot_plan_alloc(u64 memory)
{
	struct atoll_boot_plan *plan;

	plan = kvzalloc(struct_size(plan, piece, ATOLL_BOOT_PIECES_MAX), GFP_KERNEL);
	if (plan)
		plan->ram.nr_slots = atoll_gmem_layout(memory, plan->ram.slot);
	return plan;
}

/**
 * atoll_boot_plan_trim - the same plan in no more memory than it needs
 * @plan:	complete; gone afterwards, if it worked
 *
 * May sleep.
 *
 * Return: the plan, or NULL: no memory.
 */
struct atoll_boot_plan *atoll_boot_plan_trim(struct atoll_boot_plan *plan)
{
	struct atoll_boot_plan *trimmed;

	trimmed = kmemdup(plan, struct_size(plan, piece, plan->nr), GFP_KERNEL_ACCOUNT);
	if (trimmed)
		kvfree(plan);
	return trimmed;
}

/**
 * atoll_boot_plan_free - forget a plan
 * @plan:	may be NULL
 *
 * The files that it names stay open; they are the configuration's.
 */
void atoll_boot_plan_free(struct atoll_boot_plan *plan)
{
	if (!plan)
		return;
	kvfree(plan->info);
	kfree(plan->acpi);
	kvfree(plan);
}

/**
 * atoll_boot_plan_bytes - what a plan takes of the host's memory
 * @plan:	complete, and trimmed
 *
 * Any context.
 */
size_t atoll_boot_plan_bytes(const struct atoll_boot_plan *plan)
{
	const struct atoll_acpi *acpi = plan->acpi;
	size_t sum = kmalloc_size_roundup(struct_size(plan, piece, plan->nr)) +
		     kmalloc_size_roundup(plan->info_len);

	return acpi ? sum + kmalloc_size_roundup(struct_size(acpi, data, acpi->len)) : sum;
}

/**
 * atoll_boot_entry - what the first vCPU starts with
 * @plan:	the plan, which owns the answer
 */
const struct atoll_cpu_state *atoll_boot_entry(const struct atoll_boot_plan *plan)
{
	return &plan->entry;
}

/* Where the piece that touches [gpa, gpa + len) ends; 0: none does */
static u64 piece_end(const struct atoll_boot_plan *plan, u64 gpa, u64 len)
{
	const struct atoll_boot_piece *piece;

	for (piece = plan->piece; piece < plan->piece + plan->nr; piece++)
		if (gpa < piece->gpa + piece->mem_len && piece->gpa < gpa + len)
			return piece->gpa + piece->mem_len;
	return 0;
}

/* Where what lies in the way of [gpa, gpa + len) ends; 0: nothing does */
static u64 obstacle_end(const struct atoll_boot_plan *plan, u64 gpa, u64 len)
{
	if (gpa < plan->reserved_end && gpa + len > plan->reserved_start)
		return plan->reserved_end;
	return piece_end(plan, gpa, len);
}

/**
 * atoll_boot_plan_add - add a segment, where the image wants it
 * @plan:	the plan
 * @piece:	copied; may be full of lies, but for @piece->src
 * @extack:	told why not
 *
 * Return: 0; -ENOEXEC: the image contradicts itself; -ENODATA: it is
 * truncated; -ENOSPC: the guest has no RAM there; -E2BIG: too many.
 */
int atoll_boot_plan_add(struct atoll_boot_plan *plan,
			const struct atoll_boot_piece *piece,
			struct netlink_ext_ack *extack)
{
	if (!piece->mem_len || piece->file_len > piece->mem_len) {
		NL_SET_ERR_MSG(extack,
			       "image has a segment that takes less memory than file");
		return -ENOEXEC;
	}
	if (piece->pos > piece->src.size ||
	    piece->file_len > piece->src.size - piece->pos) {
		NL_SET_ERR_MSG(extack, "image is truncated: it ends within a segment");
		return -ENODATA;
	}
	if (!atoll_gmem_has(&plan->ram, piece->gpa, piece->mem_len)) {
		NL_SET_ERR_MSG(extack, "image does not fit: it has a segment outside of RAM");
		return -ENOSPC;
	}
	if (piece->gpa < plan->reserved_end &&
	    piece->gpa + piece->mem_len > plan->reserved_start) {
		NL_SET_ERR_MSG(extack, "image has a segment in the PC's hole below 1 MiB");
		return -ENOSPC;
	}
	if (obstacle_end(plan, piece->gpa, piece->mem_len)) {
		NL_SET_ERR_MSG(extack, "image has segments that overlap");
		return -ENOEXEC;
	}
	if (plan->nr == ATOLL_BOOT_PIECES_MAX) {
		NL_SET_ERR_MSG(extack, "image has too many segments");
		return -E2BIG;
	}
	plan->piece[plan->nr++] = *piece;
	return 0;
}

/**
 * atoll_boot_plan_place - add something at the lowest free place below 4 GiB
 * @plan:	the plan
 * @src:	what to add, all of it, at least one byte
 * @min_gpa:	not below here
 * @align:	a power of 2
 * @gpa:	where it went
 *
 * Return: 0, or -ENOSPC: there is no such place.
 */
int atoll_boot_plan_place(struct atoll_boot_plan *plan,
			  const struct atoll_boot_source *src, u64 min_gpa,
			  u64 align, u64 *gpa)
{
	return atoll_boot_plan_place_padded(plan, src, src->size, min_gpa, align, gpa);
}

/**
 * atoll_boot_plan_place_padded - add something that zeroes follow
 * @plan:	the plan
 * @src:	what to add, all of it, which may be nothing
 * @mem_len:	bytes with the zeroes, at least one
 * @min_gpa:	not below here
 * @align:	a power of 2
 * @gpa:	where it went: the lowest free place below 4 GiB
 *
 * Return: 0, or -ENOSPC: there is no such place.
 */
int atoll_boot_plan_place_padded(struct atoll_boot_plan *plan,
				 const struct atoll_boot_source *src, u64 mem_len,
				 u64 min_gpa, u64 align, u64 *gpa)
{
	const struct atoll_slot *low = &plan->ram.slot[0];
	u64 at = ALIGN(min_gpa, align);
	u64 end;

	if (plan->nr == ATOLL_BOOT_PIECES_MAX)
		return -ENOSPC;
	for (;;) {
		if (mem_len > low->len || at > low->len - mem_len)
			return -ENOSPC;
		end = obstacle_end(plan, at, mem_len);
		if (!end)
			break;
		at = ALIGN(end, align);
	}
	plan->piece[plan->nr++] = (struct atoll_boot_piece){
		.src = *src,
		.gpa = at,
		.file_len = src->size,
		.mem_len = mem_len,
	};
	*gpa = at;
	return 0;
}

/**
 * atoll_boot_plan_modules - add a job's modules
 * @plan:	the plan, the image in it
 * @job:	whose modules
 * @module_gpa:	where each went
 * @extack:	told why not
 *
 * They lie on page boundaries from 1 MiB on, wherever the image leaves room.
 *
 * Return: 0, or -ENOSPC: there is not enough of it.
 */
int atoll_boot_plan_modules(struct atoll_boot_plan *plan,
			    const struct atoll_boot_job *job, u64 *module_gpa,
			    struct netlink_ext_ack *extack)
{
	u32 i;
	int err;

	for (i = 0; i < job->nr_modules; i++) {
		err = atoll_boot_plan_place(plan, &job->module[i].src,
					    ATOLL_BOOT_HIGH_START, SZ_4K,
					    &module_gpa[i]);
		if (err) {
			NL_SET_ERR_MSG(extack, "modules do not fit into memory");
			return err;
		}
	}
	return 0;
}

/**
 * atoll_boot_plan_add_firmware - add what a PC would have in a ROM
 * @plan:	the plan
 * @src:	what to add, all of it; at least one byte
 * @gpa:	where to; all of it between ATOLL_BOOT_LOW_END and _HIGH_START,
 *		whether or not the plan keeps that free
 * @extack:	told why not
 *
 * Return: 0; -ENOSPC: there is no RAM, or something else lies there, which the
 * image's author can help.
 */
int atoll_boot_plan_add_firmware(struct atoll_boot_plan *plan,
				 const struct atoll_boot_source *src, u64 gpa,
				 struct netlink_ext_ack *extack)
{
	if (!atoll_gmem_has(&plan->ram, gpa, src->size)) {
		NL_SET_ERR_MSG(extack,
			       "memory has no room for the firmware's tables: it needs 1 MiB");
		return -ENOSPC;
	}
	if (plan->nr == ATOLL_BOOT_PIECES_MAX || piece_end(plan, gpa, src->size)) {
		NL_SET_ERR_MSG(extack, "image lies where the firmware's tables go");
		return -ENOSPC;
	}
	plan->piece[plan->nr++] = (struct atoll_boot_piece){
		.src = *src,
		.gpa = gpa,
		.file_len = src->size,
		.mem_len = src->size,
	};
	return 0;
}

/**
 * atoll_boot_words - a command line without its first word
 * @cmdline:	as the caller gave it; its first word is the image's name
 *
 * Return: what follows it, within @cmdline.
 */
const char *atoll_boot_words(const char *cmdline)
{
	cmdline += strcspn(cmdline, " ");
	return cmdline + strspn(cmdline, " ");
}

/**
 * atoll_boot_plan_loads - does a byte of a source go there?
 * @plan:	the plan
 * @gpa:	where an image wants to be entered
 */
bool atoll_boot_plan_loads(const struct atoll_boot_plan *plan, u64 gpa)
{
	const struct atoll_boot_piece *piece;

	for (piece = plan->piece; piece < plan->piece + plan->nr; piece++)
		if (gpa >= piece->gpa && gpa - piece->gpa < piece->file_len)
			return true;
	return false;
}

static int load_piece(const struct atoll_boot_piece *piece, struct atoll_gmem *gmem,
		      struct netlink_ext_ack *extack)
{
	int err = atoll_gmem_fill(gmem, piece->gpa, piece->file_len, extack);

	if (err)
		return err;
	if (!piece->src.file)
		return atoll_gmem_write(gmem, piece->gpa,
					piece->src.data + piece->pos,
					piece->file_len);
	return atoll_gmem_load_file(gmem, piece->gpa, piece->src.file, piece->pos,
				    piece->file_len);
}

/**
 * atoll_boot_load - fill RAM for a start
 * @plan:	the plan
 * @gmem:	RAM of the size that was planned for; all of it is zero
 * @extack:	told why not
 *
 * May sleep.  No vCPU runs.
 *
 * Return: 0; -ENODATA: a file has shrunk since it was planned; -EINTR: the
 * caller is being killed; -ENOSPC, -ENOMEM: RAM could not be taken; what the file
 * system says.  RAM may hold a part.
 */
int atoll_boot_load(const struct atoll_boot_plan *plan, struct atoll_gmem *gmem,
		    struct netlink_ext_ack *extack)
{
	struct netlink_ext_ack why = { };
	int err = 0;
	u32 i;

	for (i = 0; !err && i < plan->nr; i++)
		err = load_piece(&plan->piece[i], gmem, &why);
	if (!err && plan->identity)
		err = atoll_linux_tables(gmem, plan->identity, &why);

	if (why._msg && extack)
		extack->_msg = why._msg;
	else if (err == -ENODATA)
		NL_SET_ERR_MSG(extack,
			       "image or module has become shorter since the guest was defined");
	else if (err == -EINTR)
		NL_SET_ERR_MSG(extack, "interrupted while the image was loaded");
	else if (err)
		NL_SET_ERR_MSG(extack, "image or module could not be read");
	return err;
}
