/* smtpwire: reads the SMTP and LMTP wire.
 *
 * The only public header. Layers, each usable alone:
 *
 *   values    smtpwire_path_parse() and its like: one address, over a slice
 *   lines     smtpwire_command_parse(), smtpwire_reply_parse(): one line without its CRLF
 *   streams   smtpwire_line_push(), smtpwire_data_push(): framing, fed in pieces of any size
 *   sessions  smtpwire_server_push() (what a client sends), smtpwire_client_push() (what a server sends)
 *
 * The library allocates nothing, does no I/O, keeps no global state and calls nothing but mem* functions. The
 * caller owns every object and every buffer. Distinct objects may be used from distinct threads at the same time;
 * one object may not. Options are only read and may be shared by any number of objects and threads.
 *
 * Offsets and lengths are in octets. Slices point into the caller's buffer (or to a static constant) and are never
 * terminated by a NUL.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SMTPWIRE_H
#define SMTPWIRE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SMTPWIRE_VERSION_MAJOR 0
#define SMTPWIRE_VERSION_MINOR 1
#define SMTPWIRE_VERSION_PATCH 0
#define SMTPWIRE_VERSION "0.1.0"

#if defined(__GNUC__)
#define SMTPWIRE_API __attribute__((visibility("default")))
#else
#define SMTPWIRE_API
#endif

/* ---- Tables. Each is the one place its names are written; enums, names, the command's --list and the tests come
 * from them. ---------------------------------------------------------------------------------------------------- */

/* X(id, name, implemented): the commands known by name. Those not implemented are answered 502.
 * greeting and end-of-data are no commands: they name what a reply can answer besides one. */
#define SMTPWIRE_VERBS(X)                                                                                             \
    X(UNKNOWN, "unknown", 0)                                                                                          \
    X(GREETING, "greeting", 0)                                                                                        \
    X(END_OF_DATA, "end-of-data", 0)                                                                                  \
    X(EHLO, "EHLO", 1)                                                                                                \
    X(HELO, "HELO", 1)                                                                                                \
    X(MAIL, "MAIL", 1)                                                                                                \
    X(RCPT, "RCPT", 1)                                                                                                \
    X(DATA, "DATA", 1)                                                                                                \
    X(RSET, "RSET", 1)                                                                                                \
    X(NOOP, "NOOP", 1)                                                                                                \
    X(QUIT, "QUIT", 1)                                                                                                \
    X(VRFY, "VRFY", 1)                                                                                                \
    X(EXPN, "EXPN", 1)                                                                                                \
    X(HELP, "HELP", 1)                                                                                                \
    X(STARTTLS, "STARTTLS", 1)                                                                                        \
    X(LHLO, "LHLO", 0)                                                                                                \
    X(AUTH, "AUTH", 0)                                                                                                \
    X(BDAT, "BDAT", 0)                                                                                                \
    X(ETRN, "ETRN", 0)                                                                                                \
    X(ATRN, "ATRN", 0)                                                                                                \
    X(BURL, "BURL", 0)                                                                                                \
    X(XCLIENT, "XCLIENT", 0)                                                                                          \
    X(XFORWARD, "XFORWARD", 0)                                                                                        \
    X(TURN, "TURN", 0)                                                                                                \
    X(SEND, "SEND", 0)                                                                                                \
    X(SOML, "SOML", 0)                                                                                                \
    X(SAML, "SAML", 0)

/* X(id, name, code, subject, detail, rfc, text): every error. code is the reply to send, 0 where the peer is a
 * server and none is sent; the enhanced status code is the code's first digit, subject and detail (RFC 3463).
 * Instead of 1.3 (bad recipient's address) MAIL is told 1.7 (bad sender's address), EHLO and HELO 5.4 (bad argument);
 * for non_ascii MAIL is told 550 (RFC 6531 section 3.5). */
