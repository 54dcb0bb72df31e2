/* A record as a JSON object. */
#ifndef JSON_H
#define JSON_H

#include "record.h"

#include <jansson.h>

/* The keys that are there, in their order. The caller owns it; null if memory is short. */
json_t *record_json(const struct record *record);

#endif
