/* Generates lines, and streams of them. */
#include "generate.h"

#include <stdio.h>
#include <string.h>

#define NAME(id, name, ...) name,
static const char *const verbs[] = {SMTPWIRE_VERBS(NAME)};
static const char *const mechanisms[] = {SMTPWIRE_MECHANISMS(NAME)};
static const char *const capabilities[] = {SMTPWIRE_CAPABILITIES(NAME)};
/* What a value is of, for XCLIENT and for XFORWARD. */
enum { OF_NOTHING, OF_TEXT, OF_TEXT_64, OF_ADDRESS, OF_PORT, OF_PROTOCOL, OF_SOURCE };
#define ATTRIBUTE_OF(id, name, xclient, xforward) {OF_##xclient, OF_##xforward},
static const uint8_t attribute_of[][2] = {SMTPWIRE_ATTRIBUTES(ATTRIBUTE_OF)};
static const char *const attribute_names[] = {SMTPWIRE_ATTRIBUTES(NAME)};
static const char *const limit_names[] = {"MAILMAX", "RCPTMAX", "RCPTDOMAINMAX"};
#define ERROR_CODE(id, name, code, ...) code,
static const uint16_t error_codes[] = {SMTPWIRE_ERRORS(ERROR_CODE)};

static const char *any_word(struct fuzz_text *t, enum fuzz_language language)
{
    uint32_t count = 0;
    while (fuzz_word(language, count) != NULL)
        count++;
    return fuzz_word(language, fuzz_dice(t, count));
}

static void attribute_value(struct fuzz_text *t, unsigned of)
{
    static const char *const any[] = {"[UNAVAILABLE]", "[TEMPUNAVAIL]", "", "a"};
    static const char *const words[][4] = {{"127.0.0.1", "192.0.2.256", "IPV6:::1", "IPV6:2001:db8::1"},
                                           {"25", "0", "65535", "65536"},
                                           {"SMTP", "ESMTP", "LMTP", "ESMTP"},
                                           {"LOCAL", "REMOTE", "LOCAL", "REMOTE"}};
    const char *word = fuzz_dice(t, 6) == 0 ? ONE_OF(t, any)
                       : of >= OF_ADDRESS   ? ONE_OF(t, words[of - OF_ADDRESS])
                                            : NULL;
    if (word != NULL)
        gen_name(t, word);
    else
        gen_xtext(t);
}

/* Those of the command, as a rule, with a HTAB between them now and then. */
static void attributes(struct fuzz_text *t, unsigned column)
{
    gen_put(t, " ");
    do {
        uint32_t row = fuzz_dice(t, COUNT(attribute_names));
        while (attribute_of[row][column] == OF_NOTHING && !gen_seldom(t))
            row = fuzz_dice(t, COUNT(attribute_names));
        gen_name(t, attribute_names[row]);
        gen_put(t, "=");
        attribute_value(t, attribute_of[row][column]);
    } while (fuzz_dice(t, 2) == 0 && (gen_put(t, fuzz_dice(t, 8) == 0 ? "\t" : " "), 1));
}

