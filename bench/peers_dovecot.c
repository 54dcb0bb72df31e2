/* Dovecot's lib-smtp: command lines with their paths and parameters, replies, replies to EHLO, content.
 *
 * SPDX-License-Identifier: MIT */
#include <config.h>

#include "lib.h"
#include "istream.h"
#include "istream-dot.h"
#include "smtp-address.h"
#include "smtp-command-parser.h"
#include "smtp-params.h"
#include "smtp-reply-parser.h"

#include <string.h>
#include <strings.h>

#include "peers.h"

static const enum smtp_capability capabilities =
    SMTP_CAPABILITY_SIZE | SMTP_CAPABILITY_8BITMIME | SMTP_CAPABILITY_DSN | SMTP_CAPABILITY__ORCPT;

void dovecot_begin(void) { lib_init(); }

static size_t address_parts(const struct smtp_address *address)
{
    return strlen(address->localpart) + strlen(address->domain);
}

/* What stands behind FROM: or TO:. */
static bool parse_envelope(const char *text, bool mail, struct peer_total *t)
{
    struct smtp_address *address;
    enum smtp_param_parse_error code;
    const char *error, *end;
    struct smtp_params_mail mail_params;
    struct smtp_params_rcpt rcpt_params;
    pool_t pool = pool_datastack_create();

    if (smtp_address_parse_path_full(pool, text, SMTP_ADDRESS_PARSE_FLAG_STRICT, &address, &error, &end) < 0)
        return FALSE;
    t->parts += address_parts(address);
    if (*end == ' ')
        end++;
    if (mail)
        return smtp_params_mail_parse(pool, end, capabilities, NULL, NULL, &mail_params, &code, &error) >= 0;
    return smtp_params_rcpt_parse(pool, end, 0, capabilities, NULL, &rcpt_params, &code, &error) >= 0;
}

static bool parse_command(const char *name, const char *params, struct peer_total *t)
{
    if (strcasecmp(name, "MAIL") == 0)
        return strncasecmp(params, "FROM:", 5) == 0 && parse_envelope(params + 5, TRUE, t);
    if (strcasecmp(name, "RCPT") == 0)
        return strncasecmp(params, "TO:", 3) == 0 && parse_envelope(params + 3, FALSE, t);
    if (strcasecmp(name, "EHLO") == 0)
        t->parts += strlen(params);
    return TRUE;
}

struct peer_total dovecot_commands(const char *octets, size_t len)
{
    struct smtp_command_limits limits = {.max_parameters_size = 1024, .max_auth_size = 1024, .max_data_size = 1024};
    struct istream *input = i_stream_create_from_data(octets, len);
    struct smtp_command_parser *parser = smtp_command_parser_init(input, &limits);
    enum smtp_command_parse_error code;
    const char *name, *params, *error;
    struct peer_total t = {0, 0, 0};
    int got;

    do {
        T_BEGIN
        {
            got = smtp_command_parse_next(parser, &name, &params, &code, &error);
            if (got > 0 && parse_command(name, params, &t))
                t.lines++;
        }
        T_END;
    } while (got > 0);
    smtp_command_parser_deinit(&parser);
    i_stream_unref(&input);
    return t;
}

static struct peer_total replies(const char *octets, size_t len, bool ehlo)
{
    struct istream *input = i_stream_create_from_data(octets, len);
    struct smtp_reply_parser *parser = smtp_reply_parser_init(input, 65536);
    struct smtp_reply *reply;
    struct peer_total t = {0, 0, 0};
    const char *error;

    while ((ehlo ? smtp_reply_parse_ehlo(parser, &reply, &error)
                 : smtp_reply_parse_next(parser, TRUE, &reply, &error)) > 0)
        for (const char *const *line = reply->text_lines; *line != NULL; line++) {
            t.lines++;
            t.parts += strlen(*line);
        }
    smtp_reply_parser_deinit(&parser);
    i_stream_unref(&input);
    return t;
}

struct peer_total dovecot_replies(const char *octets, size_t len) { return replies(octets, len, FALSE); }

struct peer_total dovecot_ehlo(const char *octets, size_t len) { return replies(octets, len, TRUE); }

struct peer_total dovecot_content(const char *octets, size_t len)
{
    struct istream *input = i_stream_create_from_data(octets, len), *dot = i_stream_create_dot(input, TRUE);
    struct peer_total t = {0, 0, 0};
    const unsigned char *data;
    size_t size;

    while (i_stream_read_more(dot, &data, &size) > 0) {
        t.parts += size;
        i_stream_skip(dot, size);
    }
    i_stream_unref(&dot);
    i_stream_unref(&input);
    return t;
}
