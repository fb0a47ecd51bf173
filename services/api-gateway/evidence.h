/* Evidence that CI, scanners and tests post. */
#ifndef GATEWAY_EVIDENCE_H
#define GATEWAY_EVIDENCE_H

#include "call.h"

/* POST /evidence/ingest; with the header Idempotency-Key a repeated post is harmless. */
void evidence_ingest(struct call *call);

#endif