#define SMTPWIRE_ERRORS(X)                                                                                            \
    X(NONE, "none", 0, 0, 0, "", "no error")                                                                          \
    X(BARE_LF, "bare_lf", 500, 5, 2, "RFC 5321 section 2.3.8", "line feed without a carriage return before it")       \
    X(BARE_CR, "bare_cr", 500, 5, 2, "RFC 5321 section 2.3.8", "carriage return without a line feed after it")        \
    X(NUL, "nul", 500, 5, 2, "RFC 5321 section 4.1.2", "NUL octet in a line")                                         \
    X(LINE_TOO_LONG, "line_too_long", 500, 5, 2, "RFC 5321 section 4.5.3.1", "line over its length limit")            \
    X(COMMAND_UNKNOWN, "command_unknown", 500, 5, 2, "RFC 5321 section 4.2.4", "command not recognised")              \
    X(COMMAND_NOT_IMPLEMENTED, "command_not_implemented", 502, 5, 1, "RFC 5321 section 4.2.4",                        \
      "command recognised but not implemented")                                                                       \
    X(ARGUMENT_SYNTAX, "argument_syntax", 501, 5, 4, "RFC 5321 section 4.1.1", "syntax error in an argument")         \
    X(ADDRESS_SYNTAX, "address_syntax", 501, 1, 3, "RFC 5321 section 4.1.2", "syntax error in an address")            \
    X(PARAMETER_SYNTAX, "parameter_syntax", 501, 5, 4, "RFC 5321 section 4.1.2", "syntax error in a parameter")       \
    X(PARAMETER_UNKNOWN, "parameter_unknown", 555, 5, 4, "RFC 5321 section 4.1.1.11",                                 \
      "parameter that is not known, not offered or of another command")                                               \
    X(PARAMETER_VALUE, "parameter_value", 501, 5, 4, "RFC 5321 section 4.1.1.11",                                     \
      "value that its parameter does not take")                                                                       \
    X(PARAMETER_CONFLICT, "parameter_conflict", 501, 5, 4, "RFC 5321 section 4.1.1.11",                               \
      "parameter given twice, or with one that excludes it")                                                          \
    X(SIZE_TOO_LARGE, "size_too_large", 552, 3, 4, "RFC 1870 section 6.1",                                            \
      "message size that no 64-bit number can hold")                                                                  \
    X(UNREGISTERED_TAG, "unregistered_tag", 501, 1, 3, "RFC 5321 section 4.1.3",                                      \
      "address literal whose tag is not registered")                                                                  \
    X(LOCAL_PART_TOO_LONG, "local_part_too_long", 501, 1, 3, "RFC 5321 section 4.5.3.1.1",                            \
      "local part over its length limit")                                                                             \
    X(DOMAIN_TOO_LONG, "domain_too_long", 501, 1, 3, "RFC 5321 section 4.5.3.1.2", "domain over its length limit")    \
    X(LABEL_TOO_LONG, "label_too_long", 501, 1, 3, "RFC 1035 section 2.3.4", "domain label over its length limit")    \
    X(PATH_TOO_LONG, "path_too_long", 501, 1, 3, "RFC 5321 section 4.5.3.1.3", "path over its length limit")          \
    X(NON_ASCII, "non_ascii", 553, 6, 7, "RFC 6531 section 3.5", "octets over 127 without SMTPUTF8")                  \
    X(COMMAND_SEQUENCE, "command_sequence", 503, 5, 1, "RFC 5321 section 4.1.4", "command out of order")              \
    X(NO_RECIPIENTS, "no_recipients", 554, 5, 1, "RFC 5321 section 3.3", "every recipient was refused")               \
    X(CONTENT_BARE_LF, "content_bare_lf", 554, 6, 0, "RFC 5321 section 2.3.8", "bare LF in the content")              \
    X(CONTENT_BARE_CR, "content_bare_cr", 554, 6, 0, "RFC 5321 section 2.3.8", "bare CR in the content")              \
    X(CONTENT_NUL, "content_nul", 554, 6, 0, "RFC 5321 section 4.5.2", "NUL octet in the content")                    \
    X(STARTTLS_RESIDUE, "starttls_residue", 554, 7, 0, "RFC 3207 section 4",                                          \
      "octets behind STARTTLS that no TLS protects")                                                                  \
    X(REPLY_SYNTAX, "reply_syntax", 0, 0, 0, "RFC 5321 section 4.2", "syntax error in a reply line")                  \
    X(REPLY_MISMATCH, "reply_mismatch", 0, 0, 0, "RFC 5321 section 4.2.1",                                            \
      "reply line with another code than the first line of the reply")                                                \
    X(REPLY_UNEXPECTED, "reply_unexpected", 0, 0, 0, "RFC 5321 section 4.2", "reply that no command awaits")          \
    X(MISUSE, "misuse", 421, 3, 0, "", "the caller broke the contract of push")

/* X(id, name, default, rfc, text): limits in octets. options.limit[] replaces a default; 0 keeps it. */
#define SMTPWIRE_LIMITS(X)                                                                                            \
    X(LOCAL_PART, "local_part", 64, "RFC 5321 section 4.5.3.1.1", "local part, quotes included")                      \
    X(DOMAIN, "domain", 255, "RFC 5321 section 4.5.3.1.2", "domain or address literal")                               \
    X(LABEL, "label", 63, "RFC 1035 section 2.3.4", "label of a domain")                                              \
    X(PATH, "path", 256, "RFC 5321 section 4.5.3.1.3", "path with its route and angle brackets")                      \
    X(COMMAND_LINE, "command_line", 512, "RFC 5321 section 4.5.3.1.4",                                                \
      "command line, CRLF included; unless it is set, what the offered extensions add comes on top")                  \
    X(REPLY_LINE, "reply_line", 4096, "RFC 5321 section 4.5.3.1.5",                                                   \
      "reply line, CRLF included; over 512 it is flagged long_line")                                                  \
    X(TEXT_LINE, "text_line", 1000, "RFC 5321 section 4.5.3.1.6",                                                     \
      "line of content, CRLF included, a stuffed dot not; over it the content is flagged long_line")

/* X(id, bit, name, text): what is worth knowing about something that was accepted. */
#define SMTPWIRE_FLAGS(X)                                                                                             \
    X(BARE_CR, 0, "bare_cr", "content: a CR without LF after it")                                                     \
    X(BARE_LF, 1, "bare_lf", "content: an LF without CR before it")                                                   \
    X(NUL, 2, "nul", "content: a NUL octet")                                                                          \
    X(EIGHT_BIT, 3, "eight_bit", "content or reply text: an octet over 127")                                          \
    X(LONG_LINE, 4, "long_line", "content: a line over the text_line limit; reply: a line over 512 octets")           \
    X(NULL_PATH, 5, "null_path", "the null reverse path, <>")                                                         \
    X(POSTMASTER, 6, "postmaster", "the forward path <Postmaster>, which has no domain")                              \
    X(QUOTED, 7, "quoted", "the local part is a Quoted-string")                                                       \
    X(EMPTY_LOCAL, 8, "empty_local", "the local part is \"\", which RFC 5321 allows and its revision may not")        \
    X(ROUTE, 9, "route", "the path has a source route, which is to be ignored (RFC 5321 section 4.1.2)")              \
    X(NUMERIC_DOMAIN, 10, "numeric_domain", "the domain has digits and dots only")                                    \
    X(SINGLE_LABEL, 11, "single_label", "the domain has no dot")                                                      \
    X(DOUBLE_HYPHEN, 12, "double_hyphen", "a label of the domain has two hyphens in a row (an A-label does)")         \
    X(UNREGISTERED_TAG, 13, "unregistered_tag", "address literal with a tag that IANA does not list")                 \
    X(UTF8, 14, "utf8", "the line has octets over 127; they are well-formed UTF-8")                                   \
    X(SMTPUTF8, 15, "smtputf8", "MAIL, VRFY or EXPN carries the parameter SMTPUTF8")                                  \
    X(CLASS_MISMATCH, 16, "class_mismatch",                                                                           \
      "the reply's enhanced status code is of another class than its code and was left in the text")

