#include "record.h"

#include <string.h>

#define KEY_NAME(key) #key,
const char *const record_key_names[KEY_COUNT] = {RECORD_KEYS(KEY_NAME)};

#define FLAG_ROW(id, bit, name, text) {1U << (bit), name},
static const struct {
    uint32_t bit;
    const char *name;
} flag_names[] = {SMTPWIRE_FLAGS(FLAG_ROW)};

static const char *const kind_names[] = {"more", "wait", "line",  "command", "content",
                                         "end",  "auth", "reply", "error",   "fatal"};
static const char *const inside_names[] = {"", "line", "skipped", "content", "chunk", "auth", "reply", "tls"};

void record_text(struct record *record, enum key key, const char *text, size_t len)
{
    if (len == 0)
        return;
    record->value[key].type = TYPE_TEXT;
    record->value[key].text.data = text;
    record->value[key].text.len = len;
}

static void name(struct record *record, enum key key, const char *text)
{
    record_text(record, key, text, strlen(text));
}

void record_number(struct record *record, enum key key, uint64_t number)
{
    record->value[key].type = TYPE_NUMBER;
    record->value[key].number = number;
}

static void add(struct value *list, const char *text, size_t len)
{
    list->type = TYPE_LIST;
    if (list->count == sizeof list->items / sizeof list->items[0])
        return;
    list->items[list->count].data = text;
    list->items[list->count].len = len;
    list->count++;
}