static void argument(struct fuzz_text *t, unsigned verb)
{
    switch (verb) {
    case SMTPWIRE_VERB_EHLO:
    case SMTPWIRE_VERB_HELO:
    case SMTPWIRE_VERB_LHLO:
        gen_put(t, " ");
        gen_domain(t);
        break;
    case SMTPWIRE_VERB_MAIL:
    case SMTPWIRE_VERB_RCPT:
        gen_name(t, verb == SMTPWIRE_VERB_MAIL ? " FROM:" : " TO:");
        gen_put(t, gen_seldom(t) ? " " : "");
        gen_path(t);
        if (fuzz_dice(t, 2) == 0) {
            gen_put(t, " ");
            gen_parameters(t, verb == SMTPWIRE_VERB_MAIL ? ON_MAIL : ON_RCPT);
        }
        break;
    case SMTPWIRE_VERB_AUTH:
        gen_put(t, " ");
        gen_name(t, ONE_OF(t, mechanisms));
        if (fuzz_dice(t, 2) == 0) {
            gen_put(t, " ");
            gen_base64(t);
        }
        break;
    case SMTPWIRE_VERB_BDAT:
        gen_put(t, " ");
        fuzz_number(t);
        if (fuzz_dice(t, 2) == 0)
            gen_name(t, " LAST");
        break;
    case SMTPWIRE_VERB_XCLIENT:
    case SMTPWIRE_VERB_XFORWARD:
        attributes(t, verb == SMTPWIRE_VERB_XCLIENT ? 0 : 1);
        break;
    case SMTPWIRE_VERB_BURL:
        gen_put(t, " imap://");
        gen_domain(t);
        gen_put(t, "/INBOX;UIDVALIDITY=1/;UID=2;URLAUTH=submit+u:internal:");
        gen_fill(t, DIGITS "abcdef%", fuzz_length(t));
        if (fuzz_dice(t, 2) == 0)
            gen_name(t, " LAST");
        break;
    case SMTPWIRE_VERB_VRFY:
    case SMTPWIRE_VERB_EXPN:
        gen_put(t, " ");
        if (fuzz_dice(t, 2) == 0)
            gen_path(t);
        else
            gen_local_part(t);
        if (fuzz_dice(t, 4) == 0)
            gen_name(t, " SMTPUTF8");
        break;
    case SMTPWIRE_VERB_ETRN:
    case SMTPWIRE_VERB_ATRN:
        gen_put(t, fuzz_dice(t, 4) == 0 ? " @" : " ");
        do
            gen_domain(t);
        while (fuzz_dice(t, 3) == 0 && (gen_put(t, ","), 1));
        break;
    case SMTPWIRE_VERB_DATA:
    case SMTPWIRE_VERB_RSET:
    case SMTPWIRE_VERB_QUIT:
    case SMTPWIRE_VERB_STARTTLS:
        gen_put(t, gen_seldom(t) ? " x" : "");
        break;
    default: /* NOOP, HELP, and what has no grammar here */
        if (fuzz_dice(t, 2) == 0) {
            gen_put(t, " ");
            gen_text(t);
        }
    }
}

static void command(struct fuzz_text *t, unsigned verb)
{
    size_t from = t->len;
    if (fuzz_dice(t, 8) == 0) { /* by the automaton, from the first octet on or from somewhere */
        if (fuzz_dice(t, 3) != 0) {
            gen_put(t, verbs[verb]);
            argument(t, verb);
            t->len -= fuzz_dice(t, (uint32_t)(t->len - from) + 1);
        }
        gen_walk(t, from, SMTPWIRE_EXPECTED_COMMAND, GEN_LONGEST);
        return;
    }
    if (gen_seldom(t))
        gen_fill(t, LETTERS DIGITS "-", fuzz_length(t));
    else
        gen_name(t, verbs[verb]);
    argument(t, verb);
    gen_spoil(t);
}

static unsigned some_verb(struct fuzz_text *t)
{
    unsigned verb;
    if (fuzz_dice(t, 4) == 0) /* those that have most to read */
        return fuzz_dice(t, 2) == 0 ? SMTPWIRE_VERB_MAIL : SMTPWIRE_VERB_RCPT;
    do
        verb = fuzz_dice(t, SMTPWIRE_VERB_COUNT);
    while (fuzz_unnamed(verbs[verb]));
    return verb;
}

/* A chunk of the size that its command says, or one more, or one less, or as many in its lower 32 bits. It ends
 * anywhere: in a line, in a CRLF, before its first octet. */
