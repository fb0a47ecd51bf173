/* A private PostgreSQL for this program (tools/postgres) and what the tests do to it from outside. */
#ifndef TESTS_INTEGRATION_PG_SERVER_H
#define TESTS_INTEGRATION_PG_SERVER_H

#include <stdbool.h>

void server_start(void);
void server_stop(void); /* and away with its folder */
void server_restart(void);
void server_halt(void);
void server_resume(void); /* after server_halt, on the same port */
/* The superuser's URL. */
const char *server_url(void);
const char *server_folder(void);
/* Runs SQL over a connection of its own; the first value of the last statement, "" for none. A failure ends the test.
 */
const char *server_sql(const char *sql);

#endif
