# shellcheck shell=bash
# How tools/run starts and stops its parts. Everything that it makes lies in $state. Sourced, never run.

: "${root:?}" "${here:?}" "${state:?}"
services=(signer audit-writer evaluator connector-worker api-gateway)
api_port=${RP_PORT:-8470}
started=()

health_port() {
	local i
	for i in "${!services[@]}"; do
		[[ ${services[i]} != "$1" ]] || printf '%s\n' "$((api_port + 1 + i))"
	done
}

require_ports() {
	local port
	for ((port = api_port; port <= api_port + ${#services[@]}; port++)); do
		port_is_free "$port" || die "port $port is taken; RP_PORT=N takes the six ports from N on instead of $api_port"
	done
}

# secret FILE COMMAND...: the file with what COMMAND prints, made once and readable for the caller alone.
secret() {
	[[ -s $1 ]] || (umask 077 && "${@:2}" >"$1.new" && mv "$1.new" "$1")
}

cli() { "$root/build/tools/releasepassport/releasepassport" "$@"; }

database_url() { cat "$state/postgres/releasepassport.$1.url"; }

start_postgres() {
	"$here/postgres" start "$state/postgres"
	[[ -f $state/postgres/releasepassport.rp_gateway.url ]] || "$here/postgres" database "$state/postgres" releasepassport
	secret "$state/admin.token.new" cli migrate --database "$(database_url rp_migrate)" --first-token
	# A database that has tokens already gives none again: the one from the first start is kept.
	if [[ -s $state/admin.token.new ]]; then
		mv "$state/admin.token.new" "$state/admin.token"
	else
		rm -f "$state/admin.token.new"
	fi
	psql -q -v ON_ERROR_STOP=1 "$(database_url rp_migrate)" -c "SET ROLE rp_owner" -c "INSERT INTO
		releasepassport.auditor_workspace VALUES ('rp_auditor', 'default') ON CONFLICT DO NOTHING"
	[[ -s $state/admin.token ]] || die "the database has tokens, but $state/admin.token is gone: remove $state to begin anew"
}

start_devbroker() {
	rm -f "$state/bootstrap"
	spawn devbroker "$root/build/tools/devbroker/devbroker" --bootstrap-file "$state/bootstrap"
	wait_until 10 test -s "$state/bootstrap" || die "the broker did not start: $state/logs/devbroker.log"
}

start_kafka() {
	"$here/kafka" start "$state/kafka"
	cp "$state/kafka/bootstrap" "$state/bootstrap"
	cli topics create --brokers "$(cat "$state/bootstrap")" >&2
}

# spawn NAME COMMAND...: in the background, with its own log; ended by stop_all.
spawn() {
	"${@:2}" >"$state/logs/$1.log" 2>&1 </dev/null &
	started+=("$!")
	printf '%s %s\n' "$!" "$1" >>"$state/pids"
}

make_secrets() {
	local name
	[[ -s $state/keys/signer.pem ]] || cli keys generate --out "$state/keys" >&2
	cp "$state/keys/signer.pub" "$state/signer.pub"
	mkdir -p "$state/mac"
	for name in GATEWAY_EVALUATOR WORKER_EVALUATOR EVALUATOR_SIGNER AUDIT_SIGNER; do
		secret "$state/mac/$name" cli keys mac
	done
	[[ -f $state/connectors.yaml ]] || cp "$root/deploy/sample/connectors.yaml" "$state/connectors.yaml"
}

# Each service gets what it needs and nothing else, as its row of rights has it (docs/architecture.md).
start_service() {
	local name=$1 pair settings=()
	local -A pairs=(
		[api-gateway]="GATEWAY_EVALUATOR"
		[evaluator]="GATEWAY_EVALUATOR WORKER_EVALUATOR EVALUATOR_SIGNER"
		[connector-worker]="WORKER_EVALUATOR"
		[signer]="EVALUATOR_SIGNER AUDIT_SIGNER"
		[audit-writer]="AUDIT_SIGNER"
	)
	settings=("KAFKA_BROKERS=$(cat "$state/bootstrap")" "HEALTH_LISTEN=127.0.0.1:$(health_port "$name")")
	for pair in ${pairs[$name]}; do
		settings+=("MAC_KEY_${pair}_FILE=$state/mac/$pair")
	done
	case $name in
	api-gateway) settings+=("DATABASE_URL=$(database_url rp_gateway)" "GATEWAY_LISTEN=127.0.0.1:$api_port"
		"GATEWAY_KEYS_FILE=$state/keys/keyset.json") ;;
	evaluator) settings+=("DATABASE_URL=$(database_url rp_evaluator)") ;;
	audit-writer) settings+=("DATABASE_URL=$(database_url rp_audit_writer)" "AUDIT_KEYS_FILE=$state/keys/keyset.json") ;;
	signer) settings+=("SIGNER_KEY_FILE=$state/keys/signer.pem") ;;
	connector-worker) settings+=("WORKER_CONNECTORS_FILE=$state/connectors.yaml") ;;
	esac
	spawn "$name" env "${settings[@]}" "$root/build/services/releasepassport-$name"
}

is_ready() { curl -fsS -o /dev/null "http://127.0.0.1:$(health_port "$1")/readyz" 2>/dev/null; }

wait_for_services() {
	local name
	for name in "${services[@]}"; do
		wait_until 30 is_ready "$name" || {
			tail -n 5 "$state/logs/$name.log" >&2
			die "$name is not ready: $state/logs/$name.log"
		}
	done
}

# end_processes PID...: asks them to end, and makes them after 15 seconds.
end_processes() {
	local pid
	for pid in "$@"; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	for pid in "$@"; do
		wait_until 15 is_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
	done
}

# Ends what this run started: the services, and only then what they finish their work with.
stop_all() {
	trap '' INT TERM
	end_processes "${started[@]:1}"
	end_processes "${started[@]:0:1}"
	[[ ! -f $state/kafka/pid ]] || "$here/kafka" stop "$state/kafka" >&2 || true
	[[ ! -d $state/postgres ]] || "$here/postgres" stop "$state/postgres" >&2 || true
	rm -f "$state/pids"
}

# A run that was killed could not stop its parts.
stop_leftovers() {
	local pid name
	if [[ -f $state/pids ]]; then
		while read -r pid name; do
			! is_running "$pid" "$name" || end_processes "$pid"
		done <"$state/pids"
		rm -f "$state/pids"
	fi
	[[ ! -f $state/kafka/pid ]] || "$here/kafka" stop "$state/kafka" >/dev/null 2>&1 || true
	[[ ! -d $state/postgres ]] || "$here/postgres" stop "$state/postgres" >/dev/null 2>&1 || true
}
