/* Fuzzes a keyword line of an EHLO reply: the first octet chooses the leniencies, the rest is the text behind "250-".
 * Its words and limits are taken one by one, and it is added to a set twice, which must not change it. */
#include "oracle.h"
#include "reference/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smtpwire_options options;
    struct smtpwire_capability capability;
    struct smtpwire_capabilities set, before;
    struct smtpwire_error error;
    struct smtpwire_slice rest, word;
    struct smtpwire_parameter limit;
    char *text;
    size_t len;

    if (size == 0)
        return 0;
    len = size - 1;
    text = oracle_block((const char *)data + 1, len);
    oracle_options(&options, data[0], 0);
    oracle_capability_t0(text, len, &options);
    if (oracle_compares(text, len, 1))
        oracle_same(reference_compare_capability((const uint8_t *)text, len, &options));
    memset(&capability, 0xA5, sizeof capability);
    memset(&error, 0xA5, sizeof error);
    if (smtpwire_capability_parse(text, len, &options, &capability, &error) < 0) {
        ORACLE(error.id != SMTPWIRE_ERROR_NONE && error.offset <= len && error.code == 0);
        ORACLE(capability.id == SMTPWIRE_CAPABILITY_UNKNOWN && capability.keyword.data == NULL);
    } else {
        oracle_slice(capability.keyword, text, len, 0, text, len);
        oracle_slice(capability.parameters, text, len, 0, text, len);
        ORACLE(capability.keyword.len != 0 && capability.id < SMTPWIRE_CAPABILITY_COUNT);
        for (rest = capability.parameters; smtpwire_word_next(&rest, &word);)
            oracle_slice(word, text, len, 0, text, len);
        for (rest = capability.parameters; smtpwire_limit_next(&rest, &limit);) {
            oracle_slice(limit.keyword, text, len, 0, text, len);
            oracle_slice(limit.value, text, len, 0, text, len);
        }
        memset(&set, 0, sizeof set);
        smtpwire_capabilities_add(&set, &capability);
        before = set;
        smtpwire_capabilities_add(&set, &capability);
        ORACLE(memcmp(&set, &before, sizeof set) == 0);
        ORACLE(smtpwire_capabilities_have(&set, capability.id) == (capability.id != SMTPWIRE_CAPABILITY_UNKNOWN));
        ORACLE(capability.id != SMTPWIRE_CAPABILITY_SIZE || capability.has_value || capability.size == 0);
    }
    oracle_release(text, len);
    return 0;
}
