/* Lines and values of the library against those of the reference parser; compare.h. */
#include "difference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char message[400];

const char *different_number(const char *what, uint64_t library, uint64_t reference)
{
    if (library == reference)
        return NULL;
    snprintf(message, sizeof message, "%s: library %lld, reference %lld", what, (long long)library,
             (long long)reference);
    return message;
}

const char *different_slice(const char *what, struct smtpwire_slice library, struct reference_span reference,
                            const void *data)
{
    size_t at;
    if (library.data == NULL && !reference.there)
        return NULL;
    at = library.data == NULL ? 0 : (size_t)(library.data - (const char *)data);
    if (library.data != NULL && reference.there && library.len == reference.len &&
        (at == reference.at || library.len == 0))
        return NULL;
    snprintf(message, sizeof message, "%s: library %s at %zu len %zu, reference %s at %zu len %zu", what,
             library.data == NULL ? "missing" : "there", at, library.len, reference.there ? "there" : "missing",
             reference.at, reference.len);
    return message;
}

const char *different_error(int result, const struct smtpwire_error *library, struct reference_verdict reference)
{
    unsigned id = result == 0 ? SMTPWIRE_ERROR_NONE : library->id;
    uint64_t offset = result == 0 ? 0 : library->offset;
    if ((result == 0) != (reference.id == SMTPWIRE_ERROR_NONE) ||
        (result != 0 && (offset < reference.offset || (offset > reference.offset && offset > reference.until))) ||
        (id != reference.id && (reference.other == 0 || id != reference.other) &&
         (reference.third == 0 || id != reference.third))) {
        snprintf(message, sizeof message, "verdict: library %s at %llu, reference %s at %zu%s%s",
                 smtpwire_error_name(id), (unsigned long long)offset, smtpwire_error_name(reference.id),
                 reference.offset, reference.other != 0 ? " or " : "",
                 reference.other != 0 ? smtpwire_error_name(reference.other) : "");
        return message;
    }
    return NULL;
}

const char *different_address(const struct smtpwire_address *library, const struct reference_address *reference,
                              const void *data)
{
    SAME_SLICE("path", library->path, reference->path, data);
    SAME_SLICE("route", library->route, reference->route, data);
    SAME_SLICE("local part", library->local, reference->local, data);
    SAME_SLICE("domain", library->domain, reference->domain, data);
    SAME_SLICE("literal", library->literal, reference->literal, data);
    return NULL;
}

static const char *different_date(const struct smtpwire_date_time *library, const struct reference_parameter *reference,
                                  const void *data)
{
    SAME_NUMBER("year", library->year, reference->date[0]);
    SAME_NUMBER("month", library->month, reference->date[1]);
    SAME_NUMBER("day", library->day, reference->date[2]);
    SAME_NUMBER("hour", library->hour, reference->date[3]);
    SAME_NUMBER("minute", library->minute, reference->date[4]);
    SAME_NUMBER("second", library->second, reference->date[5]);
    SAME_NUMBER("offset", library->offset, reference->west ? -(int)reference->date[6] : (int)reference->date[6]);
    SAME_SLICE("fraction", library->fraction, reference->fraction, data);
    return NULL;
}

