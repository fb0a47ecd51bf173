/*
 * The audit-writer: the only process that writes what is kept. A passport, its facts and its leaf become durable in one
 * transaction, and only then is the decision announced.
 */
#ifndef AUDIT_WRITER_AUDIT_WRITER_H
#define AUDIT_WRITER_AUDIT_WRITER_H

#include "passport/keyset.h"
#include "svc/svc.h"

struct batch;
struct announcements;
struct outbox;
struct gauges;

struct audit_conf {
	const char *keys_file;
	int64_t batch_max;
};

struct audit_writer {
	struct svc *svc;
	struct keyset *keys;                 /* whose signatures a passport may have */
	struct batch *batch;                 /* what goes to the database together */
	struct announcements *announcements; /* recorded decisions on their way to the public topic */
	struct outbox *outbox;               /* audit events of the gateway's writes */
	struct gauges *gauges;               /* what operators alarm on */
};

extern const struct svc_descriptor audit_writer_svc;

#endif