/* X(id, bit, name, text): leniencies, all off unless asked for. Each says who needs it and what attack it opens. */
#define SMTPWIRE_LENIENCIES(X)                                                                                        \
    X(BARE_LF_COMMAND, 0, "bare_lf_command",                                                                          \
      "LF alone ends a command line. Needed for clients typed by hand or written without CR. Opens: a proxy in "      \
      "front that ends lines at CRLF only sees one line where this side runs two commands")                           \
    X(UNREGISTERED_TAG, 1, "unregistered_tag",                                                                        \
      "address literals with a tag that IANA does not list are delivered, flagged. Needed for closed networks with "  \
      "address families of their own. Opens: [tag:text] lets arbitrary text through where an address is expected")    \
    X(UNKNOWN_PARAMETER, 2, "unknown_parameter",                                                                      \
      "parameters whose keyword is in no table are delivered as they stand. Needed by relays and observers that "     \
      "do not act on parameters. Opens: a client takes 250 for a promise that nobody keeps")                          \
    X(XTEXT_LOWER_CASE, 3, "xtext_lower_case",                                                                        \
      "xtext may have +3d for +3D. Needed for clients that encode so; Postfix takes it. Opens: one address has two "  \
      "spellings, and a filter that compares octets knows one of them")

/* X(id, bit, name, rfc): service extensions by their EHLO keyword. options.extensions says which of them this server
 * offers. UTF8SMTP is obsolete; XVERP is Postfix's, PRDR Exim's. */
#define SMTPWIRE_EXTENSIONS(X)                                                                                        \
    X(SIZE, 0, "SIZE", "RFC 1870")                                                                                    \
    X(EIGHTBITMIME, 1, "8BITMIME", "RFC 6152")                                                                        \
    X(BINARYMIME, 2, "BINARYMIME", "RFC 3030")                                                                        \
    X(CHUNKING, 3, "CHUNKING", "RFC 3030")                                                                            \
    X(PIPELINING, 4, "PIPELINING", "RFC 2920")                                                                        \
    X(STARTTLS, 5, "STARTTLS", "RFC 3207")                                                                            \
    X(SMTPUTF8, 6, "SMTPUTF8", "RFC 6531")                                                                            \
    X(AUTH, 7, "AUTH", "RFC 4954")                                                                                    \
    X(DSN, 8, "DSN", "RFC 3461")                                                                                      \
    X(DELIVERBY, 9, "DELIVERBY", "RFC 2852")                                                                          \
    X(FUTURERELEASE, 10, "FUTURERELEASE", "RFC 4865")                                                                 \
    X(MT_PRIORITY, 11, "MT-PRIORITY", "RFC 6710")                                                                     \
    X(RRVS, 12, "RRVS", "RFC 7293")                                                                                   \
    X(REQUIRETLS, 13, "REQUIRETLS", "RFC 8689")                                                                       \
    X(MTRK, 14, "MTRK", "RFC 3885")                                                                                   \
    X(NO_SOLICITING, 15, "NO-SOLICITING", "RFC 3865")                                                                 \
    X(SUBMITTER, 16, "SUBMITTER", "RFC 4405")                                                                         \
    X(CHECKPOINT, 17, "CHECKPOINT", "RFC 1845")                                                                       \
    X(CONPERM, 18, "CONPERM", "RFC 4141")                                                                             \
    X(CONNEG, 19, "CONNEG", "RFC 4141")                                                                               \
    X(UTF8SMTP, 20, "UTF8SMTP", "RFC 5336")                                                                           \
    X(XVERP, 21, "XVERP", "")                                                                                         \
    X(PRDR, 22, "PRDR", "")

/* X(id, keyword, on, extensions, value, adds, rfc): the parameters of MAIL and RCPT. on: the commands that take it;
 * extensions: one of these must be offered; value: whether it takes one; adds: octets it adds to the line limit of its
 * commands (RFC 5321 section 4.1.1.11), and where its RFC names no number those of the longest one. HOLDFOR and
 * HOLDUNTIL share 34 octets, since only one of them may be there. */
#define SMTPWIRE_PARAMETERS(X)                                                                                        \
    X(UNKNOWN, "unknown", NOTHING, 0, OPTIONAL, 0, "")                                                                \
    X(SIZE, "SIZE", MAIL, SMTPWIRE_OFFER(SIZE), REQUIRED, 26, "RFC 1870 section 3")                                   \
    X(BODY, "BODY", MAIL, SMTPWIRE_OFFER(EIGHTBITMIME) | SMTPWIRE_OFFER(BINARYMIME), REQUIRED, 17,                    \
      "RFC 6152 section 2")                                                                                           \
    X(SMTPUTF8, "SMTPUTF8", MAIL, SMTPWIRE_OFFER(SMTPUTF8), NONE, 10, "RFC 6531 section 3.1")                         \
    X(AUTH, "AUTH", MAIL, SMTPWIRE_OFFER(AUTH), REQUIRED, 500, "RFC 4954 section 5")                                  \
    X(RET, "RET", MAIL, SMTPWIRE_OFFER(DSN), REQUIRED, 9, "RFC 3461 section 4.3")                                     \
    X(ENVID, "ENVID", MAIL, SMTPWIRE_OFFER(DSN), REQUIRED, 107, "RFC 3461 section 4.4")                               \
    X(NOTIFY, "NOTIFY", RCPT, SMTPWIRE_OFFER(DSN), REQUIRED, 29, "RFC 3461 section 4.1")                              \
    X(ORCPT, "ORCPT", RCPT, SMTPWIRE_OFFER(DSN), REQUIRED, 507, "RFC 3461 section 4.2")                               \
    X(BY, "BY", MAIL, SMTPWIRE_OFFER(DELIVERBY), REQUIRED, 17, "RFC 2852 section 4")                                  \
    X(HOLDFOR, "HOLDFOR", MAIL, SMTPWIRE_OFFER(FUTURERELEASE), REQUIRED, 0, "RFC 4865 section 3")                     \
    X(HOLDUNTIL, "HOLDUNTIL", MAIL, SMTPWIRE_OFFER(FUTURERELEASE), REQUIRED, 34, "RFC 4865 section 3")                \
    X(MT_PRIORITY, "MT-PRIORITY", MAIL, SMTPWIRE_OFFER(MT_PRIORITY), REQUIRED, 15, "RFC 6710 section 3")              \
    X(RRVS, "RRVS", RCPT, SMTPWIRE_OFFER(RRVS), REQUIRED, 33, "RFC 7293 section 3.1")                                 \
    X(REQUIRETLS, "REQUIRETLS", MAIL, SMTPWIRE_OFFER(REQUIRETLS), NONE, 11, "RFC 8689 section 2")                     \
    X(MTRK, "MTRK", MAIL, SMTPWIRE_OFFER(MTRK), REQUIRED, 40, "RFC 3885 section 3")                                   \
    X(SOLICIT, "SOLICIT", MAIL, SMTPWIRE_OFFER(NO_SOLICITING), REQUIRED, 1009, "RFC 3865 section 2.3")                \
    X(SUBMITTER, "SUBMITTER", MAIL, SMTPWIRE_OFFER(SUBMITTER), REQUIRED, 773, "RFC 4405 section 3")                   \
    X(TRANSID, "TRANSID", MAIL, SMTPWIRE_OFFER(CHECKPOINT), REQUIRED, 88, "RFC 1845 section 2")                       \
    X(CONPERM, "CONPERM", MAIL, SMTPWIRE_OFFER(CONPERM), NONE, 8, "RFC 4141 section 4.2")                             \
    X(CONNEG, "CONNEG", RCPT, SMTPWIRE_OFFER(CONNEG), NONE, 7, "RFC 4141 section 5.2")                                \
    X(ALT_ADDRESS, "ALT-ADDRESS", MAIL_OR_RCPT, SMTPWIRE_OFFER(UTF8SMTP), REQUIRED, 460, "RFC 5336 section 3.4")      \
    X(XVERP, "XVERP", MAIL, SMTPWIRE_OFFER(XVERP), OPTIONAL, 9, "")                                                   \
    X(PRDR, "PRDR", MAIL, SMTPWIRE_OFFER(PRDR), NONE, 5, "")