/* Typed values, each in its member. */
static const char *different_value(const struct smtpwire_parameter *library,
                                   const struct reference_parameter *reference, const void *data)
{
    int64_t sign = reference->negative ? -1 : 1;
    switch (reference->id) {
    case SMTPWIRE_PARAMETER_SIZE:
        return different_number("SIZE", library->size, reference->number);
    case SMTPWIRE_PARAMETER_BODY:
        return different_number("BODY", library->body, reference->number);
    case SMTPWIRE_PARAMETER_RET:
        return different_number("RET", library->ret, reference->number);
    case SMTPWIRE_PARAMETER_NOTIFY:
        return different_number("NOTIFY", library->notify, reference->number);
    case SMTPWIRE_PARAMETER_MT_PRIORITY:
        return different_number("MT-PRIORITY", (uint64_t)library->priority,
                                (uint64_t)(sign * (int64_t)reference->number));
    case SMTPWIRE_PARAMETER_HOLDFOR:
        return different_number("HOLDFOR", library->hold_for, reference->number);
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
        return different_date(&library->hold_until, reference, data);
    case SMTPWIRE_PARAMETER_RRVS:
        SAME_NUMBER("RRVS' no support", library->rrvs.no_support, reference->mode);
        return different_date(&library->rrvs.since, reference, data);
    case SMTPWIRE_PARAMETER_BY:
        SAME_NUMBER("BY's mode", library->by.mode, reference->mode);
        SAME_NUMBER("BY's trace", library->by.trace, reference->trace);
        return different_number("BY", (uint64_t)library->by.seconds, (uint64_t)(sign * (int64_t)reference->number));
    case SMTPWIRE_PARAMETER_ORCPT:
        SAME_SLICE("ORCPT's type", library->orcpt.type, reference->first, data);
        SAME_NUMBER("ORCPT's utf8", library->orcpt.utf8, reference->utf8);
        return different_slice("ORCPT's address", library->orcpt.address, reference->second, data);
    case SMTPWIRE_PARAMETER_MTRK:
        SAME_SLICE("MTRK's certifier", library->mtrk.certifier, reference->first, data);
        SAME_NUMBER("MTRK's has_timeout", library->mtrk.has_timeout, reference->second.there);
        if (reference->second.there) {
            char digits[16] = {0};
            memcpy(digits, (const char *)data + reference->second.at, reference->second.len);
            SAME_NUMBER("MTRK's timeout", library->mtrk.timeout, strtoul(digits, NULL, 10));
        }
        return NULL;
    default:
        return NULL;
    }
}

static const char *different_parameters(struct smtpwire_slice rest, const struct reference_command *reference,
                                        const void *data)
{
    struct smtpwire_parameter parameter;
    size_t i;
    for (i = 0; smtpwire_parameter_next(&rest, &parameter); i++) {
        const struct reference_parameter *p = &reference->parameter[i];
        const char *difference;
        if (i >= reference->count || i >= REFERENCE_PARAMETERS)
            continue;
        SAME_SLICE("keyword", parameter.keyword, p->keyword, data);
        SAME_SLICE("value", parameter.value, p->value, data);
        SAME_NUMBER("parameter", parameter.id, p->id);
        difference = different_value(&parameter, p, data);
        if (difference != NULL)
            return difference;
    }
    return different_number("number of parameters", i, reference->count);
}

static const char *different_attributes(struct smtpwire_slice rest, const struct reference_command *reference,
                                        const void *data)
{
    struct smtpwire_attribute attribute;
    size_t i;
    for (i = 0; smtpwire_attribute_next(&rest, &attribute); i++) {
        const struct reference_attribute *a = &reference->attribute[i];
        if (i >= reference->attributes)
            continue;
        SAME_SLICE("name", attribute.name, a->name, data);
        SAME_SLICE("value", attribute.value, a->value, data);
        SAME_NUMBER("attribute", attribute.id, a->id);
        SAME_NUMBER("port", attribute.port, a->port);
        SAME_NUMBER("status", attribute.status, a->status);
    }
    return different_number("number of attributes", i, reference->attributes);
}

