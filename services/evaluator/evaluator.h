/* The evaluator: gate requests and facts -> queries and verdicts. It knows no HTTP and of the database only policies.
 */
#ifndef EVALUATOR_EVALUATOR_H
#define EVALUATOR_EVALUATOR_H

#include "svc/svc.h"

extern const struct svc_descriptor evaluator_svc;

#endif
