/* What the callbacks read a result through. */
#ifndef PG_RESULT_H
#define PG_RESULT_H

#include <libpq-fe.h>

#include "pg/pg.h"

struct pg_result {
	const PGresult *result;
};

#endif
