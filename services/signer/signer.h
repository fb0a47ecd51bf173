/* The signer: the only process that holds the private key. verdicts -> passports; everything it refuses is a failure.
 */
#ifndef SIGNER_SIGNER_H
#define SIGNER_SIGNER_H

#include "svc/svc.h"

extern const struct svc_descriptor signer_svc;

#endif
