/* What the files of common/svc share with each other and with nobody else. */
#ifndef SVC_INTERNAL_H
#define SVC_INTERNAL_H

#include "svc/svc.h"

struct emission;

/* The head of the list of records that are not acknowledged yet. */
struct emission **svc_emissions(struct svc *svc);
/* Frees them without calling anyone. */
void svc_emissions_drop(struct svc *svc);

#endif