#define SMTPWIRE_VERB_ENUM_(id, ...) SMTPWIRE_VERB_##id,
#define SMTPWIRE_ERROR_ENUM_(id, ...) SMTPWIRE_ERROR_##id,
#define SMTPWIRE_LIMIT_ENUM_(id, ...) SMTPWIRE_LIMIT_##id,
#define SMTPWIRE_FLAG_ENUM_(id, bit, ...) SMTPWIRE_FLAG_##id = 1 << (bit),
#define SMTPWIRE_LAX_ENUM_(id, bit, ...) SMTPWIRE_LAX_##id = 1 << (bit),
#define SMTPWIRE_EXTENSION_ENUM_(id, bit, ...) SMTPWIRE_EXTENSION_##id = (bit),
#define SMTPWIRE_EXTENSION_BIT_(id, ...) | SMTPWIRE_OFFER(id)
#define SMTPWIRE_PARAMETER_ENUM_(id, ...) SMTPWIRE_PARAMETER_##id,

enum smtpwire_verb { SMTPWIRE_VERBS(SMTPWIRE_VERB_ENUM_) SMTPWIRE_VERB_COUNT };
enum smtpwire_error_id { SMTPWIRE_ERRORS(SMTPWIRE_ERROR_ENUM_) SMTPWIRE_ERROR_COUNT };
enum smtpwire_limit { SMTPWIRE_LIMITS(SMTPWIRE_LIMIT_ENUM_) SMTPWIRE_LIMIT_COUNT };
enum smtpwire_flag { SMTPWIRE_FLAGS(SMTPWIRE_FLAG_ENUM_) SMTPWIRE_FLAG_NONE = 0 };
enum smtpwire_lax { SMTPWIRE_LENIENCIES(SMTPWIRE_LAX_ENUM_) SMTPWIRE_LAX_NONE = 0 };
enum smtpwire_extension { SMTPWIRE_EXTENSIONS(SMTPWIRE_EXTENSION_ENUM_) SMTPWIRE_EXTENSION_COUNT };
enum smtpwire_parameter_id { SMTPWIRE_PARAMETERS(SMTPWIRE_PARAMETER_ENUM_) SMTPWIRE_PARAMETER_COUNT };

/* Bits of options.extensions, and all of them. */
#define SMTPWIRE_OFFER(id) (UINT64_C(1) << SMTPWIRE_EXTENSION_##id)
#define SMTPWIRE_OFFER_ALL (0 SMTPWIRE_EXTENSIONS(SMTPWIRE_EXTENSION_BIT_))

/* ---- Options -------------------------------------------------------------------------------------------------- */

/* Kinds of octet that a policy can be set for, and the policies. Whatever the policy, none of these octets ever
 * ends a line or the message (RFC 5321 section 4.1.1.4). */
enum smtpwire_content { SMTPWIRE_CONTENT_BARE_LF, SMTPWIRE_CONTENT_BARE_CR, SMTPWIRE_CONTENT_NUL };
enum smtpwire_policy {
    SMTPWIRE_POLICY_DEFAULT,  /* REJECT for bare LF and bare CR, PASS for NUL */
    SMTPWIRE_POLICY_REJECT,   /* deliver nothing from that octet on; END, at the true end, carries the error */
    SMTPWIRE_POLICY_PASS,     /* deliver it and flag it */
    SMTPWIRE_POLICY_NORMALISE /* deliver CRLF in its place and flag it; not for NUL */
};

/* All zero, or a null pointer where options are asked for, is strict. reserved must be zero. The library keeps a
 * pointer to the options given to an init function: they must outlive the object and stay as they are. */
struct smtpwire_options {
    uint32_t lax;          /* SMTPWIRE_LAX_* bits */
    uint8_t smtputf8;      /* 1: addresses may hold UTF-8 although no SMTPUTF8 was seen (RFC 6531) */
    uint8_t content[11];   /* enum smtpwire_policy by enum smtpwire_content; unused ones zero */
    uint32_t limit[16];    /* by enum smtpwire_limit; 0 is the default; unused ones zero */
    uint64_t extensions;   /* what this server offers: SMTPWIRE_OFFER(id) bits. 0: nothing; a parameter is 555 then */
    uint64_t reserved[21]; /* zero */
};

