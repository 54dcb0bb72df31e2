/* How a difference is told. */
#ifndef REFERENCE_DIFFERENCE_H
#define REFERENCE_DIFFERENCE_H

#include "compare.h"

/* NULL if the two are the same. */
const char *different_number(const char *what, uint64_t library, uint64_t reference);
const char *different_slice(const char *what, struct smtpwire_slice library, struct reference_span reference,
                            const void *data);
const char *different_error(int result, const struct smtpwire_error *library, struct reference_verdict reference);
const char *different_address(const struct smtpwire_address *library, const struct reference_address *reference,
                              const void *data);

/* Returns the first difference. */
#define SAME_NUMBER(what, library, reference)                                                                          \
    do {                                                                                                               \
        const char *difference_ = different_number(what, (uint64_t)(library), (uint64_t)(reference));                  \
        if (difference_ != NULL)                                                                                       \
            return difference_;                                                                                        \
    } while (0)
#define SAME_SLICE(what, library, reference, data)                                                                     \
    do {                                                                                                               \
        const char *difference_ = different_slice(what, library, reference, data);                                     \
        if (difference_ != NULL)                                                                                       \
            return difference_;                                                                                        \
    } while (0)

#endif
