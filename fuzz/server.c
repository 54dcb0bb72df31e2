/* Fuzzes the server's session: the input is what a client sends. Options come from a hash of its first line; some are
 * strict, most offer everything. TLS never starts here: whether it may depends on what was shown to push, and so on the
 * cuts. */
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *input = (const char *)data, *lf = size != 0 ? memchr(data, '\n', size) : NULL;
    const uint64_t seed = oracle_seed(input, lf != NULL ? (size_t)(lf - input) : size);
    struct smtpwire_options options;

    oracle_options(&options, seed % 4 == 0 ? (unsigned)(seed >> 8 & 63) : 0,
                   seed % 3 == 0 ? (unsigned)(seed >> 16 & 255) : 0);
    oracle_stream(&(struct oracle_stream){.kind = ORACLE_SERVER, .options = &options, .input = input, .size = size});
    return 0;
}