/* 0 if the options are valid, -1 if a reserved or unused member is not zero, a bit or policy is unknown, or a
 * limit leaves no room (command_line and reply_line under 8). A null pointer is valid. Since 0.1. */
SMTPWIRE_API int smtpwire_options_check(const struct smtpwire_options *options);

/* The longest line, in octets with its CRLF, that either session can hold back under these options: a buffer of
 * this size always makes progress. A command line is limited to 512 octets and what the parameters of the offered
 * extensions add, for all commands alike the larger of MAIL's and RCPT's sum, unless limit[SMTPWIRE_LIMIT_COMMAND_LINE]
 * says otherwise. Since 0.1. */
SMTPWIRE_API size_t smtpwire_line_limit(const struct smtpwire_options *options);

/* ---- Values --------------------------------------------------------------------------------------------------- */

/* len octets from data on; data is null where there is nothing. */
struct smtpwire_slice {
    const char *data;
    size_t len;
};

/* What is wrong, and what to answer. */
struct smtpwire_error {
    uint16_t id;              /* enum smtpwire_error_id; SMTPWIRE_ERROR_NONE: nothing is wrong */
    uint16_t code;            /* the reply to send, such as 501; 0 where none is sent */
    uint8_t enhanced[4];      /* its enhanced status code: class, subject, detail (RFC 3463), and zero */
    uint64_t offset;          /* of the first wrong octet, see below */
};
/* offset is the length of the longest prefix with which some valid line begins; for a length limit the first octet
 * over it; where an argument is missing the line's end; for 500, 502, 503 and 554 the command's first octet; for a
 * framing fault the octet itself. One-shot functions count from the start of their slice, push functions from the
 * first octet ever pushed. */

/* A path or a mailbox (RFC 5321 section 4.1.2). Parts that are not there are null. */
struct smtpwire_address {
    struct smtpwire_slice path;    /* with its angle brackets */
    struct smtpwire_slice route;   /* "@a,@b", without the colon */
    struct smtpwire_slice local;   /* as on the wire, quotes and backslashes included */
    struct smtpwire_slice domain;  /* where it is a name */
    struct smtpwire_slice literal; /* where it is an address literal, with its square brackets */
};

/* Parse one value that fills data[0..len). Each returns 0 and fills *address and *flags (SMTPWIRE_FLAG_*), or
 * returns -1 and fills *error; what of *address was read by then is kept. A null flags or error is allowed; a null
 * options is strict. Slices point into data. No other memory is touched.
 * reverse_path: RFC 5321 Reverse-path, <> included. forward_path: Forward-path or <Postmaster>. mailbox: Mailbox,
 * without angle brackets. domain: Domain or address-literal. Lengths are checked (RFC 5321 section 4.5.3.1). UTF-8
 * (RFC 6531 section 3.3) is accepted only with options->smtputf8. Errors: address_syntax, unregistered_tag, the
 * *_too_long ones, non_ascii, and bare_cr, bare_lf, nul, which win over the others. Since 0.1. */
SMTPWIRE_API int smtpwire_reverse_path_parse(const char *data, size_t len, const struct smtpwire_options *options,
                                             struct smtpwire_address *address, uint32_t *flags,
                                             struct smtpwire_error *error);
SMTPWIRE_API int smtpwire_forward_path_parse(const char *data, size_t len, const struct smtpwire_options *options,
                                             struct smtpwire_address *address, uint32_t *flags,
                                             struct smtpwire_error *error);
SMTPWIRE_API int smtpwire_mailbox_parse(const char *data, size_t len, const struct smtpwire_options *options,
                                        struct smtpwire_address *address, uint32_t *flags,
                                        struct smtpwire_error *error);
SMTPWIRE_API int smtpwire_domain_parse(const char *data, size_t len, const struct smtpwire_options *options,
                                       struct smtpwire_address *address, uint32_t *flags,
                                       struct smtpwire_error *error);

/* ---- Lines ---------------------------------------------------------------------------------------------------- */

/* One command (RFC 5321 section 4.1.1). */
struct smtpwire_command {
    uint16_t verb;                    /* enum smtpwire_verb; UNKNOWN where the name is none of them */
    uint16_t zero;                    /* 0 */
    uint32_t flags;                   /* SMTPWIRE_FLAG_* */
    struct smtpwire_slice name;       /* the command's name as on the wire */
    struct smtpwire_address address;  /* MAIL, RCPT: the path. EHLO, HELO: domain or literal. VRFY, EXPN: if it is one */
    struct smtpwire_slice parameters; /* MAIL, RCPT: for smtpwire_parameter_next() */
    struct smtpwire_slice argument;   /* VRFY, EXPN, NOOP, HELP; of an unknown command all that follows the space */
};

/* Parse a command line without its CRLF. Returns 0, or -1 and fills *error; *command then holds what could be
 * read, its verb and name at least where there are such. A null error is allowed; a null options is strict. Slices
 * point into line. RCPT, which does not itself say whether SMTPUTF8 is in force, takes UTF-8 only with
 * options->smtputf8. Errors: those of the values, command_unknown, command_not_implemented, argument_syntax; of
 * parameters parameter_syntax, parameter_unknown (at the keyword: not known, of an extension that options->extensions
 * does not offer, or of another command), parameter_value, size_too_large (SIZE of 2^64 or more), parameter_conflict
 * (at the later keyword: given twice, HOLDFOR with HOLDUNTIL; BODY=BINARYMIME where CHUNKING is not offered). Of
 * several faults the one that comes first in the line is told. The length of the line is not checked: the line layer does that.
 * Since 0.1. */
SMTPWIRE_API int smtpwire_command_parse(const char *line, size_t len, const struct smtpwire_options *options,
                                        struct smtpwire_command *command, struct smtpwire_error *error);

