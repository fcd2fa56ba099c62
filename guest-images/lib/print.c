// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formatted output to the serial port, and the way out of the machine.
 */
#include "print.h"
#include "string.h"
#include "uart.h"

#define EXIT_PORT	0xf4

struct spec {
	u8 left, zero, longs;
	u32 width;
};

static void put_padded(const struct spec *s, const char *text, size_t len)
{
	size_t pad = s->width > len ? s->width - len : 0;
	size_t i;

	if (!s->left)
		for (i = 0; i < pad; i++)
			uart_putc(s->zero ? '0' : ' ');
	for (i = 0; i < len; i++)
		uart_putc(text[i]);
	if (s->left)
		for (i = 0; i < pad; i++)
			uart_putc(' ');
}

static void put_hex(const struct spec *s, u64 v)
{
	char buf[16], *p = buf + sizeof(buf);

	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	put_padded(s, p, buf + sizeof(buf) - p);
}

static void put_decimal(const struct spec *s, ulong v, u8 negative)
{
	char buf[21], *p = buf + sizeof(buf);

	do {
		*--p = '0' + v % 10;
		v /= 10;
	} while (v);
	if (negative)
		*--p = '-';
	put_padded(s, p, buf + sizeof(buf) - p);
}

static const char *parse_spec(const char *p, struct spec *s)
{
	*s = (struct spec){};
	for (;; p++) {
		if (*p == '-')
			s->left = 1;
		else if (*p == '0')
			s->zero = 1;
		else
			break;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		s->width = s->width * 10 + (*p - '0');
	for (; *p == 'l'; p++)
		s->longs++;
	return p;
}

void vprintf(const char *fmt, va_list ap)
{
	struct spec s;
	const char *text;
	char c;
	int d;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			uart_putc(*fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &s);
		switch (*fmt) {
		case 'c':
			c = va_arg(ap, int);
			put_padded(&s, &c, 1);
			break;
		case 's':
			text = va_arg(ap, const char *);
			put_padded(&s, text, strlen(text));
			break;
		case 'd':
			d = va_arg(ap, int);
			put_decimal(&s, d < 0 ? -(ulong)d : (ulong)d, d < 0);
			break;
		case 'u':
			put_decimal(&s, s.longs ? va_arg(ap, ulong) : va_arg(ap, u32), 0);
			break;
		case 'x':
			if (s.longs > 1)
				put_hex(&s, va_arg(ap, u64));
			else
				put_hex(&s, s.longs ? va_arg(ap, ulong) : va_arg(ap, u32));
			break;
		default:
			uart_putc(*fmt);
		}
	}
}

void printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

void exit(int code)
{
	uart_drain();
	outb(EXIT_PORT, code);
	for (;;)
		asm volatile("cli\n\thlt");
}