static void chunk(struct fuzz_text *t, int last)
{
    static const uint64_t wrong[] = {1, UINT64_MAX, UINT64_C(1) << 32};
    uint8_t octets[400];
    size_t end, most = fuzz_dice(t, 3) == 0 ? 44 : sizeof octets; /* as small limits of a message are */
    struct fuzz_text inner = {octets, 0, most, t->dice};
    const char *cr;
    char line[40];
    uint64_t size;
    gen_content(&inner);
    end = fuzz_dice(&inner, (uint32_t)inner.len + 1);
    cr = memchr(octets + end, '\r', inner.len - end);
    if (fuzz_dice(&inner, last ? 2 : 6) == 0)
        inner.len = 0;
    else if (fuzz_dice(&inner, 2) == 0)
        inner.len = cr != NULL && fuzz_dice(&inner, 2) == 0 ? (size_t)(cr + 1 - (const char *)octets) : end;
    t->dice = inner.dice;
    size = inner.len + (fuzz_dice(t, 12) == 0 ? ONE_OF(t, wrong) : 0);
    snprintf(line, sizeof line, "BDAT %llu%s", (unsigned long long)size, last ? " LAST" : "");
    gen_put(t, line);
    gen_line_end(t);
    fuzz_put(t, octets, inner.len);
}

static void command_line(struct fuzz_text *t, unsigned verb)
{
    command(t, verb);
    gen_line_end(t);
}

static void client_line(struct fuzz_text *t)
{
    const unsigned verb = some_verb(t);
    if (fuzz_dice(t, 8) == 0) {
        chunk(t, fuzz_dice(t, 2) == 0);
    } else if (fuzz_dice(t, 16) == 0) {
        gen_base64(t);
        gen_line_end(t);
    } else {
        command_line(t, verb);
    }
}

static void transaction(struct fuzz_text *t)
{
    uint32_t recipients = 1 + fuzz_dice(t, 4), chunks = 1 + fuzz_dice(t, 3);
    command_line(t, SMTPWIRE_VERB_MAIL);
    while (recipients-- != 0)
        command_line(t, SMTPWIRE_VERB_RCPT);
    if (fuzz_dice(t, 4) == 0)
        client_line(t);
    if (fuzz_dice(t, 3) != 0) {
        command_line(t, SMTPWIRE_VERB_DATA);
        gen_content(t);
    } else {
        while (chunks-- != 0)
            chunk(t, chunks == 0 ? !gen_seldom(t) : gen_seldom(t));
    }
}

static void session(struct fuzz_text *t)
{
    static const uint8_t greetings[] = {SMTPWIRE_VERB_EHLO, SMTPWIRE_VERB_EHLO, SMTPWIRE_VERB_LHLO, SMTPWIRE_VERB_HELO};
    uint32_t steps = 1 + fuzz_dice(t, 6);
    if (!gen_seldom(t))
        command_line(t, ONE_OF(t, greetings));
    while (steps-- != 0)
        if (fuzz_dice(t, 2) == 0)
            transaction(t);
        else
            client_line(t);
}

static void capability(struct fuzz_text *t)
{
    static const char *const words[] = {"smtp", "submit", "imap",       "NAME", "ADDR",
                                        "HELO", "MIXER",  "STANAG4406", "NSEP"};
    const uint32_t id = 1 + fuzz_dice(t, COUNT(capabilities) - 1);
    gen_name(t, capabilities[id]);
    if (fuzz_dice(t, 3) == 0)
        return;
    gen_put(t, gen_seldom(t) ? "=" : " ");
    switch (id) {
    case SMTPWIRE_CAPABILITY_AUTH:
        WORDS(t, mechanisms, " ");
        break;
    case SMTPWIRE_CAPABILITY_LIMITS:
        do {
            gen_name(t, ONE_OF(t, limit_names));
            gen_put(t, "=");
            fuzz_number(t);
        } while (fuzz_dice(t, 2) == 0 && (gen_put(t, " "), 1));
        break;
    case SMTPWIRE_CAPABILITY_NO_SOLICITING:
        gen_domain(t);
        gen_put(t, ":a");
        break;
    case SMTPWIRE_CAPABILITY_FUTURERELEASE:
        fuzz_number(t);
        gen_put(t, " ");
        gen_date_time(t);
        break;
    default:
        if (fuzz_dice(t, 2) == 0)
            WORDS(t, words, " ");
        else
            fuzz_number(t);
    }
    gen_spoil(t);
}

