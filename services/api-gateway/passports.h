/* Passports: listed, and read in each of their forms. What a token may not read is not there for it. */
#ifndef GATEWAY_PASSPORTS_H
#define GATEWAY_PASSPORTS_H

#include "call.h"

extern const char *const passports_list_query[];

/* GET /passports */
void passports_list(struct call *call);
/* GET /passports/{id}: the answer of its gate call with the signed statement; the signature is verified. */
void passports_get(struct call *call);
/* GET /passports/{id}.dsse: the envelope, byte for byte as it is recorded. */
void passports_get_dsse(struct call *call);
/* GET /passports/{id}.sigstore: the bundle around it. */
void passports_get_sigstore(struct call *call);
/* GET /passports/{id}.md: for people; the signature is verified. */
void passports_get_markdown(struct call *call);

#endif
