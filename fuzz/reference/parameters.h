/* What follows the path of MAIL and RCPT: RFC 5321 section 4.1.2, 4.1.1.11. */
#ifndef REFERENCE_PARAMETERS_H
#define REFERENCE_PARAMETERS_H

#include "values.h"

/* Reads the parameters from the line's octet at on, which is behind the path. mail: of MAIL, else of RCPT. The
 * verdict's id is NONE if they are good as far as SMTPUTF8 is not asked for; *non_ascii: it is, by an octet that a
 * value stands for. */
struct reference_verdict parameters_read(const unsigned char *line, size_t len, size_t at, int mail,
                                         const struct smtpwire_options *options, struct reference_command *command,
                                         int *non_ascii);

#endif