static void code(struct fuzz_text *t)
{
    static const uint16_t codes[] = {199, 200, 220, 250, 251, 252, 221, 235, 334, 354, 421, 450, 451, 455, 500,
                                     503, 521, 530, 550, 552, 554, 555, 559, 560, 599, 600, 100, 0,   999};
    char text[8];
    unsigned number = 250;
    if (fuzz_dice(t, 3) == 0)
        number = ONE_OF(t, codes);
    else if (fuzz_dice(t, 4) == 0)
        number = ONE_OF(t, error_codes);
    snprintf(text, sizeof text, "%03u", number);
    gen_put(t, text);
}

static void reply_text(struct fuzz_text *t)
{
    static const char *const statuses[] = {"2.1.0 ",  "2.0.0 ", "4.7.0 ", "5.1.1 ", "5.999.999 ", "5.1000.0 ",
                                           "2.01.0 ", "2.1 ",   "3.3.4 ", "2.1.0",  "5.7.1\t"};
    if (fuzz_dice(t, 3) == 0)
        gen_put(t, ONE_OF(t, statuses));
    switch (fuzz_dice(t, 6)) { /* a greeting, a forward path, a challenge */
    case 0:
        gen_domain(t);
        gen_put(t, " ");
        break;
    case 1:
        gen_path(t);
        break;
    case 2:
        gen_base64(t);
        return;
    default:
        break;
    }
    gen_text(t);
}

/* A line of this kind by the automaton alone. */
static int walked(struct fuzz_text *t, unsigned kind)
{
    if (fuzz_dice(t, 5) != 0)
        return 0;
    gen_walk(t, t->len, kind, GEN_LONGEST);
    return 1;
}

static void reply_line(struct fuzz_text *t)
{
    static const char *const separators[] = {" ", " ", " ", "-", "-", "-", "", "\t", "+"};
    code(t);
    gen_put(t, ONE_OF(t, separators));
    if (fuzz_dice(t, 3) == 0)
        capability(t);
    else
        reply_text(t);
    gen_spoil(t);
}

/* A reply whose lines have one code, as a rule. */
static void reply(struct fuzz_text *t, const char *fixed)
{
    uint8_t octets[8];
    struct fuzz_text number = {octets, 0, sizeof octets, t->dice};
    uint32_t lines = fuzz_dice(t, 2) == 0 ? 0 : fuzz_dice(t, 6);
    int last;
    if (fixed != NULL)
        gen_put(&number, fixed);
    else
        code(&number);
    t->dice = number.dice;
    do {
        last = lines-- == 0;
        if (gen_seldom(t))
            code(t);
        else
            fuzz_put(t, octets, number.len);
        gen_put(t, last ? " " : "-");
        if (fuzz_dice(t, 2) == 0)
            capability(t);
        else
            reply_text(t);
        gen_line_end(t);
    } while (!last);
}

static void replies(struct fuzz_text *t)
{
    static const char *const usual[] = {"250", "250", "250", "354", "334", "220", "235", "550"};
    uint32_t count = 1 + fuzz_dice(t, 9);
    if (!gen_seldom(t))
        reply(t, "220");
    while (count-- != 0)
        reply(t, fuzz_dice(t, 6) == 0 ? NULL : ONE_OF(t, usual));
}

