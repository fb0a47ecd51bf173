/* The text of one setting becomes its value: private to conf. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf/conf.h"

/*
 * Reads text (never empty) as key's type into field. Where the type is a text, field takes a malloc'ed copy. The value
 * of a secret is never part of the error. ERR_CONFIG.
 */
bool conf_value_parse(const struct conf_key *key, const char *text, void *field, struct err *err) MUST_CHECK;

#endif
