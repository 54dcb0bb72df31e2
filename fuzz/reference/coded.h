/* Lengths of an address behind an encoding. */
#ifndef REFERENCE_CODED_H
#define REFERENCE_CODED_H

#include "address.h"

/* An address in in->spelling that begins at a place and was read up to in->furthest: the first octet with which no code
 * that fits the limits (RFC 5321 section 4.5.3.1) begins or goes on, or SIZE_MAX. *until: where \x{...} that is too
 * long ends, of whose octets smtpwire.h does not say which is the wrong one; else 0. */
size_t coded_too_long(struct input *in, size_t at, rule *address, const struct smtpwire_options *options,
                      size_t *until);

#endif