/* fuzz/api.c's: each call is an octet and its arguments. */
static void call(struct fuzz_text *t)
{
    uint8_t octets[200];
    struct fuzz_text inner = {octets, 0, sizeof octets, t->dice};
    const uint32_t op = fuzz_dice(t, 15);
    if (op == 4)
        reply(&inner, NULL);
    else if (op == 14)
        gen_content(&inner);
    else
        client_line(&inner);
    t->dice = inner.dice;
    gen_put_octet(t, op | fuzz_dice(t, 2) << 4);
    if (op == 0 || op == 4 || op == 13 || op == 14) {
        gen_put_octet(t, (unsigned)inner.len);
        fuzz_put(t, octets, inner.len);
    } else if (op == 1 || op == 2 || op == 5 || op == 6 || op == 10 || op == 11) {
        gen_put_octet(t, fuzz_dice(t, 32));
    }
}

static void part(struct fuzz_text *t)
{
    void (*const values[])(struct fuzz_text *) = {gen_local_part, gen_domain,       gen_literal, gen_path,
                                                  gen_text,       gen_xtext,        gen_mailbox, reply_text,
                                                  fuzz_number,    gen_content_part, gen_utf8};
    ONE_OF(t, values)(t);
}

void fuzz_line(struct fuzz_text *t, enum fuzz_language language)
{
    switch (language) {
    case FUZZ_REPLIES:
        reply(t, NULL);
        break;
    case FUZZ_CONTENT:
        gen_content_part(t);
        gen_put(t, "\r\n");
        break;
    case FUZZ_ANY:
        fuzz_line(t, (enum fuzz_language)fuzz_dice(t, FUZZ_ANY));
        break;
    case FUZZ_CALLS:
        call(t);
        break;
    case FUZZ_PARTS:
        part(t);
        gen_put_octet(t, 0xFE);
        break;
    default:
        client_line(t);
    }
}

void fuzz_part(struct fuzz_text *t, enum fuzz_language language)
{
    if (fuzz_dice(t, 3) == 0) {
        gen_put(t, any_word(t, language));
        return;
    }
    switch (language) {
    case FUZZ_CONTENT:
        gen_content_part(t);
        break;
    case FUZZ_CAPABILITY:
        capability(t);
        break;
    case FUZZ_REPLIES:
    case FUZZ_REPLY:
        reply_text(t);
        break;
    case FUZZ_PARAMETERS:
        gen_parameters(t, ON_MAIL_OR_RCPT);
        break;
    case FUZZ_XTEXT:
        gen_xtext(t);
        break;
    default:
        if (fuzz_dice(t, 4) == 0)
            gen_parameters(t, ON_MAIL_OR_RCPT);
        else
            part(t);
    }
}

void fuzz_body(struct fuzz_text *t, enum fuzz_language language)
{
    uint32_t count = 1 + fuzz_dice(t, 12);
    switch (language) {
    case FUZZ_SESSION:
        session(t);
        break;
    case FUZZ_REPLIES:
        replies(t);
        break;
    case FUZZ_CONTENT:
        gen_content(t);
        break;
    case FUZZ_ANY:
        fuzz_body(t, (enum fuzz_language)fuzz_dice(t, FUZZ_ANY));
        break;
    case FUZZ_COMMAND:
        command(t, some_verb(t));
        break;
    case FUZZ_REPLY:
        if (!walked(t, SMTPWIRE_EXPECTED_REPLY))
            reply_line(t);
        break;
    case FUZZ_CAPABILITY:
        if (!walked(t, SMTPWIRE_EXPECTED_CAPABILITY))
            capability(t);
        break;
    case FUZZ_PARAMETERS:
        (fuzz_dice(t, 5) == 0 ? gen_walk_parameters : gen_parameters)(t, fuzz_dice(t, 2) == 0 ? ON_MAIL : ON_RCPT);
        break;
    case FUZZ_PATH:
        if (!walked(t, SMTPWIRE_EXPECTED_REVERSE_PATH + fuzz_dice(t, 4)))
            (fuzz_dice(t, 2) == 0 ? gen_path : fuzz_dice(t, 2) == 0 ? gen_mailbox : gen_domain)(t);
        break;
    case FUZZ_XTEXT:
        gen_xtext(t);
        break;
    default:
        while (count-- != 0)
            fuzz_line(t, language);
    }
}
