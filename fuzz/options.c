/* Fuzzes the switches: the first octet chooses the leniencies (0 none, then each alone, then by a hash many), the
 * second UTF-8, LMTP, what is offered and the policies for content, the third the kind of stream (bits 0 and 1),
 * whether everything is answered positively (2) and whether messages are limited to 40 octets (3); the rest is the
 * stream. */
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t sent[] = {SMTPWIRE_VERB_EHLO, SMTPWIRE_VERB_MAIL, SMTPWIRE_VERB_RCPT, SMTPWIRE_VERB_DATA};
    struct smtpwire_options options;
    if (size < 3)
        return 0;
    oracle_options(&options, data[0], data[1]);
    options.message_max = data[2] & 8 ? 40 : 0;
    oracle_stream(&(struct oracle_stream){.kind = (enum oracle_kind)(data[2] & 3),
                                          .options = &options,
                                          .input = (const char *)data + 3,
                                          .size = size - 3,
                                          .sent = sent,
                                          .sent_count = sizeof sent,
                                          .cap = 4096,
                                          .positive = data[2] >> 2 & 1});
    return 0;
}
