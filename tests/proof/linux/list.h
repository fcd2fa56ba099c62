/* SPDX-License-Identifier: GPL-2.0-only */
/* As types.h: declarations only, nothing that is proved has a list */
struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}