/* Values of parameters. */
enum smtpwire_body { SMTPWIRE_BODY_7BIT, SMTPWIRE_BODY_8BITMIME, SMTPWIRE_BODY_BINARYMIME };
enum smtpwire_ret { SMTPWIRE_RET_FULL, SMTPWIRE_RET_HDRS };
enum smtpwire_notify {
    SMTPWIRE_NOTIFY_NEVER = 0, /* alone */
    SMTPWIRE_NOTIFY_SUCCESS = 1,
    SMTPWIRE_NOTIFY_FAILURE = 2,
    SMTPWIRE_NOTIFY_DELAY = 4
};

/* RFC 2852 section 4. */
struct smtpwire_by {
    int32_t seconds; /* -999999999 to 999999999; over 0 where mode is 'R' */
    uint8_t mode;    /* 'N' notify, 'R' return */
    uint8_t trace;   /* 1: "T" is there */
};

/* RFC 3339 section 5.6, a day that exists. */
struct smtpwire_date_time {
    uint16_t year;             /* 0 to 9999 */
    uint8_t month, day;        /* 1 to 12, 1 to 31 */
    uint8_t hour, minute;      /* 0 to 23, 0 to 59 */
    uint8_t second;            /* 0 to 60; 60 is a leap second */
    uint8_t zero;              /* 0 */
    int16_t offset;            /* of local time from UTC in minutes, -1439 to 1439 */
    uint16_t zero2;            /* 0 */
    struct smtpwire_slice fraction; /* digits behind the point of the second; null where there is none */
};

/* RFC 7293 section 3.1. */
struct smtpwire_rrvs {
    struct smtpwire_date_time since;
    uint8_t no_support; /* 'C' continue, 'R' reject; 0: not said */
};

/* RFC 3461 section 4.2, RFC 6533 section 3. */
struct smtpwire_orcpt {
    struct smtpwire_slice type;    /* rfc822, utf-8, ... in any case */
    struct smtpwire_slice address; /* xtext; of type utf-8: UTF-8 with \x{HEX} in it, which stands for a Mailbox */
    uint8_t utf8;                  /* 1: it is of type utf-8 */
};

/* RFC 3885 section 3. */
struct smtpwire_mtrk {
    struct smtpwire_slice certifier; /* base64 without padding */
    uint32_t timeout;                /* seconds, 0 to 999999999 */
    uint8_t has_timeout;
};

/* One ESMTP parameter (RFC 5321 section 4.1.2): KEYWORD or KEYWORD=value. Of the union only the member that is named
 * for id is written; AUTH, ENVID, SUBMITTER and ALT_ADDRESS (xtext), SOLICIT, TRANSID and XVERP have their value as it
 * stands, the others none. Slices point into the command's line. */
struct smtpwire_parameter {
    struct smtpwire_slice keyword;
    struct smtpwire_slice value; /* null where there is no "=" */
    uint16_t id;                 /* enum smtpwire_parameter_id; UNKNOWN: only as it stands */
    uint16_t zero;               /* 0 */
    uint32_t zero2;              /* 0 */
    union {
        uint64_t size;                        /* SIZE: octets */
        uint8_t body;                         /* BODY: enum smtpwire_body */
        uint8_t ret;                          /* RET: enum smtpwire_ret */
        uint8_t notify;                       /* NOTIFY: SMTPWIRE_NOTIFY_* bits */
        int8_t priority;                      /* MT_PRIORITY: -9 to 9 */
        uint32_t hold_for;                    /* HOLDFOR: seconds, 1 to 999999999 */
        struct smtpwire_date_time hold_until; /* HOLDUNTIL */
        struct smtpwire_rrvs rrvs;            /* RRVS */
        struct smtpwire_by by;                /* BY */
        struct smtpwire_orcpt orcpt;          /* ORCPT */
        struct smtpwire_mtrk mtrk;            /* MTRK */
    };
};

/* Take the first parameter off *parameters, which must come from a command that was accepted. Returns 1 and fills
 * *parameter, or 0 when none is left. Needs no storage and sets no limit on their number. id is UNKNOWN also where the
 * value is none that its keyword takes, which does not happen behind a command that was accepted. Since 0.1.
 *
 *     struct smtpwire_slice rest = ev.command.parameters;
 *     struct smtpwire_parameter p;
 *     while (smtpwire_parameter_next(&rest, &p)) ...
 */
SMTPWIRE_API int smtpwire_parameter_next(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter);

/* Decode xtext (RFC 3461 section 4): +HH stands for an octet, all else for itself. Returns how many octets it decodes
 * to, of which the first size were written to out, without a NUL; with size 0 out may be null. Returns -1, and nothing
 * has been written, if it is no xtext or an octet of it is a control character (CR, LF and NUL among them). Hexadecimal
 * digits are taken in either case: whether lower case is allowed was decided when the command was parsed. An address
 * that was decoded (AUTH, SUBMITTER, ALT_ADDRESS) may hold any octet that a Mailbox may, quotes and spaces among them.
 * Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_xtext_decode(struct smtpwire_slice xtext, void *out, size_t size);

/* One line of a reply (RFC 5321 section 4.2). */
struct smtpwire_reply {
    uint16_t code;              /* 200 to 559 */
    uint16_t verb;              /* in a client's session: what it answers (enum smtpwire_verb); UNKNOWN: nothing */
    uint8_t last;               /* 1: the reply ends with this line */
    uint8_t zero;               /* 0 */
    uint16_t enhanced[3];       /* class, subject, detail (RFC 3463); class 0: none */
    uint32_t flags;             /* SMTPWIRE_FLAG_EIGHT_BIT, LONG_LINE, CLASS_MISMATCH */
    struct smtpwire_slice text; /* what follows the code and separator, and the enhanced code and its space */
};

/* Parse a reply line without its CRLF. Returns 0, or -1 and fills *error (reply_syntax, bare_cr, bare_lf, nul);
 * *reply then has code and last if both could be read, else code 0. A null error is allowed; a null options is
 * strict. text points into line. The length of the line is flagged, not limited. Since 0.1. */
