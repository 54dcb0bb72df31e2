/* The same one-shot calls of the library and of the one made with ragel -T0 (oracle.h). */
#include "oracle.h"

#ifdef ORACLE_T0

/* Both fill their objects from the same octets, so that what either does not write is equal. */
#define SAME_CALL(function, type, text, len, ...)                                                                      \
    do {                                                                                                               \
        extern __typeof__(function) t0_##function;                                                                     \
        struct type ours, theirs;                                                                                      \
        struct smtpwire_error our_error, their_error;                                                                  \
        uint32_t our_flags = 0, their_flags = 0;                                                                       \
        memset(&ours, 0xA5, sizeof ours);                                                                              \
        memset(&theirs, 0xA5, sizeof theirs);                                                                          \
        memset(&our_error, 0xA5, sizeof our_error);                                                                    \
        memset(&their_error, 0xA5, sizeof their_error);                                                                \
        (void)our_flags, (void)their_flags;                                                                            \
        ORACLE(function(text, len, options, &ours, OURS_##__VA_ARGS__ &our_error) ==                                   \
               t0_##function(text, len, options, &theirs, THEIRS_##__VA_ARGS__ & their_error));                        \
        ORACLE(memcmp(&ours, &theirs, sizeof ours) == 0 && our_flags == their_flags);                                  \
        ORACLE(memcmp(&our_error, &their_error, sizeof our_error) == 0);                                               \
    } while (0)
#define OURS_
#define THEIRS_
#define OURS_FLAGS &our_flags,
#define THEIRS_FLAGS &their_flags,

void oracle_command_t0(const char *line, size_t len, const struct smtpwire_options *options)
{
    SAME_CALL(smtpwire_command_parse, smtpwire_command, line, len, );
}

void oracle_address_t0(const char *text, size_t len, const struct smtpwire_options *options)
{
    SAME_CALL(smtpwire_reverse_path_parse, smtpwire_address, text, len, FLAGS);
    SAME_CALL(smtpwire_forward_path_parse, smtpwire_address, text, len, FLAGS);
    SAME_CALL(smtpwire_mailbox_parse, smtpwire_address, text, len, FLAGS);
    SAME_CALL(smtpwire_domain_parse, smtpwire_address, text, len, FLAGS);
    SAME_CALL(smtpwire_forward_text_parse, smtpwire_address, text, len, FLAGS);
}

void oracle_reply_t0(const char *line, size_t len, const struct smtpwire_options *options)
{
    SAME_CALL(smtpwire_reply_parse, smtpwire_reply, line, len, );
    SAME_CALL(smtpwire_greeting_parse, smtpwire_greeting, line, len, );
    SAME_CALL(smtpwire_ehlo_greeting_parse, smtpwire_greeting, line, len, );
}

void oracle_capability_t0(const char *text, size_t len, const struct smtpwire_options *options)
{
    SAME_CALL(smtpwire_capability_parse, smtpwire_capability, text, len, );
}

#else

#define NOTHING_(name)                                                                                                 \
    void name(const char *text, size_t len, const struct smtpwire_options *options)                                    \
    {                                                                                                                  \
        (void)text, (void)len, (void)options;                                                                          \
    }

NOTHING_(oracle_command_t0)
NOTHING_(oracle_address_t0)
NOTHING_(oracle_reply_t0)
NOTHING_(oracle_capability_t0)

#endif
