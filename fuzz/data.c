/* Fuzzes dot-terminated content: the first octet chooses the policies for bare LF, bare CR and NUL (two bits each, from
 * the lowest on; 3 counts as 0), the rest is what follows a 354. */
#include "oracle.h"
#include "reference/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smtpwire_options options;
    if (size == 0)
        return 0;
    memset(&options, 0, sizeof options);
    options.content[SMTPWIRE_CONTENT_BARE_LF] = data[0] & 3;
    options.content[SMTPWIRE_CONTENT_BARE_CR] = data[0] >> 2 & 3;
    options.content[SMTPWIRE_CONTENT_NUL] = (data[0] >> 4 & 3) % 3;
    if (oracle_compares(data + 1, size - 1, 1))
        oracle_same(
            reference_compare_content(data + 1, size - 1, &options, oracle_seed((const char *)data + 1, size - 1)));
    oracle_stream(&(struct oracle_stream){
        .kind = ORACLE_DATA, .options = &options, .input = (const char *)data + 1, .size = size - 1});
    return 0;
}