SMTPWIRE_API int smtpwire_reply_parse(const char *line, size_t len, const struct smtpwire_options *options,
                                      struct smtpwire_reply *reply, struct smtpwire_error *error);

/* ---- Events --------------------------------------------------------------------------------------------------- */

enum smtpwire_event_kind {
    SMTPWIRE_MORE,    /* read more, then push what is left with more behind it; not an event of the stream */
    SMTPWIRE_WAIT,    /* replies are due: push again after smtpwire_server_replied(); not an event of the stream */
    SMTPWIRE_LINE,    /* a line (smtpwire_line_push() only) */
    SMTPWIRE_COMMAND, /* a good command line */
    SMTPWIRE_CONTENT, /* a piece of content */
    SMTPWIRE_END,     /* the end of the content */
    SMTPWIRE_REPLY,   /* a good line of a reply */
    SMTPWIRE_ERROR,   /* this line is refused and has been, or will be, skipped */
    SMTPWIRE_FATAL    /* framing is lost, an attack on it was seen, or misuse: close. Every later push says so too */
};

/* What MORE found itself inside of. If the connection is lost now, this is what was cut off. */
enum smtpwire_inside {
    SMTPWIRE_INSIDE_NOTHING, /* between lines */
    SMTPWIRE_INSIDE_LINE,
    SMTPWIRE_INSIDE_SKIPPED, /* a line that was refused already */
    SMTPWIRE_INSIDE_CONTENT, /* content without END was never a message */
    SMTPWIRE_INSIDE_REPLY,   /* a reply of several lines whose last line has not come */
    SMTPWIRE_INSIDE_TLS      /* waiting for the tls_started call */
};

/* What is known of content at its end. */
struct smtpwire_end {
    uint64_t size;    /* octets delivered */
    uint64_t longest; /* the longest line as received, CRLF counted, a stuffed dot not (RFC 5321 section 4.5.3.1.6) */
    uint32_t flags;   /* SMTPWIRE_FLAG_BARE_CR, BARE_LF, NUL, EIGHT_BIT, LONG_LINE */
    uint32_t zero;    /* 0 */
};

/* One event. Only the members of its kind are written. Slices live as long as the caller leaves the octets that
 * were pushed in place, consumed or not. */
struct smtpwire_event {
    uint8_t kind;                  /* enum smtpwire_event_kind */
    uint8_t inside;                /* MORE: enum smtpwire_inside */
    uint16_t zero;                 /* 0 */
    uint32_t replies;              /* how many replies it asks for (a server's session) */
    uint64_t at;                   /* of its first octet, counted from the first octet ever pushed */
    uint64_t len;                  /* octets on the wire: a line with its CRLF, the final ".", CR, LF */
    struct smtpwire_slice line;    /* LINE, COMMAND, REPLY: without its CRLF. ERROR: what there is of it */
    struct smtpwire_error error;   /* ERROR, FATAL, END (id NONE: nothing was refused) */
    union {
        struct smtpwire_command command; /* COMMAND; ERROR of a server's session: what could be read */
        struct smtpwire_reply reply;     /* REPLY; ERROR of a client's session: code, last and verb */
        struct smtpwire_slice content;   /* CONTENT: octets to deliver, never empty */
        struct smtpwire_end end;         /* END */
    };
};

/* ---- Streams -------------------------------------------------------------------------------------------------- *
 * The contract of every push function: it returns how many octets it is done with, 0 to len, and one event. Octets
 * it is not done with stay the caller's: present the same ones again, at any address, with more behind them. Fewer
 * of them than were left is FATAL (misuse). len may be 0 and data then null. Call it until it says MORE (or WAIT),
 * never until the octets are gone: some events need none.
 *
 * The members of these structs are not the caller's to read or change; they may be copied with memcpy, since no
 * pointer into any buffer is kept. Their sizes do not change within a SONAME. */

struct smtpwire_line {
    const struct smtpwire_options *options;
    uint64_t at, left;
    uint32_t cap, looked;
    uint8_t lax_lf, skipping, saw_cr, fatal;
};

/* Frame lines: CRLF and nothing else ends one (RFC 5321 section 2.3.8). cap: the longest line, CRLF included, at
 * least 2. Returns 0, or -1 if the options are not valid or cap is out of range. Since 0.1. */
SMTPWIRE_API int smtpwire_line_init(struct smtpwire_line *line, const struct smtpwire_options *options, uint32_t cap);

/* Events: LINE when all of a line is in data; ERROR at once for a bare LF, a bare CR (at its own offset), a NUL and
 * for a line of which cap octets show no CRLF, the rest of the line then being skipped through its CRLF; MORE; FATAL
 * for misuse. error.code is the reply a server would send. See the contract above. Since 0.1. */
SMTPWIRE_API size_t smtpwire_line_push(struct smtpwire_line *line, const void *data, size_t len,
                                       struct smtpwire_event *event);

struct smtpwire_data {
    const struct smtpwire_options *options;
    uint64_t at, line_at, size, longest, refused_at;
    uint32_t flags;
    uint16_t refused;
    uint8_t state, held, pending, ended;
};

/* Content after 354 up to the line that is a lone dot (RFC 5321 sections 4.1.1.4 and 4.5.2). Returns 0, or -1 if the
 * options are not valid. Since 0.1. */
SMTPWIRE_API int smtpwire_data_init(struct smtpwire_data *data, const struct smtpwire_options *options);

/* Events: CONTENT with octets to deliver, stuffed dots left out, as they come; END once, at CRLF "." CRLF (or "." CRLF
 * at once) and nowhere else, with size, longest line, flags, and an error if a policy refused an octet; MORE. After
 * END every push consumes nothing and says END again. Everything is consumed as it comes: nothing need be kept. A CR
 * whose meaning the next octet decides is delivered later, from a static constant. Since 0.1. */
SMTPWIRE_API size_t smtpwire_data_push(struct smtpwire_data *data, const void *octets, size_t len,
                                       struct smtpwire_event *event);

