/* Fuzzes tiny limits: the first eight octets set local_part, domain, label, path, command_line, auth_line, reply_line
 * and text_line to 1 to 64 octets more than the least, the ninth says whose session it is and which way; the rest is
 * the stream. */
#include "oracle.h"
#include "reference/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t sent[] = {SMTPWIRE_VERB_EHLO, SMTPWIRE_VERB_MAIL, SMTPWIRE_VERB_RCPT, SMTPWIRE_VERB_DATA};
    static const uint8_t kinds[] = {ORACLE_SERVER, ORACLE_CLIENT, ORACLE_LINE, ORACLE_SERVER};
    struct smtpwire_options options;
    unsigned i;
    if (size < 9)
        return 0;
    memset(&options, 0, sizeof options);
    for (i = 0; i <= SMTPWIRE_LIMIT_TEXT_LINE; i++)
        options.limit[i] = (data[i] & 63U) + 8;
    options.extensions = SMTPWIRE_OFFER_ALL;
    options.lmtp = data[8] >> 7 & 1;
    options.message_max = data[8] & 4 ? 20 : 0;
    ORACLE(smtpwire_options_check(&options) == 0);
    if (kinds[data[8] & 3] == ORACLE_LINE && oracle_compares(data + 9, size - 9, 1))
        oracle_same(reference_compare_lines(data + 9, size - 9, &options, (data[0] & 15U) + 2,
                                            oracle_seed((const char *)data + 9, size - 9)));
    oracle_stream(&(struct oracle_stream){.kind = (enum oracle_kind)kinds[data[8] & 3],
                                          .options = &options,
                                          .input = (const char *)data + 9,
                                          .size = size - 9,
                                          .sent = sent,
                                          .sent_count = sizeof sent,
                                          .cap = (data[0] & 15U) + 2,
                                          .positive = data[8] >> 3 & 1});
    return 0;
}
