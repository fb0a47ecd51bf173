/* The public keys of passports. Public: whoever verifies a passport needs no token. */
#ifndef GATEWAY_KEYS_H
#define GATEWAY_KEYS_H

#include "call.h"

/* GET /keys: a JWKS with the time of each key, or PEM where application/x-pem-file is asked for. */
void keys_get(struct call *call);
/* GET /keys.pem */
void keys_get_pem(struct call *call);

#endif
