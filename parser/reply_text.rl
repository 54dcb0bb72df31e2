/* What the text of some replies says to a machine: greetings, forward paths, challenges (RFC 5321 sections 4.2, 4.1.1.1
 * and 3.4, RFC 4954 section 4).
 *
 * The machine here knows the free text around a host or a path only; those are read by address.rl's. Not checked here:
 * the code in front of the text, and whether anything in it is true.
 *
 * SPDX-License-Identifier: MIT */
#include "plain.h"

%%{
    machine smtpwire_reply_text;
    alphtype unsigned char;
    include core "../grammar/core.rl";

    action text_begin { }
    action text_end { }
    action status_begin { }
    action status_end { }
    action eight_bit { }
    include reply "../grammar/reply.rl";

    action labels { (void)fentry(texts::some); (void)fentry(texts::around); }
    texts := (
        start:  any @labels  -> final,
        some:   textstring   -> final,
        around: unbracketed* -> final
    );
    write data noerror;
}%%

/* How far the text goes that an entry takes; len only if it may end there. */
static size_t run_text(int cs, const char *data, size_t len, int *accepted)
{
    const unsigned char *start = (const unsigned char *)data;
    const unsigned char *p = start, *pe;
    if (len != 0) {
        pe = start + len;
        %% write exec;
        SMTPWIRE__RAN(p - start);
    }
    *accepted = cs >= smtpwire_reply_text_first_final;
    return len != 0 ? (size_t)(p - start) : 0;
}

/* A fault in what a server sends: a framing fault comes before all others. */
static int refuse_text(const char *text, size_t len, uint16_t id, size_t offset, struct smtpwire_error *error)
{
    if (error == NULL)
        return -1;
    if (!smtpwire__framing_fault(text, len, error))
        smtpwire__error_set(error, id, offset);
    smtpwire__error_unsent(error);
    return -1;
}

/* The text behind a host, of which the host is read. */
static int parse_behind_host(const char *text, size_t len, size_t host, struct smtpwire_greeting *greeting,
                             struct smtpwire_error *error)
{
    const char *behind = text + host + 1;
    size_t good;
    int accepted;

    if (host == len)
        return 0;
    greeting->text.data = behind;
    greeting->text.len = len - host - 1;
    if (greeting->text.len >= SMTPWIRE__SCAN_TEXT_LEAST && smtpwire__scan_text(behind, greeting->text.len))
        return 0;
    good = host + 1 + run_text(smtpwire_reply_text_en_texts_some, behind, len - host - 1, &accepted);
    if (accepted)
        return 0;
    memset(&greeting->text, 0, sizeof greeting->text);
    return refuse_text(text, len, SMTPWIRE_ERROR_REPLY_SYNTAX, good, error);
}

/* A host, and text behind a space. */
static int parse_greeting(const char *text, size_t len, const struct smtpwire_options *options, int literals,
                          struct smtpwire_greeting *greeting, struct smtpwire_error *error)
{
    uint32_t flags;
    size_t host = smtpwire__plain_domain(text, len, options, &flags);
    const char *space;
    struct smtpwire_options ascii;
    struct smtpwire_error wrong;

    smtpwire__zero(greeting, sizeof *greeting);
    if (host != 0 && (host == len || text[host] == ' ')) {
        greeting->address.domain.data = text;
        greeting->address.domain.len = host;
        greeting->flags = flags;
        return parse_behind_host(text, len, host, greeting, error);
    }
    space = len != 0 ? memchr(text, ' ', len) : NULL;
    host = space != NULL ? (size_t)(space - text) : len;
    if (options != NULL && options->smtputf8) { /* SMTPUTF8 is not agreed on yet (RFC 6531 section 3.7.1) */
        ascii = *options;
        ascii.smtputf8 = 0;
        options = &ascii;
    }
    if (!literals && len != 0 && text[0] == '[')
        return refuse_text(text, len, SMTPWIRE_ERROR_ADDRESS_SYNTAX, 0, error);
    if (smtpwire_domain_parse(text, host, options, &greeting->address, &greeting->flags, &wrong) < 0)
        return refuse_text(text, len, wrong.id, (size_t)wrong.offset, error);
    return parse_behind_host(text, len, host, greeting, error);
}

int smtpwire_greeting_parse(const char *text, size_t len, const struct smtpwire_options *options,
                            struct smtpwire_greeting *greeting, struct smtpwire_error *error)
{
    return parse_greeting(text, len, options, 1, greeting, error);
}

int smtpwire_ehlo_greeting_parse(const char *text, size_t len, const struct smtpwire_options *options,
                                 struct smtpwire_greeting *greeting, struct smtpwire_error *error)
{
    return parse_greeting(text, len, options, 0, greeting, error);
}

/* The path that begins at data. What is behind it may be anything, so it is read twice: where it ends is known as soon as
 * it has ended. <Postmaster> is good in RCPT only. */
static int parse_embedded_path(const char *data, size_t len, const struct smtpwire_options *options,
                               struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    if (smtpwire_forward_path_parse(data, len, options, address, flags, error) < 0 &&
        (address->path.len == 0 ||
         smtpwire_forward_path_parse(data, address->path.len, options, address, flags, error) < 0))
        return -1;
    if ((*flags & SMTPWIRE_FLAG_POSTMASTER) == 0)
        return 0;
    smtpwire__error_set(error, SMTPWIRE_ERROR_ADDRESS_SYNTAX, address->path.len - 1);
    return -1;
}

int smtpwire_forward_text_parse(const char *text, size_t len, const struct smtpwire_options *options,
                                struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error)
{
    struct smtpwire_error wrong;
    uint32_t found;
    size_t at, end;
    int accepted;

    memset(address, 0, sizeof *address);
    at = run_text(smtpwire_reply_text_en_texts_around, text, len, &accepted);
    if (at == len || text[at] != '<')
        return refuse_text(text, len, SMTPWIRE_ERROR_REPLY_SYNTAX, at, error);
    if (parse_embedded_path(text + at, len - at, options, address, &found, &wrong) < 0)
        return refuse_text(text, len, wrong.id, at + (size_t)wrong.offset, error);
    end = at + address->path.len;
    end += run_text(smtpwire_reply_text_en_texts_around, text + end, len - end, &accepted);
    if (end != len)
        return refuse_text(text, len, SMTPWIRE_ERROR_REPLY_SYNTAX, end, error);
    if (flags != NULL)
        *flags = found;
    return 0;
}

int smtpwire_challenge_parse(const char *text, size_t len, struct smtpwire_slice *challenge,
                             struct smtpwire_error *error)
{
    struct smtpwire_error wrong;

    memset(challenge, 0, sizeof *challenge);
    if (len == 0)
        return 0;
    if (text[0] == '*') /* cancels, from a client */
        return refuse_text(text, len, SMTPWIRE_ERROR_AUTH_SYNTAX, 0, error);
    if (smtpwire__auth_response(text, len, &wrong) < 0)
        return refuse_text(text, len, wrong.id, (size_t)wrong.offset, error);
    challenge->data = text;
    challenge->len = len;
    return 0;
}
