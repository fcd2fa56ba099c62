// SPDX-License-Identifier: GPL-2.0-only
/*
 * Noise: right requests with some bytes changed, and plain garbage.  The seed
 * is fixed, so that a failure comes again.
 *
 * A request may turn out right by chance.  Then the world is put back;
 * otherwise it must be as it was.
 */
#include <string.h>
#include "nltest.h"

#define ROUNDS		2500
#define HEADS		(NLMSG_HDRLEN + GENL_HDRLEN)

static uint64_t state = 0x61746f6c6c;
static struct msg m;
static struct answer a;

/* xorshift64: Marsaglia, "Xorshift RNGs" */
static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % below;
}

static void garbage(void)
{
	uint8_t bytes[256];
	unsigned int i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = draw(256);
	msg_begin(&m, draw(__ATOLL_CMD_MAX + 1), draw(8) ? 0 : NLM_F_DUMP);
	msg_raw(&m, bytes, draw(sizeof(bytes)));
}

/* Lengths and types are what parsers trip over, so favour small numbers */
static void spoil(void)
{
	unsigned int times = 1 + draw(4);

	while (times--) {
		size_t at = HEADS + draw(m.len - HEADS);

		if (draw(2))
			m.buf[at] = draw(256);
		else
			m.buf[at & ~3UL] = draw(16);
	}
	if (!draw(8)) {
		m.len = HEADS + draw(m.len - HEADS);
		msg_head(&m)->nlmsg_len = m.len;
	}
	if (!draw(16))
		((struct genlmsghdr *)(m.buf + NLMSG_HDRLEN))->cmd = draw(__ATOLL_CMD_MAX + 1);
}

static void one_round(unsigned int round)
{
	const struct msg *seed = malformed_seed(draw(14));

	if (draw(4) && seed->len > HEADS) {
		memcpy(m.buf, seed->buf, seed->len);
		m.len = seed->len;
		spoil();
	} else {
		garbage();
	}
	call(&m, &a);
	if (!a.told)
		check(false, "round %u: no answer: %s", round, strerror(a.err));
	if (!a.err) {
		world_reset();
	} else if (world_changed()) {
		check(false, "round %u: refused, and has changed something", round);
		world_reset();
	}
}

void test_fuzz(void)
{
	unsigned int round;

	for (round = 0; round < ROUNDS; round++)
		one_round(round);
	check(world_state(WITNESS) == ATOLL_STATE_NEW, "%u rounds of noise are survived", round);
}
