/* The attributes of XCLIENT and XFORWARD. */
#ifndef REFERENCE_ATTRIBUTES_H
#define REFERENCE_ATTRIBUTES_H

#include "values.h"

/* Reads the attributes from the line's octet at on, which is behind the command's name. Of several faults the first. */
struct reference_verdict attributes_read(const unsigned char *line, size_t len, size_t at,
                                         const struct smtpwire_options *options, struct reference_command *command);

#endif
