# shellcheck shell=bash
# The suites of tools/test. Each writes what it found to $results, for tests/harness/results.py. Sourced, never run.

: "${root:?}" "${here:?}" "${results:?}"
venv=$(cache_dir)/venv-tests

# build_with FOLDER [MESON OPTIONS...]: sets up once, builds what changed.
build_with() {
	local folder=$root/$1
	shift
	[[ -f $folder/build.ninja ]] || meson setup "$folder" "$root" "$@" >"$results/meson-setup.log" 2>&1 || {
		cat "$results/meson-setup.log" >&2
		return 1
	}
	ninja -C "$folder" -j "$(nproc)" --quiet >&2
}

fetch_counterparts() {
	"$here/kafka" fetch && "$here/fetch-verifiers" && make_venv
}

# The list of what is in it is copied last: a virtual environment without it is incomplete.
make_venv() {
	! cmp -s "$root/tests/requirements.txt" "$venv/requirements.txt" || return 0
	say "making a virtual environment in $venv"
	rm -rf "$venv"
	/usr/bin/python3 -m venv "$venv" &&
		"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$root/tests/requirements.txt" >&2 &&
		cp "$root/tests/requirements.txt" "$venv/requirements.txt"
}

# check NAME COMMAND...: one line in the results of the static suite; what it printed is shown if it failed.
check() {
	local verdict=passed
	"${@:2}" >"$results/check.log" 2>&1 || verdict=failed
	printf '%s\t%s\n' "$verdict" "$1" >>"$results/${suite:?}.checks"
	say "$1: $verdict"
	[[ $verdict == passed ]] || cat "$results/check.log" >&2
}

tracked() { git -C "$root" ls-files -z --cached --others --exclude-standard "$@"; }

shell_scripts() {
	tracked tools .ci deploy tests | while IFS= read -r -d '' file; do
		[[ $file != *.sh ]] && ! head -n 1 "$file" | grep -qE '^#!.*\b(ba)?sh\b' || printf '%s\0' "$file"
	done
}

check_format() { tracked '*.c' '*.h' | xargs -0 -r clang-format --dry-run -Werror; }
check_shell() { shell_scripts | xargs -0 -r shellcheck -x; }
check_python() { tracked '*.py' | xargs -0 -r python3 -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]'; }

suite_static() {
	check 'C is formatted by .clang-format' check_format
	check 'shellcheck' check_shell
	check 'Python parses' check_python
	check 'layers' "$here/check-layers" "$root"
	check 'generated documents are up to date' "$here/generate-docs" --check
}

# meson_suites NAME FOLDER SUITE...: the failing tests' output is shown.
meson_suites() {
	local name=$1 folder=$root/$2 status=0
	shift 2
	meson test -C "$folder" --no-rebuild --print-errorlogs --num-processes "$(nproc)" "${@/#/--suite=}" >&2 || status=$?
	cp "$folder/meson-logs/testlog.json" "$results/$name.meson.json"
	return "$status"
}

# pytest_suite NAME FOLDER OPTIONS...: folders without a test are nothing to run.
pytest_suite() {
	local name=$1 folder=$2
	shift 2
	[[ -n $(find "$root/tests/$folder" -name 'test_*.py' -print -quit) ]] || return 0
	$RP_TEST_ALL && set -- "$@" --all
	(cd "$root/tests" && "$venv/bin/python" -m pytest -q --junitxml "$results/$name.junit.xml" "$folder" "$@" >&2)
}

suite_unit() { meson_suites unit build unit; }
suite_fuzz_corpus() { meson_suites fuzz-corpus build fuzz-corpus; }

suite_integration() {
	local status=0
	meson_suites integration build integration || status=1
	pytest_suite integration-pytest integration || status=1
	return "$status"
}

suite_e2e() { pytest_suite e2e e2e; }

