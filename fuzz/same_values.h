/* Whether two parameters mean the same, for the fuzz targets and the tests of the writers. */
#ifndef SAME_VALUES_H
#define SAME_VALUES_H

#include "smtpwire.h"

#include <stddef.h>
#include <string.h>

static inline int same_octets(struct smtpwire_slice a, struct smtpwire_slice b)
{
    if (a.len != b.len || a.len == 0)
        return a.len == b.len;
    return a.data != NULL && b.data != NULL && memcmp(a.data, b.data, a.len) == 0;
}

static inline int same_time(const struct smtpwire_date_time *a, const struct smtpwire_date_time *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
           a->minute == b->minute && a->second == b->second && a->offset == b->offset &&
           (a->fraction.data != NULL) == (b->fraction.data != NULL) && same_octets(a->fraction, b->fraction);
}

/* The members that smtpwire.h names for each id; its value as it stands where it names none. */
static inline int same_values(const struct smtpwire_parameter *a, const struct smtpwire_parameter *b)
{
    if (a->id != b->id || (a->value.data != NULL) != (b->value.data != NULL))
        return 0;
    switch (a->id) {
    case SMTPWIRE_PARAMETER_SIZE:
        return a->size == b->size;
    case SMTPWIRE_PARAMETER_BODY:
        return a->body == b->body;
    case SMTPWIRE_PARAMETER_RET:
        return a->ret == b->ret;
    case SMTPWIRE_PARAMETER_NOTIFY:
        return a->notify == b->notify;
    case SMTPWIRE_PARAMETER_MT_PRIORITY:
        return a->priority == b->priority;
    case SMTPWIRE_PARAMETER_HOLDFOR:
        return a->hold_for == b->hold_for;
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
        return same_time(&a->hold_until, &b->hold_until);
    case SMTPWIRE_PARAMETER_RRVS:
        return same_time(&a->rrvs.since, &b->rrvs.since) && a->rrvs.no_support == b->rrvs.no_support;
    case SMTPWIRE_PARAMETER_BY:
        return a->by.seconds == b->by.seconds && a->by.mode == b->by.mode && a->by.trace == b->by.trace;
    case SMTPWIRE_PARAMETER_ORCPT:
        return same_octets(a->orcpt.type, b->orcpt.type) && same_octets(a->orcpt.address, b->orcpt.address) &&
               a->orcpt.utf8 == b->orcpt.utf8;
    case SMTPWIRE_PARAMETER_MTRK:
        return same_octets(a->mtrk.certifier, b->mtrk.certifier) && a->mtrk.timeout == b->mtrk.timeout &&
               a->mtrk.has_timeout == b->mtrk.has_timeout;
    default:
        return same_octets(a->value, b->value);
    }
}

#endif
