// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli_json: is stdin one JSON value (RFC 8259), and nothing after it?  With
 * -l: is each line of it one?  Exit 0 if so.  Written from the RFC, with no
 * library that atoll uses itself.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX	32

static const char *value(const char *s, int depth);

static const char *blank(const char *s)
{
	return s + strspn(s, " \t\n\r");
}

/* All of these return what follows, or NULL: not JSON */
static const char *string(const char *s)
{
	for (s++; *s != '"'; s++) {
		if ((unsigned char)*s < 0x20)
			return NULL;
		if (*s == '\\' && (!*++s || !strchr("\"\\/bfnrtu", *s)))
			return NULL;
	}
	return s + 1;
}

static const char *digits(const char *s)
{
	if (!isdigit((unsigned char)*s))
		return NULL;
	return s + strspn(s, "0123456789");
}

static const char *number(const char *s)
{
	s += *s == '-';
	s = *s == '0' ? s + 1 : digits(s);
	if (s && *s == '.')
		s = digits(s + 1);
	if (s && (*s == 'e' || *s == 'E')) {
		s++;
		s = digits(s + (*s == '+' || *s == '-'));
	}
	return s;
}

/* The members of an object or array, from behind its opening bracket */
static const char *members(const char *s, char end, int depth)
{
	s = blank(s);
	if (*s == end)
		return s + 1;
	for (;;) {
		if (end == '}') {
			if (*s != '"')
				return NULL;
			s = string(s);
			s = s ? blank(s) : "";
			if (*s++ != ':')
				return NULL;
		}
		s = value(s, depth + 1);
		if (!s)
			return NULL;
		if (*s == end)
			return s + 1;
		if (*s++ != ',')
			return NULL;
		s = blank(s);
	}
}

static const char *word(const char *s)
{
	static const char * const words[] = { "true", "false", "null" };
	size_t i;

	for (i = 0; i < 3; i++)
		if (!strncmp(s, words[i], strlen(words[i])))
			return s + strlen(words[i]);
	return NULL;
}

static const char *value(const char *s, int depth)
{
	s = blank(s);
	if (depth == DEPTH_MAX)
		return NULL;
	if (*s == '{' || *s == '[')
		s = members(s + 1, *s + 2, depth);	/* '}' is '{' + 2 */
	else if (*s == '"')
		s = string(s);
	else if (*s == '-' || isdigit((unsigned char)*s))
		s = number(s);
	else
		s = word(s);
	return s ? blank(s) : NULL;
}

static int is_json(const char *text)
{
	const char *end = value(text, 0);

	return end && !*end;
}

int main(int argc, char **argv)
{
	static char text[1 << 20];
	int by_line = argc > 1 && !strcmp(argv[1], "-l");
	size_t len;

	if (by_line) {
		while (fgets(text, sizeof(text), stdin))
			if (!is_json(text))
				return 1;
		return 0;
	}
	len = fread(text, 1, sizeof(text) - 1, stdin);
	return memchr(text, '\0', len) || !is_json(text);
}
