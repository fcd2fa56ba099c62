# SPDX-License-Identifier: GPL-2.0-only
#
# bash completion for atoll.  The command itself knows its verbs, options and
# guests; with no candidates, bash offers files.
# shellcheck shell=bash

_atoll()
{
	local word=${COMP_WORDS[COMP_CWORD]}
	local words=() i

	# -j before the verb, and the = that bash makes a word of, say nothing
	for ((i = 1; i <= COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		=)
			[ "$i" -lt "$COMP_CWORD" ] || word='' words+=('')
			;;
		-j | --json)
			[ "$i" -lt "$COMP_CWORD" ] || words+=("$word")
			;;
		*)
			words+=("${COMP_WORDS[i]}")
			;;
		esac
	done
	mapfile -t COMPREPLY < <(compgen -W \
		"$(atoll __complete "${words[@]}" 2>/dev/null)" -- "$word")
}

complete -o default -F _atoll atoll