suite_sanitized() {
	local status=0
	build_with build-asan -Db_sanitize=address,undefined -Db_lundef=false || return 1
	export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	meson_suites sanitized build-asan unit fuzz-corpus || status=1
	RP_BUILD=$root/build-asan RP_SANITIZED=1 pytest_suite sanitized-e2e e2e -m sanitized || status=1
	return "$status"
}

# As a new user starts it: on the embedded broker, once more, and on a real Kafka.
suite_run() {
	RP_STATE=$(mktemp -d)
	RP_PORT=$(free_port)
	export RP_STATE RP_PORT
	check 'a release goes through the gate' "$here/run" --once
	check 'it leaves a passport, a bundle and the key' run_left_its_files
	check 'a second start takes less than 15 seconds' timeout 15 "$here/run" --once
	check 'on a real Kafka too' "$here/run" --broker kafka --once
	check 'Ctrl-C ends everything' run_ends_by_interrupt
	rm -rf "$RP_STATE"
}

run_left_its_files() {
	local cli=$root/build/tools/releasepassport/releasepassport form
	for form in dsse sigstore; do
		"$cli" verify "$RP_STATE/passport.$form.json" --key "$RP_STATE/signer.pub" --service demo || return 1
	done
}

# As from a terminal: in a session of its own, and with SIGINT not ignored, which background jobs inherit.
run_ends_by_interrupt() {
	local pid log=$RP_STATE/interrupt.log
	# shellcheck disable=SC2016 # that shell expands it
	setsid --fork env --default-signal=INT bash -c 'echo $$ >"$RP_STATE/pid"; exec "$0"' "$here/run" >"$log" 2>&1
	wait_until 30 grep -q '^Ctrl-C ends it' "$log" || { cat "$log" && return 1; }
	pid=$(cat "$RP_STATE/pid")
	kill -INT "$pid"
	wait_until 60 is_gone "$pid" || { say "it did not end" && tail -n 5 "$log" "$RP_STATE"/logs/*.log && return 1; }
	! grep -l "$RP_STATE" /proc/[0-9]*/environ 2>/dev/null | grep -v "/$$/\|/$BASHPID/" || { say "these still run" && return 1; }
}

# As operators build it: optimised and hardened, which has warnings of its own.
suite_release() {
	local program=$root/build-release/services/releasepassport-signer
	check 'the release builds' build_with build-release --buildtype=release -Dtests=false
	check 'it is hardened' hardened "$program"
}

hardened() {
	local sign
	readelf -d -l -s -W "$1" >"$results/readelf.log"
	for sign in BIND_NOW PIE GNU_RELRO __stack_chk_fail _chk@; do
		grep -q "$sign" "$results/readelf.log" || { say "no sign of $sign" && return 1; }
	done
}

suite_clang() {
	local status=0 fuzzer
	CC=clang build_with build-clang -Dfuzz=true || return 1
	meson_suites clang build-clang unit fuzz-corpus || status=1
	$RP_TEST_ALL || return "$status"
	for fuzzer in "$root"/build-clang/tests/fuzz/fuzz-*; do
		[[ -x $fuzzer && -f $fuzzer ]] || continue
		run_fuzzer "$fuzzer" || status=1
	done
	return "$status"
}

# A finding is kept as build/test-results/crash-...: it belongs into the corpus together with its repair.
run_fuzzer() {
	local name=${1##*/fuzz-} scratch verdict=passed
	scratch=$(mktemp -d)
	"$1" -max_total_time=30 -rss_limit_mb=1024 -artifact_prefix="$results/" "$scratch" "$root/tests/fuzz/corpus/$name" \
		>"$results/fuzz-$name.log" 2>&1 || verdict=failed
	rm -rf "$scratch"
	printf '%s\tfuzzing %s for 30 s\n' "$verdict" "$name" >>"$results/clang.checks"
	say "fuzzing $name: $verdict"
	[[ $verdict == passed ]] || { tail -n 30 "$results/fuzz-$name.log" >&2 && return 1; }
}
