#include "unbound.h"

#include "gate_store.h"

struct unbound {
	struct call *call;
	enum token_scope scope;
	const char *service, *environment, *where;
	struct err err;
};

static void on_bound_rows(const struct pg_result *rows, void *arg)
{
	struct unbound *u = arg;
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < pg_rows(rows); i++) {
		const char *service = pg_text(rows, i, 0), *environment = pg_text(rows, i, 1);
		if (token_allows(u->call->identity, u->scope, NULL, service, environment))
			buf_printf(&text, "%s%s/%s", text.len > 0 ? ", " : "", service, environment);
	}
	err_set_at(&u->err, ERR_NOT_FOUND, u->where, "no policy is bound to service %s, environment %s; bound are: %s",
		u->service, u->environment, text.len > 0 ? buf_str(&text) : "none");
}

static void on_bound(bool ok, const struct err *err, void *arg)
{
	struct unbound *u = arg;
	if (call_succeeded(u->call, ok, err))
		call_fail(u->call, &u->err);
}

void unbound_answer(
	struct call *call, enum token_scope scope, const char *service, const char *environment, const char *where)
{
	struct unbound *u = arena_alloc(call->arena, sizeof(*u));
	*u = (struct unbound){ call, scope, service, environment, where, { 0 } };
	store_bound(svc_pg(call->gateway->svc), call->identity->workspace, on_bound_rows, on_bound, u);
}
