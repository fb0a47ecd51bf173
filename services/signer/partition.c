#include "partition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "verdict_check.h"
#include "log/log.h"
#include "verdict.pb-c.h"

#define RETRY_S 1
#define FORGET_EVERY_S 30
/* Twice the age at which a verdict is refused: whatever may still be signed has its entry. */
#define LIFE_US (2 * CHECK_VERDICT_AGE_MAX_US)

/* One reading back. It outlives its partition's assignment if that ends first, and then has no effect. */
struct reading {
	struct partitions *partitions;
	struct reading *next;
	int32_t partition;
	struct ledger *ledger; /* NULL once the partition was taken away */
};

struct partition {
	struct partition *next;
	int32_t number;
	struct ledger *ledger;
	struct reading *reading; /* NULL: the ledger is complete */
	struct event *retry;
	struct partitions *owner;
};

struct partitions {
	struct svc *svc;
	struct partition *list;
	struct reading *readings; /* all that the bus still knows of */
	struct event *forget;
};

static void on_forget(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct partitions *partitions = arg;
	for (struct partition *p = partitions->list; p != NULL; p = p->next)
		ledger_forget_before(p->ledger, clock_now_us() - LIFE_US);
}

struct partitions *partitions_create(struct svc *svc)
{
	struct partitions *partitions = mem_zalloc(1, sizeof(*partitions));
	partitions->svc = svc;
	partitions->forget = event_new(svc_base(svc), -1, EV_PERSIST, on_forget, partitions);
	event_add(partitions->forget, &(struct timeval){ .tv_sec = FORGET_EVERY_S });
	return partitions;
}

static struct partition **find(struct partitions *partitions, int32_t number)
{
	struct partition **p = &partitions->list;
	while (*p != NULL && (*p)->number != number)
		p = &(*p)->next;
	return p;
}

static void remove_at(struct partition **at)
{
	struct partition *p = *at;
	*at = p->next;
	if (p->reading != NULL)
		p->reading->ledger = NULL;
	if (p->retry != NULL)
		event_free(p->retry);
	ledger_destroy(p->ledger);
	free(p);
}

void partitions_destroy(struct partitions *partitions)
{
	if (partitions == NULL)
		return;
	while (partitions->list != NULL)
		remove_at(&partitions->list);
	for (struct reading *next, *r = partitions->readings; r != NULL; r = next) {
		next = r->next;
		free(r);
	}
	event_free(partitions->forget);
	free(partitions);
}

static void on_passport(const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	(void)record;
	struct reading *reading = context;
	const Rp__V1__Passport *passport = (const Rp__V1__Passport *)message;
	uint8_t digest[SHA256_SIZE];
	if (reading->ledger == NULL)
		return;
	if (strlen(passport->verdict_digest) != 2 * sizeof(digest) ||
		!hex_decode(passport->verdict_digest, digest, sizeof(digest))) {
		LOG_WARN(&(struct log_ctx){ passport->evaluation_id },
			"a passport that was read back has no verdict digest");
		return;
	}
	ledger_record(reading->ledger, passport->evaluation_id, digest, passport->decided_at_us);
}

static void read_back(struct partition *p);

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	read_back(arg);
}

static void reading_free(struct reading *reading)
{
	struct reading **at = &reading->partitions->readings;
	while (*at != reading)
		at = &(*at)->next;
	*at = reading->next;
	free(reading);
}

static void on_read_back(bool ok, void *context)
{
	struct reading *reading = context;
	struct partitions *partitions = reading->partitions;
	struct partition *p = *find(partitions, reading->partition);
	bool wanted = p != NULL && p->reading == reading;
	if (wanted) {
		p->reading = NULL;
		if (ok) {
			LOG_INFO(NULL, "the ledger is rebuilt", LOG_INT("partition", p->number),
				LOG_INT("evaluations", ledger_count(p->ledger)));
			bus_release(svc_bus(partitions->svc), TOPIC_VERDICTS, p->number);
		} else {
			LOG_WARN(NULL, "passports could not be read back, trying again",
				LOG_INT("partition", p->number));
			p->retry = p->retry != NULL ? p->retry : evtimer_new(svc_base(partitions->svc), on_retry, p);
			event_add(p->retry, &(struct timeval){ .tv_sec = RETRY_S });
		}
	}
	reading_free(reading);
}

static void read_back(struct partition *p)
{
	struct partitions *partitions = p->owner;
	struct reading *reading = mem_zalloc(1, sizeof(*reading));
	*reading = (struct reading){ partitions, partitions->readings, p->number, p->ledger };
	partitions->readings = reading;
	p->reading = reading;
	bus_read_back(svc_bus(partitions->svc), TOPIC_PASSPORTS, p->number, clock_now_us() - LIFE_US, on_passport,
		on_read_back, reading);
}

void partitions_assigned(struct partitions *partitions, int32_t partition)
{
	partitions_revoked(partitions, partition);
	struct partition *p = mem_zalloc(1, sizeof(*p));
	p->number = partition;
	p->owner = partitions;
	p->ledger = ledger_create();
	p->next = partitions->list;
	partitions->list = p;
	bus_hold(svc_bus(partitions->svc), TOPIC_VERDICTS, partition);
	read_back(p);
}

void partitions_revoked(struct partitions *partitions, int32_t partition)
{
	struct partition **at = find(partitions, partition);
	if (*at != NULL)
		remove_at(at);
}

bool partitions_ready(const struct partitions *partitions)
{
	for (const struct partition *p = partitions->list; p != NULL; p = p->next)
		if (p->reading != NULL || (p->retry != NULL && event_pending(p->retry, EV_TIMEOUT, NULL)))
			return false;
	return true;
}

struct ledger *partitions_ledger(struct partitions *partitions, int32_t partition)
{
	struct partition *p = *find(partitions, partition);
	assert(p != NULL);
	return p->ledger;
}