/* The reply to a refused command (smtpwire.h, SMTPWIRE_ERRORS). */
static const char *different_answer(unsigned verb, const struct smtpwire_error *error)
{
    unsigned code = 501, subject = 5, detail = 4;
#define ANSWER_(row, name, code_, subject_, detail_, rfc, text)                                                        \
    if (error->id == SMTPWIRE_ERROR_##row)                                                                             \
        code = code_, subject = subject_, detail = detail_;
    SMTPWIRE_ERRORS(ANSWER_)
#undef ANSWER_
    if (subject == 1 && detail == 3 && verb == SMTPWIRE_VERB_MAIL)
        detail = 7;
    if (subject == 1 && detail == 3 &&
        (verb == SMTPWIRE_VERB_EHLO || verb == SMTPWIRE_VERB_HELO || verb == SMTPWIRE_VERB_LHLO))
        subject = 5, detail = 4;
    if (error->id == SMTPWIRE_ERROR_NON_ASCII && verb == SMTPWIRE_VERB_MAIL)
        code = 550;
    SAME_NUMBER("reply", error->code, code);
    SAME_NUMBER("class", error->enhanced[0], code / 100);
    SAME_NUMBER("subject", error->enhanced[1], subject);
    return different_number("detail", error->enhanced[2], detail);
}

static const char *different_command(const struct smtpwire_command *library, int result,
                                     const struct smtpwire_error *error, const struct reference_command *reference,
                                     const void *data)
{
    const char *difference = different_error(result, error, reference->verdict);
    if (difference != NULL)
        return difference;
    SAME_NUMBER("verb", library->verb, reference->verb);
    SAME_SLICE("name", library->name, reference->name, data);
    if (result != 0)
        return different_answer(reference->verb, error);
    SAME_NUMBER("flags", library->flags, reference->flags);
    difference = different_address(&library->address, &reference->address, data);
    if (difference != NULL)
        return difference;
    SAME_SLICE("argument", library->argument, reference->argument, data);
    SAME_SLICE("initial response", library->initial, reference->initial, data);
    SAME_SLICE("parameters", library->parameters, reference->parameters, data);
    SAME_NUMBER("chunk size", library->chunk_size, reference->chunk_size);
    SAME_NUMBER("last", library->last, reference->last);
    return library->verb == SMTPWIRE_VERB_XCLIENT || library->verb == SMTPWIRE_VERB_XFORWARD
               ? different_attributes(library->parameters, reference, data)
               : different_parameters(library->parameters, reference, data);
}

const char *reference_compare_command(const uint8_t *data, size_t len, const struct smtpwire_options *options)
{
    struct reference_command *reference = malloc(sizeof *reference);
    struct smtpwire_command library;
    struct smtpwire_error error;
    const char *difference;
    int result;
    if (reference == NULL)
        abort();
    result = smtpwire_command_parse((const char *)data, len, options, &library, &error);
    reference_command(data, len, options, reference);
    difference = different_command(&library, result, &error, reference, data);
    free(reference);
    return difference;
}

const char *reference_compare_address(const uint8_t *data, size_t len, const struct smtpwire_options *options)
{
    static int (*const parse[])(const char *, size_t, const struct smtpwire_options *, struct smtpwire_address *,
                                uint32_t *, struct smtpwire_error *) = {
        smtpwire_reverse_path_parse, smtpwire_forward_path_parse, smtpwire_mailbox_parse, smtpwire_domain_parse};
    unsigned kind;
    for (kind = REFERENCE_REVERSE_PATH; kind <= REFERENCE_DOMAIN; kind++) {
        struct smtpwire_address library;
        struct reference_address reference;
        struct smtpwire_error error;
        struct reference_verdict verdict;
        uint32_t flags = 0, reference_flags;
        int result = parse[kind]((const char *)data, len, options, &library, &flags, &error);
        const char *difference;
        reference_address((enum reference_value)kind, data, len, options, &reference, &reference_flags, &verdict);
        difference = different_error(result, &error, verdict);
        if (difference == NULL && result == 0)
            difference = different_number("flags", flags, reference_flags);
        if (difference == NULL && result == 0)
            difference = different_address(&library, &reference, data);
        if (difference != NULL)
            return difference;
    }
    return NULL;
}

const char *reference_compare_reply(const uint8_t *data, size_t len, const struct smtpwire_options *options)
{
    struct smtpwire_reply library;
    struct reference_reply reference;
    struct smtpwire_error error;
    int result = smtpwire_reply_parse((const char *)data, len, options, &library, &error), i;
    const char *difference;
    reference_reply(data, len, options, &reference);
    difference = different_error(result, &error, reference.verdict);
    if (difference != NULL)
        return difference;
    SAME_NUMBER("code", library.code, reference.code);
    SAME_NUMBER("last", library.last, reference.last);
    if (result != 0)
        return NULL;
    for (i = 0; i < 3; i++)
        SAME_NUMBER("enhanced status code", library.enhanced[i], reference.enhanced[i]);
    SAME_NUMBER("flags", library.flags, reference.flags);
    return different_slice("text", library.text, reference.text, data);
}

static const char *different_text(enum reference_text kind, const uint8_t *data, size_t len,
                                  const struct smtpwire_options *options)
{
    const char *text = (const char *)data, *difference;
    struct smtpwire_greeting library = {.flags = 0};
    struct reference_reply_text reference;
    struct smtpwire_error error;
    int result;
    reference_reply_text(kind, data, len, options, &reference);
    result = kind == REFERENCE_GREETING        ? smtpwire_greeting_parse(text, len, options, &library, &error)
             : kind == REFERENCE_EHLO_GREETING ? smtpwire_ehlo_greeting_parse(text, len, options, &library, &error)
             : kind == REFERENCE_FORWARD_TEXT
                 ? smtpwire_forward_text_parse(text, len, options, &library.address, &library.flags, &error)
                 : smtpwire_challenge_parse(text, len, &library.text, &error);
    difference = different_error(result, &error, reference.verdict);
    if (difference != NULL)
        return difference;
    if (result != 0)
        return different_number("reply", error.code, 0);
    SAME_NUMBER("flags", library.flags, reference.flags);
    SAME_SLICE("text", library.text, reference.text, data);
    return different_address(&library.address, &reference.address, data);
}

const char *reference_compare_reply_text(const uint8_t *data, size_t len, const struct smtpwire_options *options)
{
    const char *difference = NULL;
    unsigned kind;
    for (kind = REFERENCE_GREETING; kind <= REFERENCE_CHALLENGE && difference == NULL; kind++)
        difference = different_text((enum reference_text)kind, data, len, options);
    return difference;
}

const char *reference_compare_capability(const uint8_t *data, size_t len, const struct smtpwire_options *options)
{
    struct smtpwire_capability library;
    struct reference_capability reference;
    struct smtpwire_error error;
    int result = smtpwire_capability_parse((const char *)data, len, options, &library, &error);
    const char *difference;
    reference_capability(data, len, options, &reference);
    difference = different_error(result, &error, reference.verdict);
    if (difference != NULL || result != 0)
        return difference;
    SAME_NUMBER("capability", library.id, reference.id);
    SAME_NUMBER("flags", library.flags, reference.flags);
    SAME_NUMBER("has_value", library.has_value, reference.has_value);
    SAME_SLICE("keyword", library.keyword, reference.keyword, data);
    SAME_SLICE("parameters", library.parameters, reference.parameters, data);
    switch (library.id) {
    case SMTPWIRE_CAPABILITY_SIZE:
        return different_number("SIZE", library.size, reference.number);
    case SMTPWIRE_CAPABILITY_DELIVERBY:
        return different_number("DELIVERBY", library.deliver_by, reference.number);
    case SMTPWIRE_CAPABILITY_AUTH:
        return different_number("mechanisms", library.mechanisms, reference.number);
    case SMTPWIRE_CAPABILITY_XCLIENT:
    case SMTPWIRE_CAPABILITY_XFORWARD:
        return different_number("attributes", library.attributes, reference.number);
    case SMTPWIRE_CAPABILITY_BURL:
        return different_number("burl", library.burl, reference.number);
    case SMTPWIRE_CAPABILITY_MT_PRIORITY:
        return different_number("profile", library.profile, reference.number);
    case SMTPWIRE_CAPABILITY_FUTURERELEASE:
        SAME_NUMBER("interval", library.release.interval, reference.number);
        return different_number("until", (uint64_t)library.release.until, (uint64_t)reference.until);
    case SMTPWIRE_CAPABILITY_LIMITS:
        SAME_NUMBER("MAILMAX", library.limits.mail_max, reference.limit[0]);
        SAME_NUMBER("RCPTMAX", library.limits.rcpt_max, reference.limit[1]);
        return different_number("RCPTDOMAINMAX", library.limits.rcpt_domain_max, reference.limit[2]);
    default:
        return NULL;
    }
}

const char *reference_compare_xtext(const uint8_t *data, size_t len)
{
    struct smtpwire_slice xtext = {(const char *)data, len};
    unsigned char *library = malloc(len + 1), *reference = malloc(len + 1);
    ptrdiff_t count, reference_count;
    const char *difference;
    if (library == NULL || reference == NULL)
        abort();
    count = smtpwire_xtext_decode(xtext, library, len);
    reference_count = reference_xtext_decode(data, len, reference);
    difference = different_number("decoded octets", (uint64_t)count, (uint64_t)reference_count);
    if (difference == NULL && count > 0)
        difference = different_number("decoding", memcmp(library, reference, (size_t)count) != 0, 0);
    free(library);
    free(reference);
    return difference;
}
