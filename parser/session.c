/* What the server's and the client's session share.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

#ifdef SMTPWIRE_COUNT_STEPS
uint64_t smtpwire__steps, smtpwire__ran, smtpwire__alike;
#endif

/* The first FATAL is remembered in *fatal and said again ever after; nothing is consumed any more. */
size_t smtpwire__fatal(struct smtpwire_error *fatal, uint16_t id, uint64_t offset, struct smtpwire_event *event)
{
    if (fatal->id == SMTPWIRE_ERROR_NONE)
        smtpwire__error_set(fatal, id, offset);
    smtpwire__event(event, SMTPWIRE_FATAL, fatal->offset, 0);
    event->error = *fatal;
    return 0;
}