/* ---- The server's session: reads what a client sends ------------------------------------------------------------ */

struct smtpwire_server {
    uint64_t shown;
    struct smtpwire_line line;
    struct smtpwire_data data;
    struct smtpwire_error fatal;
    uint32_t due, recipients;
    uint16_t due_verb;
    uint8_t phase, ready, greeted, transaction, refused_recipients, smtputf8, mail_smtputf8, tls;
    uint64_t reserved[13];
};

/* A new connection on which the greeting is due. Returns 0, or -1 if the options are not valid. Since 0.1. */
SMTPWIRE_API int smtpwire_server_init(struct smtpwire_server *server, const struct smtpwire_options *options);

/* Events: COMMAND, CONTENT, END, ERROR, FATAL, MORE, WAIT, under the contract above.
 *
 *     for (;;) {
 *         pos += smtpwire_server_push(&s, buf + pos, end - pos, &ev);
 *         if (ev.kind == SMTPWIRE_MORE || ev.kind == SMTPWIRE_WAIT) break;
 *         handle(&ev);
 *     }
 *
 * A line is reported when all of it is there; content as it comes. A RCPT waits only for what is not a RCPT, every
 * other line until all replies due are given (WAIT, nothing consumed). ERROR of a command whose name could be read is
 * advice: if it is answered 2xx or 354 all the same, the reply has its usual effect. consumed < len on a COMMAND tells
 * that its sender pipelined. FATAL: starttls_residue, misuse. RFC 5321 sections 3.3 and 4.1.4, RFC 2920. Since 0.1. */
SMTPWIRE_API size_t smtpwire_server_push(struct smtpwire_server *server, const void *data, size_t len,
                                         struct smtpwire_event *event);

/* Tell the session what was replied, once per reply, in order, the greeting first. Returns 0; -1, and nothing has
 * changed, if no reply is due, the code is not [2-5][0-5][0-9], or it cannot answer this (3xx but 354 to DATA; 2xx to
 * DATA), or after FATAL.
 * Effects: greeting 2xx: commands may come. EHLO, HELO 2xx: greeted, an open transaction is dropped. MAIL 2xx: it
 * opens. RCPT 2xx: one recipient more. DATA 354: content follows. END, any code: the transaction is over. RSET 2xx: it
 * is dropped. STARTTLS 220: it is dropped and only smtpwire_server_tls_started() goes on. QUIT 2xx: what follows is
 * discarded. Everything else: none. Since 0.1. */
SMTPWIRE_API int smtpwire_server_replied(struct smtpwire_server *server, unsigned code);

/* How many replies are due. Since 0.1. */
SMTPWIRE_API uint32_t smtpwire_server_due(const struct smtpwire_server *server);

/* TLS is up (RFC 3207 section 4.2): EHLO is due again. held: octets of plaintext that the caller still holds. Also for
 * implicit TLS, before the greeting. Returns 0; -1 and FATAL (starttls_residue) if held is not 0 or octets behind the
 * STARTTLS line were ever shown to push; -1 with nothing changed if it is not the time for it. Since 0.1. */
SMTPWIRE_API int smtpwire_server_tls_started(struct smtpwire_server *server, size_t held);

/* ---- The client's session: reads what a server sends ------------------------------------------------------------ */

enum { SMTPWIRE_CLIENT_RUNS = 24 };

struct smtpwire_client {
    uint64_t shown;
    struct smtpwire_line line;
    struct smtpwire_error fatal;
    uint16_t code;
    uint8_t phase, faulty, runs, awaited;
    uint8_t verb[SMTPWIRE_CLIENT_RUNS];
    uint32_t count[SMTPWIRE_CLIENT_RUNS];
    uint64_t reserved[8];
};

/* A new connection on which the greeting is awaited. Returns 0, or -1 if the options are not valid. Since 0.1. */
SMTPWIRE_API int smtpwire_client_init(struct smtpwire_client *client, const struct smtpwire_options *options);

/* Say, before it is written, that a command is being sent; replies are matched to commands by count alone (RFC 2920
 * section 3.1). verb: enum smtpwire_verb, UNKNOWN included, greeting and end-of-data not. Returns 0; -1, and nothing
 * has changed, if it must be held back: the queue of 24 runs of equal commands is full, a DATA or STARTTLS is not yet
 * answered, TLS is being started, or after FATAL. The answer to the content sent after a 354 is put on the queue by the
 * 354 itself. Since 0.1. */
SMTPWIRE_API int smtpwire_client_sent(struct smtpwire_client *client, unsigned verb);

/* Events: REPLY for each line, with last and the verb it answers; ERROR for a faulty line whose code and separator
 * could be read (the count of replies holds, the reply has no other effect); FATAL where they could not, for a reply
 * that nothing awaits (421 excepted), for octets behind STARTTLS' 220, for misuse; MORE. See the contract above. Since
 * 0.1. */
SMTPWIRE_API size_t smtpwire_client_push(struct smtpwire_client *client, const void *data, size_t len,
                                         struct smtpwire_event *event);

/* As smtpwire_server_tls_started(), after STARTTLS' 220 or, for implicit TLS, before the greeting. Since 0.1. */
SMTPWIRE_API int smtpwire_client_tls_started(struct smtpwire_client *client, size_t held);

/* ---- Names ------------------------------------------------------------------------------------------------------ */

/* The name of an id from the tables above, or "" for one that is not in it. The strings are static. Since 0.1. */
SMTPWIRE_API const char *smtpwire_verb_name(unsigned verb);
SMTPWIRE_API const char *smtpwire_parameter_name(unsigned id);
SMTPWIRE_API const char *smtpwire_extension_name(unsigned id);
SMTPWIRE_API const char *smtpwire_error_name(unsigned id);
SMTPWIRE_API const char *smtpwire_error_text(unsigned id);
SMTPWIRE_API const char *smtpwire_error_rfc(unsigned id);

/* SMTPWIRE_VERSION of the library that runs. Since 0.1. */
SMTPWIRE_API const char *smtpwire_version(void);

#ifdef __cplusplus
}
#endif

#endif
