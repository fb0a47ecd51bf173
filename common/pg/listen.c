#include "pg/listen.h"

#include "base/buf.h"
#include "pg/pool.h"

void listen_add(struct pg_work *work, const char *const *channels)
{
	for (; channels != NULL && *channels != NULL; channels++) {
		owned_buf struct buf sql = { 0 };
		buf_append_str(&sql, "LISTEN \"");
		for (const char *c = *channels; *c != '\0'; c++) {
			if (*c == '"')
				buf_append_char(&sql, '"');
			buf_append_char(&sql, *c);
		}
		buf_append_char(&sql, '"');
		work_add(work, PG_CALL_COMMAND, NULL, buf_str(&sql));
	}
}

void listen_deliver(struct connection *c)
{
	PGnotify *notify;
	while ((notify = PQnotifies(c->conn)) != NULL) {
		pool_notified(c->pg, notify->relname, notify->extra);
		PQfreemem(notify);
	}
}
