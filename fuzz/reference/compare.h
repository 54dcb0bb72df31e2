/* Holds the library against the reference parser. Each function gives both the same octets under the same options,
 * which must be valid, and returns NULL, or says what differs in a text that lives until the next call. */
#ifndef REFERENCE_COMPARE_H
#define REFERENCE_COMPARE_H

#include "reference.h"

const char *reference_compare_command(const uint8_t *data, size_t len, const struct smtpwire_options *options);

/* All four kinds of address. */
const char *reference_compare_address(const uint8_t *data, size_t len, const struct smtpwire_options *options);

const char *reference_compare_reply(const uint8_t *data, size_t len, const struct smtpwire_options *options);
/* All that reads what replies say to machines: greetings, forward paths, challenges. */
const char *reference_compare_reply_text(const uint8_t *data, size_t len, const struct smtpwire_options *options);
const char *reference_compare_capability(const uint8_t *data, size_t len, const struct smtpwire_options *options);
const char *reference_compare_xtext(const uint8_t *data, size_t len);

/* Streams: pieces are of 1 to 8 octets, as cuts says. */
const char *reference_compare_content(const uint8_t *data, size_t len, const struct smtpwire_options *options,
                                      uint64_t cuts);
const char *reference_compare_lines(const uint8_t *data, size_t len, const struct smtpwire_options *options,
                                    uint32_t cap, uint64_t cuts);

#endif
