/* Faults of one address, and what all lines have in common. */
#ifndef REFERENCE_JUDGE_H
#define REFERENCE_JUDGE_H

#include "address.h"

/* Leniencies of addresses, and of command lines besides. */
enum {
    ADDRESS_LENIENCIES =
        SMTPWIRE_LAX_UNDERSCORE | SMTPWIRE_LAX_TRAILING_DOT | SMTPWIRE_LAX_EMPTY_ATOM | SMTPWIRE_LAX_IPV6_ONE_GROUP,
    LINE_LENIENCIES = SMTPWIRE_LAX_SPACE_AFTER_COLON | SMTPWIRE_LAX_MISSING_BRACKETS | SMTPWIRE_LAX_TRAILING_SPACE |
                      SMTPWIRE_LAX_HTAB_SEPARATOR
};

/* Which lengths are limited. */
enum measure { NOTHING, PATH, MAILBOX, HOST };

struct reference_verdict fault(unsigned id, size_t offset);

/* CR, LF and NUL are in no line; they are told before all else (RFC 5321 sections 2.3.8 and 4.1.2). 1 and *verdict if
 * there is one. */
int framing(const unsigned char *data, size_t len, struct reference_verdict *verdict);

/* The place of the first octet over 127, or len. */
size_t first_non_ascii(const unsigned char *data, size_t len);

/* One address by its rule from at on. Returns the places where it may end. *verdict is what is wrong if the line's
 * fault is in it: a length, a tag, an octet over 127, or syntax at the longest prefix. in->utf8: UTF-8 may stand in it.
 */
struct places judge(struct input *in, size_t at, rule *address, enum measure measure,
                    const struct smtpwire_options *options, unsigned syntax, struct reference_verdict *verdict);

#endif
