# shellcheck shell=bash
# What the scripts in tools/ share: messages, ports, waiting, Debian's packages. Sourced, never run.

say() { printf '%s\n' "$*" >&2; }
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

cache_dir() { printf '%s\n' "${RELEASEPASSPORT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/releasepassport}"; }

# port_is_taken PORT: does something listen on it, on any address? Read from the kernel: nothing is connected to.
port_is_taken() {
	local hex
	hex=$(printf '%04X' "$1")
	awk -v port="$hex" '$4 == "0A" { sub(/.*:/, "", $2); if ($2 == port) found = 1 } END { exit !found }' \
		/proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# free_port: one that nobody listens on, below the range from which the kernel gives ports to clients.
free_port() {
	local port
	for _ in {1..200}; do
		port=$((20000 + RANDOM % 12000))
		if ! port_is_taken "$port"; then
			printf '%s\n' "$port"
			return 0
		fi
	done
	die "no free port between 20000 and 31999"
}

port_is_free() { ! port_is_taken "$1"; }

# is_running PID NAME: is this process there, and is it still the program NAME? Process ids are given out again.
is_running() {
	[[ -n $1 && -r /proc/$1/cmdline ]] && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -qF -- "$2"
}

# is_gone PID: has this process ended? One that nobody has waited for yet has.
is_gone() {
	local state
	state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) || return 0
	[[ -z $state || $state == Z* ]]
}

# wait_until SECONDS COMMAND...: runs COMMAND every 50 ms until it succeeds.
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}

# as_root COMMAND...: by sudo where the caller is not root.
as_root() {
	if ((EUID == 0)); then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "needs root or sudo for: $*"
	fi
}

# install_packages FILE...: Debian's packages that these lists name and that are missing. No service is started.
install_packages() {
	local missing=() name
	while read -r name; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
	done < <(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$@")
	((${#missing[@]} > 0)) || return 0
	say "installing ${#missing[@]} Debian packages: ${missing[*]}"
	without_services apt-get -q update >/dev/null
	without_services apt-get -q install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# without_services COMMAND...: as root, while Debian's maintainer scripts may start nothing (policy-rc.d says 101): the
# scripts here start private instances, and a machine that only tries this out shall not get new services.
without_services() {
	local policy=/usr/sbin/policy-rc.d made=false status=0
	if [[ ! -e $policy ]]; then
		printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
		made=true
	fi
	as_root env DEBIAN_FRONTEND=noninteractive "$@" || status=$?
	! $made || as_root rm -f "$policy"
	return "$status"
}