static void flags(struct record *record, uint32_t bits)
{
    size_t i;
    for (i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
        if ((bits & flag_names[i].bit) != 0)
            add(&record->value[KEY_flags], flag_names[i].name, strlen(flag_names[i].name));
}

int record_next_hop(struct smtpwire_slice *route, struct smtpwire_slice *hop)
{
    const char *comma;
    if (route->len == 0)
        return 0;
    comma = memchr(route->data, ',', route->len);
    hop->data = route->data + 1; /* behind its at sign */
    hop->len = (comma != NULL ? (size_t)(comma - route->data) : route->len) - 1;
    route->len -= comma != NULL ? hop->len + 2 : hop->len + 1;
    route->data += comma != NULL ? hop->len + 2 : hop->len + 1;
    return 1;
}

void record_address(struct record *record, const struct smtpwire_address *address, uint32_t bits)
{
    record_text(record, KEY_path, address->path.data, address->path.len);
    record_text(record, KEY_local, address->local.data, address->local.len);
    record_text(record, KEY_domain, address->domain.data, address->domain.len);
    record_text(record, KEY_literal, address->literal.data, address->literal.len);
    record_text(record, KEY_route, address->route.data, address->route.len);
    if (address->route.len != 0)
        record->value[KEY_route].type = TYPE_ROUTE;
    flags(record, bits);
}

static void verb(struct record *record, unsigned id)
{
    if (id != SMTPWIRE_VERB_UNKNOWN)
        name(record, KEY_verb, smtpwire_verb_name(id));
}

static void command(struct record *record, const struct smtpwire_command *c)
{
    verb(record, c->verb);
    if (c->verb == SMTPWIRE_VERB_UNKNOWN)
        record_text(record, KEY_verb, c->name.data, c->name.len);
    record_address(record, &c->address, c->flags);
    record_text(record, KEY_argument, c->argument.data, c->argument.len);
    record_text(record, KEY_data, c->initial.data, c->initial.len);
    if (c->verb == SMTPWIRE_VERB_BDAT)
        record_number(record, KEY_size, c->chunk_size);
    if (c->last)
        record->value[KEY_last].type = TYPE_TRUE;
    if (c->parameters.len != 0) {
        record->value[KEY_params].type = TYPE_PARAMETERS;
        record->value[KEY_params].text = c->parameters;
    }
}

static void enhanced(struct value *value, unsigned status_class, unsigned subject, unsigned detail)
{
    int len = snprintf(value->room, sizeof value->room, "%u.%u.%u", status_class, subject, detail);
    value->type = TYPE_TEXT;
    value->text.data = value->room;
    value->text.len = (size_t)len;
}

static void reply(struct record *record, const struct smtpwire_reply *r)
{
    verb(record, r->verb);
    if (r->code != 0)
        record_number(record, KEY_code, r->code);
    if (r->enhanced[0] != 0)
        enhanced(&record->value[KEY_enhanced], r->enhanced[0], r->enhanced[1], r->enhanced[2]);
    record_text(record, KEY_text, r->text.data, r->text.len);
    if (r->last)
        record->value[KEY_last].type = TYPE_TRUE;
    flags(record, r->flags);
}

static void mechanisms(struct record *record, uint32_t bits)
{
    unsigned id;
    for (id = 0; id < SMTPWIRE_MECHANISM_COUNT; id++)
        if ((bits & UINT32_C(1) << id) != 0)
            add(&record->value[KEY_mechanisms], smtpwire_mechanism_name(id), strlen(smtpwire_mechanism_name(id)));
}

static void attributes(struct record *record, uint32_t bits)
{
    unsigned id;
    for (id = 0; id < SMTPWIRE_ATTRIBUTE_COUNT; id++)
        if ((bits & UINT32_C(1) << id) != 0)
            add(&record->value[KEY_attributes], smtpwire_attribute_name(id), strlen(smtpwire_attribute_name(id)));
}

static void urls(struct record *record, uint32_t bits)
{
    if ((bits & SMTPWIRE_BURL_IMAP) != 0)
        add(&record->value[KEY_urls], "urlauth", 7);
    if ((bits & SMTPWIRE_BURL_SERVER) != 0)
        add(&record->value[KEY_urls], "server", 6);
}

static void profile(struct record *record, uint32_t id)
{
    static const char *const names[] = {"unknown", "mixer", "stanag4406", "nsep"};
    name(record, KEY_profile, names[id]);
}

static void limit(struct record *record, enum key key, uint32_t number)
{
    if (number != 0)
        record_number(record, key, number);
}

static void capability_value(struct record *record, const struct smtpwire_capability *c)
{
    struct value *until = &record->value[KEY_until];
    switch (c->id) {
    case SMTPWIRE_CAPABILITY_SIZE:
        record_number(record, KEY_size, c->size);
        break;
    case SMTPWIRE_CAPABILITY_AUTH:
        mechanisms(record, c->mechanisms);
        break;
    case SMTPWIRE_CAPABILITY_XCLIENT:
    case SMTPWIRE_CAPABILITY_XFORWARD:
        attributes(record, c->attributes);
        break;
    case SMTPWIRE_CAPABILITY_BURL:
        urls(record, c->burl);
        break;
    case SMTPWIRE_CAPABILITY_MT_PRIORITY:
        profile(record, c->profile);
        break;
    case SMTPWIRE_CAPABILITY_DELIVERBY:
        record_number(record, KEY_deliverby, c->deliver_by);
        break;
    case SMTPWIRE_CAPABILITY_FUTURERELEASE:
        record_number(record, KEY_interval, c->release.interval);
        record_number(record, KEY_until, (uint64_t)c->release.until);
        until->type = TYPE_SIGNED;
        break;
    default:
        limit(record, KEY_mailmax, c->limits.mail_max);
        limit(record, KEY_rcptmax, c->limits.rcpt_max);
        limit(record, KEY_rcptdomainmax, c->limits.rcpt_domain_max);
        break;
    }
}

void record_capability(struct record *record, const struct smtpwire_capability *capability)
{
    const struct smtpwire_capability *c = capability;
    name(record, KEY_event, "capability");
    if (c->id == SMTPWIRE_CAPABILITY_UNKNOWN)
        record_text(record, KEY_verb, c->keyword.data, c->keyword.len);
    else
        name(record, KEY_verb, smtpwire_capability_name(c->id));
    record_text(record, KEY_text, c->parameters.data, c->parameters.len);
    if (c->has_value)
        capability_value(record, c);
    flags(record, c->flags);
}

void record_error(struct record *record, const struct smtpwire_error *error)
{
    struct value *value = &record->value[KEY_reply];
    if (error->id == SMTPWIRE_ERROR_NONE)
        return;
    name(record, KEY_error, smtpwire_error_name(error->id));
    record_number(record, KEY_offset, error->offset);
    if (error->code == 0)
        return;
    value->type = TYPE_TEXT;
    value->text.data = value->room;
    value->text.len = (size_t)snprintf(value->room, sizeof value->room, "%u %u.%u.%u", error->code, error->enhanced[0],
                                       error->enhanced[1], error->enhanced[2]);
}

/* The kind of line in which there is such an error of syntax; -1 if it is none. */
static int kind_of(unsigned error)
{
    switch (error) {
    case SMTPWIRE_ERROR_ARGUMENT_SYNTAX:
    case SMTPWIRE_ERROR_ADDRESS_SYNTAX:
    case SMTPWIRE_ERROR_UNREGISTERED_TAG:
    case SMTPWIRE_ERROR_PARAMETER_SYNTAX:
    case SMTPWIRE_ERROR_PARAMETER_VALUE:
    case SMTPWIRE_ERROR_CHUNK_SIZE:
        return SMTPWIRE_EXPECTED_COMMAND;
    case SMTPWIRE_ERROR_AUTH_SYNTAX:
        return SMTPWIRE_EXPECTED_AUTH_RESPONSE;
    case SMTPWIRE_ERROR_REPLY_SYNTAX:
        return SMTPWIRE_EXPECTED_REPLY;
    case SMTPWIRE_ERROR_CAPABILITY_SYNTAX:
        return SMTPWIRE_EXPECTED_CAPABILITY;
    default:
        return -1;
    }
}

void record_expected(struct record *record, const struct smtpwire_error *error, int kind,
                     const struct smtpwire_options *options)
{
    struct smtpwire_expected expected = {0};
    const int found = kind_of(error->id);
    if (found < 0 || record->line.data == NULL || error->offset - record->line_at > record->line.len ||
        !smtpwire_expected_find((unsigned)(kind < 0 ? found : kind), record->line.data,
                                (size_t)(error->offset - record->line_at), options, &expected))
        return;
    record_text(record, KEY_expected, record->expected,
                smtpwire_expected_write(&expected, record->expected, sizeof record->expected));
}

/* What a refused line still told, but for its address and flags: half of an address is no fact. */
static void refused(struct record *record, const struct smtpwire_event *event, int client)
{
    struct smtpwire_command known = event->command;
    record->line = event->line;
    record->line_at = event->at;
    if (client) {
        reply(record, &event->reply);
        return;
    }
    if (event->error.id != SMTPWIRE_ERROR_COMMAND_SEQUENCE && event->error.id != SMTPWIRE_ERROR_NO_RECIPIENTS &&
        event->error.id != SMTPWIRE_ERROR_TOO_MANY_RECIPIENTS) {
        memset(&known.address, 0, sizeof known.address);
        memset(&known.parameters, 0, sizeof known.parameters);
        memset(&known.initial, 0, sizeof known.initial);
        known.flags = 0;
        if (event->error.id != SMTPWIRE_ERROR_COMMAND_UNKNOWN &&
            event->error.id != SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED)
            memset(&known.argument, 0, sizeof known.argument);
    }
    command(record, &known);
}

static void details(struct record *record, const struct smtpwire_event *event, int client)
{
    switch (event->kind) {
    case SMTPWIRE_COMMAND:
        command(record, &event->command);
        break;
    case SMTPWIRE_CONTENT:
        record_text(record, KEY_data, event->content.data, event->content.len);
        break;
    case SMTPWIRE_AUTH_RESPONSE:
        record_text(record, KEY_data, event->line.data, event->line.len);
        break;
    case SMTPWIRE_END:
        if (event->end.last)
            record->value[KEY_last].type = TYPE_TRUE;
        record_number(record, KEY_size, event->end.size);
        record_number(record, KEY_longest, event->end.longest);
        flags(record, event->end.flags);
        record_error(record, &event->error);
        break;
    case SMTPWIRE_REPLY:
        reply(record, &event->reply);
        record_number(record, KEY_code, event->reply.code); /* 000 as well */
        break;
    case SMTPWIRE_ERROR:
        refused(record, event, client);
        record_error(record, &event->error);
        break;
    case SMTPWIRE_FATAL:
        record_error(record, &event->error);
        break;
    default:
        name(record, KEY_inside, inside_names[event->inside]);
        break;
    }
}

void record_event(struct record *record, const struct smtpwire_event *event, int client)
{
    memset(record, 0, sizeof *record);
    name(record, KEY_event, kind_names[event->kind]);
    record_number(record, KEY_at, event->at);
    if (event->len != 0)
        record_number(record, KEY_len, event->len);
    details(record, event, client);
}
