/* Values of ESMTP parameters, each by the rule of its RFC. */
#ifndef REFERENCE_VALUES_H
#define REFERENCE_VALUES_H

#include "address.h"

/* Judges and reads the value of a parameter that takes one. in is the value alone. Returns the offset of the first
 * fault within it and its id, or accepts: NONE. *non_ascii: it is accepted and stands for octets over 127. */
struct reference_verdict value_read(struct input *in, unsigned id, const struct smtpwire_options *options,
                                    struct reference_parameter *parameter, int *non_ascii);

rule date_time, date_time_UTC, rrvs_value, base64, Solicitation_keywords, DIGITS;

/* Reads a date-time that was accepted. */
void date_read(const unsigned char *data, size_t len, struct reference_parameter *into);

/* A number of digits, no more than 19 of which count. */
uint64_t decimal(const unsigned char *data, size_t len);

#endif
