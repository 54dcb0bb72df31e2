/* smtpwire: reads the SMTP and LMTP wire.
 *
 * The only public header. Layers, each usable alone:
 *
 *   values    smtpwire_mailbox_parse() and its like: one address, over a slice
 *   lines     smtpwire_command_parse(), smtpwire_reply_parse(), smtpwire_capability_parse(): one without its CRLF;
 *             smtpwire_expected_find(): what was expected where they found an error
 *   streams   smtpwire_line_push(), smtpwire_data_push(): framing, fed in pieces of any size
 *   sessions  smtpwire_server_push() (what a client sends), smtpwire_client_push() (what a server sends)
 *   writers   smtpwire_command_write(), smtpwire_reply_write() and their like; smtpwire_stuff_push(): the inverse
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

/* X(id, name, implemented): the commands known by name. Those not implemented are answered 502, whatever follows the
 * name: they are obsolete, or are some server's own (sendmail's WIZ, DEBUG, KILL, VERB, ONEX and XUSR; Exchange's
 * XEXCH50, X-EXPS, X-ANONYMOUSTLS, X-LINK2STATE, XSHADOW and XQDISCARD; Exim's WELLKNOWN; CLIENTID is a draft).
 * greeting and end-of-data are no commands: they name what a reply can answer besides one; auth-response, bdat-last
 * and burl-last are what a client's session is told of a line that answers a 334, of the last chunk, and of a BURL
 * with LAST. */
#define SMTPWIRE_VERBS(X)                                                                                             \
    X(UNKNOWN, "unknown", 0)                                                                                          \
    X(GREETING, "greeting", 0)                                                                                        \
    X(END_OF_DATA, "end-of-data", 0)                                                                                  \
    X(AUTH_RESPONSE, "auth-response", 0)                                                                              \
    X(BDAT_LAST, "bdat-last", 0)                                                                                      \
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
    X(LHLO, "LHLO", 1)                                                                                                \
    X(AUTH, "AUTH", 1)                                                                                                \
    X(BDAT, "BDAT", 1)                                                                                                \
    X(ETRN, "ETRN", 1)                                                                                                \
    X(ATRN, "ATRN", 1)                                                                                                \
    X(BURL, "BURL", 1)                                                                                                \
    X(XCLIENT, "XCLIENT", 1)                                                                                          \
    X(XFORWARD, "XFORWARD", 1)                                                                                        \
    X(TURN, "TURN", 0)                                                                                                \
    X(SEND, "SEND", 0)                                                                                                \
    X(SOML, "SOML", 0)                                                                                                \
    X(SAML, "SAML", 0)                                                                                                \
    X(BURL_LAST, "burl-last", 0)                                                                                      \
    X(WIZ, "WIZ", 0)                                                                                                  \
    X(DEBUG, "DEBUG", 0)                                                                                              \
    X(KILL, "KILL", 0)                                                                                                \
    X(VERB, "VERB", 0)                                                                                                \
    X(ONEX, "ONEX", 0)                                                                                                \
    X(XEXCH50, "XEXCH50", 0)                                                                                          \
    X(X_EXPS, "X-EXPS", 0)                                                                                            \
    X(X_ANONYMOUSTLS, "X-ANONYMOUSTLS", 0)                                                                            \
    X(X_LINK2STATE, "X-LINK2STATE", 0)                                                                                \
    X(XSHADOW, "XSHADOW", 0)                                                                                          \
    X(XQDISCARD, "XQDISCARD", 0)                                                                                      \
    X(XUSR, "XUSR", 0)                                                                                                \
    X(WELLKNOWN, "WELLKNOWN", 0)                                                                                      \
    X(CLIENTID, "CLIENTID", 0)

/* X(id, name, code, subject, detail, rfc, text): every error. code is the reply to send, 0 where the peer is a
 * server and none is sent; the enhanced status code is the code's first digit, subject and detail (RFC 3463).
 * Instead of 1.3 (bad recipient's address) MAIL is told 1.7 (bad sender's address), EHLO, HELO and LHLO 5.4 (bad
 * argument); for non_ascii MAIL is told 550 (RFC 6531 section 3.5). */
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
    X(AUTH_SYNTAX, "auth_syntax", 501, 5, 2, "RFC 4954 section 4", "a line of a SASL exchange that is not base64")    \
    X(CHUNK_SIZE, "chunk_size", 501, 5, 4, "RFC 3030 section 2", "BDAT whose chunk has no readable size")             \
    X(MESSAGE_TOO_LARGE, "message_too_large", 552, 3, 4, "RFC 1870 section 6", "message over its size limit")         \
    X(PARAMETER_SYNTAX, "parameter_syntax", 501, 5, 4, "RFC 5321 section 4.1.2", "syntax error in a parameter")       \
    X(PARAMETER_UNKNOWN, "parameter_unknown", 555, 5, 4, "RFC 5321 section 4.1.1.11",                                 \
      "parameter that is not known, not offered or of another command")                                               \
    X(PARAMETER_VALUE, "parameter_value", 501, 5, 4, "RFC 5321 section 4.1.1.11",                                     \
      "value that its parameter does not take")                                                                       \
    X(PARAMETER_CONFLICT, "parameter_conflict", 501, 5, 4, "RFC 5321 section 4.1.1.11",                               \
      "parameter given twice, or that does not go with the others")                                                   \
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
    X(CAPABILITY_SYNTAX, "capability_syntax", 0, 0, 0, "RFC 5321 section 4.1.1.1",                                    \
      "syntax error in a keyword line of an EHLO reply")                                                              \
    X(MISUSE, "misuse", 421, 3, 0, "", "the caller broke the contract of push")                                       \
    X(REPLY_TOO_LONG, "reply_too_long", 0, 0, 0, "", "reply over its limit of lines or octets")                       \
    X(TOO_MANY_KEYWORDS, "too_many_keywords", 0, 0, 0, "", "EHLO reply over its limit of keyword lines")              \
    X(TOO_MANY_RECIPIENTS, "too_many_recipients", 452, 5, 3, "RFC 5321 section 4.5.3.1.8",                            \
      "more recipients than a transaction may have")

/* X(id, name, default, rfc, text): limits, in octets but where the text says what is counted. options.limit[]
 * replaces a default; 0 keeps it. No RFC limits replies: 1000 lines are more than HELP has anywhere, and 1000 lines of
 * the 512 octets that RFC 5321 allows are half of reply_total; 100 keywords are thrice those that are registered.
 * 10000 recipients are a hundred times what a server must take; the session only counts them. */
#define SMTPWIRE_LIMITS(X)                                                                                            \
    X(LOCAL_PART, "local_part", 64, "RFC 5321 section 4.5.3.1.1", "local part, quotes included")                      \
    X(DOMAIN, "domain", 255, "RFC 5321 section 4.5.3.1.2", "domain or address literal")                               \
    X(LABEL, "label", 63, "RFC 1035 section 2.3.4", "label of a domain")                                              \
    X(PATH, "path", 256, "RFC 5321 section 4.5.3.1.3", "path with its route and angle brackets")                      \
    X(COMMAND_LINE, "command_line", 512, "RFC 5321 section 4.5.3.1.4",                                                \
      "command line, CRLF included; unless it is set, what the offered extensions add comes on top")                  \
    X(AUTH_LINE, "auth_line", 12288, "RFC 4954 section 4", "line of a SASL exchange, CRLF included")                   \
    X(REPLY_LINE, "reply_line", 4096, "RFC 5321 section 4.5.3.1.5",                                                   \
      "reply line, CRLF included; over 512 it is flagged long_line")                                                  \
    X(TEXT_LINE, "text_line", 1000, "RFC 5321 section 4.5.3.1.6",                                                     \
      "line of content, CRLF included, a stuffed dot not; over it the content is flagged long_line")                  \
    X(REPLY_LINES, "reply_lines", 1000, "RFC 5321 section 4.2.1", "lines of a reply")                                 \
    X(REPLY_TOTAL, "reply_total", 1048576, "RFC 5321 section 4.2.1", "whole reply, CRLFs included")                   \
    X(EHLO_KEYWORDS, "ehlo_keywords", 100, "RFC 5321 section 4.1.1.1", "lines of an EHLO reply behind its first")     \
    X(RECIPIENTS, "recipients", 10000, "RFC 5321 section 4.5.3.1.8", "recipients accepted in a transaction")

/* X(id, bit, name, text): what is worth knowing about something that was accepted. */
#define SMTPWIRE_FLAGS(X)                                                                                             \
    X(BARE_CR, 0, "bare_cr", "content: a CR without LF after it")                                                     \
    X(BARE_LF, 1, "bare_lf", "content: an LF without CR before it")                                                   \
    X(NUL, 2, "nul", "content: a NUL octet")                                                                          \
    X(EIGHT_BIT, 3, "eight_bit",                                                                                      \
      "content, reply text or the argument of an unknown command: an octet over 127")                                 \
    X(LONG_LINE, 4, "long_line", "content: a line over the text_line limit; reply: a line over 512 octets")           \
    X(NULL_PATH, 5, "null_path", "the null reverse path, <>")                                                         \
    X(POSTMASTER, 6, "postmaster", "the forward path <Postmaster>, which has no domain")                              \
    X(QUOTED, 7, "quoted", "the local part is a Quoted-string")                                                       \
    X(EMPTY_LOCAL, 8, "empty_local", "the local part is \"\", which RFC 5321 allows and its revision may not")        \
    X(ROUTE, 9, "route", "the path has a source route, which is to be ignored (RFC 5321 section 4.1.2)")              \
    X(NUMERIC_DOMAIN, 10, "numeric_domain", "the domain has digits and dots only")                                    \
    X(SINGLE_LABEL, 11, "single_label", "the domain has no dot, but for one that trailing_dot lets it end in")         \
    X(DOUBLE_HYPHEN, 12, "double_hyphen", "a label of the domain has two hyphens in a row (an A-label does)")         \
    X(UNREGISTERED_TAG, 13, "unregistered_tag", "address literal with a tag that IANA does not list")                 \
    X(UTF8, 14, "utf8", "the line has octets over 127; they are well-formed UTF-8")                                   \
    X(SMTPUTF8, 15, "smtputf8", "MAIL, VRFY or EXPN carries the parameter SMTPUTF8")                                  \
    X(CLASS_MISMATCH, 16, "class_mismatch",                                                                           \
      "the reply's enhanced status code is of another class than its code and was left in the text")                  \
    X(BAD_VALUE, 17, "bad_value",                                                                                     \
      "capability: parameters that its RFC does not have, or not so; a value that is wrong was not taken")            \
    X(LENIENT, 18, "lenient",                                                                                         \
      "address or command line: a leniency from space_after_colon to ipv6_one_group was needed")                      \
    X(STATUS_MISMATCH, 19, "status_mismatch",                                                                         \
      "the line's enhanced status code is not that of the reply's first line (RFC 2034 section 4)")

/* X(id, bit, name, text): leniencies, all off unless asked for. Each says who needs it and what attack it opens. */
#define SMTPWIRE_LENIENCIES(X)                                                                                        \
    X(BARE_LF_COMMAND, 0, "bare_lf_command",                                                                          \
      "LF alone ends a command line. Needed for clients typed by hand or written without CR. Opens: a proxy in "      \
      "front that ends lines at CRLF only sees one line where this side runs two commands")                           \
    X(UNREGISTERED_TAG, 1, "unregistered_tag",                                                                        \
      "address literals with a tag that IANA does not list are delivered, flagged. Needed for closed networks with "  \
      "address families of their own. Opens: [tag:text] lets arbitrary text through where an address is expected")    \
    X(AUTH_EQUALS, 2, "auth_equals",                                                                                  \
      "AUTH=LOGIN PLAIN in an EHLO reply is read as AUTH LOGIN PLAIN. Needed for servers older than RFC 2554 and "    \
      "those that still write it for old clients. Opens: mechanisms, plaintext ones among them, that a strict "       \
      "reader of the same reply, such as a proxy that removes them, does not see")                                    \
    X(CAPABILITY_SPACE, 3, "capability_space",                                                                        \
      "spaces at the end of a keyword line of an EHLO reply are ignored. Needed for servers that write a space "      \
      "behind every keyword, or before a list that is empty. Opens: an offer that a strict reader of the same "       \
      "reply, such as a proxy that removes what it does not know, does not see")                                      \
    X(UNKNOWN_PARAMETER, 4, "unknown_parameter",                                                                      \
      "parameters whose keyword is in no table are delivered as they stand. Needed by relays and observers that "     \
      "do not act on parameters. Opens: a client takes 250 for a promise that nobody keeps")                          \
    X(XTEXT_LOWER_CASE, 5, "xtext_lower_case",                                                                        \
      "xtext may have +3d for +3D. Needed for clients that encode so; Postfix takes it. Opens: one address has two "  \
      "spellings, and a filter that compares octets knows one of them")                                               \
    X(SPACE_AFTER_COLON, 6, "space_after_colon",                                                                      \
      "spaces between FROM: or TO: and the path. Needed for clients that write MAIL FROM: <a@b>, as many do, "        \
      "typed by hand above all. Opens: a filter that looks for FROM:< does not find the path")                        \
    X(MISSING_BRACKETS, 7, "missing_brackets",                                                                        \
      "MAIL and RCPT take a mailbox, RCPT also Postmaster, without angle brackets; address.path is null then. "       \
      "Needed for devices and scripts that leave them out. Opens: a@b SIZE=1 and a@b> end elsewhere for a "           \
      "reader that looks for the bracket")                                                                            \
    X(TRAILING_SPACE, 8, "trailing_space",                                                                            \
      "spaces and HTABs at the end of a command line are ignored. Needed for clients that pad lines or join "         \
      "empty parameters. Opens: one command has many spellings, and a filter that compares lines knows one of "       \
      "them")                                                                                                         \
    X(HTAB_SEPARATOR, 9, "htab_separator",                                                                            \
      "one HTAB may stand for the space between the parts of a command line. Needed for clients that separate "       \
      "so. Opens: a filter that splits at spaces takes MAIL<HTAB>FROM:<a@b> for a name that it does not know")        \
    X(UNDERSCORE, 10, "underscore",                                                                                   \
      "_ is like a letter in the labels of a domain, EHLO's too. Needed for hosts that are named so, in EHLO "        \
      "above all; Postfix takes it. Opens: a name of which no host can be, and of which what looks it up may "        \
      "think otherwise")                                                                                              \
    X(TRAILING_DOT, 11, "trailing_dot",                                                                               \
      "a domain may end in one dot, which is part of it. Needed for clients that copy names from DNS. Opens: "        \
      "one domain has two spellings, and a list of domains knows one of them")                                        \
    X(EMPTY_ATOM, 12, "empty_atom",                                                                                   \
      "a local part may begin or end in a dot or have several in a row. Needed for mailboxes that were given "        \
      "out so. Opens: a local part that others read as another one, refuse, or take for a path in a file system"      \
      " (..)")                                                                                                        \
    X(IPV6_ONE_GROUP, 13, "ipv6_one_group",                                                                           \
      ":: in an IPv6 literal may stand for one group of zeros. Needed for clients that write 1:2:3:4:5:6:7:: as"      \
      " RFC 4291 allows. Opens: one address has two spellings more, and a filter that compares octets knows one")     \
    X(UNKNOWN_COMMAND, 14, "unknown_command",                                                                         \
      "commands that are in no table, or are there but not implemented, are delivered with all that follows the "     \
      "name as their argument. Needed by servers with private commands, proxies and observers. Opens: what such a "   \
      "command brings about is not known here; octets that only the server behind it takes for the command's own, "   \
      "such as the data of XEXCH50, are read as commands, and a client that sends them chooses which")                \
    X(REPLY_CODE, 15, "reply_code",                                                                                   \
      "any three digits are a reply code. Needed for servers that answer 571 and the like, and by observers. Opens: " \
      "a 1yz that its server takes for a preliminary reply is counted as the answer, and each later one is taken "    \
      "for another command's")

/* X(id, name, rfc): the keywords of EHLO replies that are known: IANA's registry, and some that are not in it. */
#define SMTPWIRE_CAPABILITIES(X)                                                                                      \
    X(UNKNOWN, "unknown", "")                                                                                         \
    X(SIZE, "SIZE", "RFC 1870")                                                                                       \
    X(8BITMIME, "8BITMIME", "RFC 6152")                                                                               \
    X(BINARYMIME, "BINARYMIME", "RFC 3030")                                                                           \
    X(CHUNKING, "CHUNKING", "RFC 3030")                                                                               \
    X(PIPELINING, "PIPELINING", "RFC 2920")                                                                           \
    X(DSN, "DSN", "RFC 3461")                                                                                         \
    X(STARTTLS, "STARTTLS", "RFC 3207")                                                                               \
    X(AUTH, "AUTH", "RFC 4954")                                                                                       \
    X(SMTPUTF8, "SMTPUTF8", "RFC 6531")                                                                               \
    X(ENHANCEDSTATUSCODES, "ENHANCEDSTATUSCODES", "RFC 2034")                                                         \
    X(VRFY, "VRFY", "RFC 5321")                                                                                       \
    X(EXPN, "EXPN", "RFC 5321")                                                                                       \
    X(HELP, "HELP", "RFC 5321")                                                                                       \
    X(ETRN, "ETRN", "RFC 1985")                                                                                       \
    X(ATRN, "ATRN", "RFC 2645")                                                                                       \
    X(DELIVERBY, "DELIVERBY", "RFC 2852")                                                                             \
    X(FUTURERELEASE, "FUTURERELEASE", "RFC 4865")                                                                     \
    X(MT_PRIORITY, "MT-PRIORITY", "RFC 6710")                                                                         \
    X(NO_SOLICITING, "NO-SOLICITING", "RFC 3865")                                                                     \
    X(LIMITS, "LIMITS", "RFC 9422")                                                                                   \
    X(RRVS, "RRVS", "RFC 7293")                                                                                       \
    X(REQUIRETLS, "REQUIRETLS", "RFC 8689")                                                                           \
    X(MTRK, "MTRK", "RFC 3885")                                                                                       \
    X(SUBMITTER, "SUBMITTER", "RFC 4405")                                                                             \
    X(CONPERM, "CONPERM", "RFC 4141")                                                                                 \
    X(CONNEG, "CONNEG", "RFC 4141")                                                                                   \
    X(CHECKPOINT, "CHECKPOINT", "RFC 1845")                                                                           \
    X(BURL, "BURL", "RFC 4468")                                                                                       \
    X(XCLIENT, "XCLIENT", "Postfix XCLIENT_README")                                                                   \
    X(XFORWARD, "XFORWARD", "Postfix XFORWARD_README")                                                                \
    X(XVERP, "XVERP", "Postfix VERP_README")                                                                          \
    X(PRDR, "PRDR", "draft-hall-prdr")                                                                                \
    X(UTF8SMTP, "UTF8SMTP", "RFC 5336")                                                                               \
    X(SEND, "SEND", "RFC 821")                                                                                        \
    X(SOML, "SOML", "RFC 821")                                                                                        \
    X(SAML, "SAML", "RFC 821")                                                                                        \
    X(TURN, "TURN", "RFC 821")                                                                                        \
    X(VERB, "VERB", "IANA")                                                                                           \
    X(ONEX, "ONEX", "IANA")

/* X(id, name, rfc): the SASL mechanisms in common use (RFC 4422 section 3.1). */
#define SMTPWIRE_MECHANISMS(X)                                                                                        \
    X(PLAIN, "PLAIN", "RFC 4616")                                                                                     \
    X(LOGIN, "LOGIN", "draft-murchison-sasl-login")                                                                   \
    X(CRAM_MD5, "CRAM-MD5", "RFC 2195")                                                                               \
    X(DIGEST_MD5, "DIGEST-MD5", "RFC 2831")                                                                           \
    X(SCRAM_SHA_1, "SCRAM-SHA-1", "RFC 5802")                                                                         \
    X(SCRAM_SHA_1_PLUS, "SCRAM-SHA-1-PLUS", "RFC 5802")                                                               \
    X(SCRAM_SHA_256, "SCRAM-SHA-256", "RFC 7677")                                                                     \
    X(SCRAM_SHA_256_PLUS, "SCRAM-SHA-256-PLUS", "RFC 7677")                                                           \
    X(GSSAPI, "GSSAPI", "RFC 4752")                                                                                   \
    X(NTLM, "NTLM", "MS-SMTPNTLM")                                                                                    \
    X(EXTERNAL, "EXTERNAL", "RFC 4422")                                                                               \
    X(XOAUTH2, "XOAUTH2", "Google XOAUTH2")                                                                           \
    X(OAUTHBEARER, "OAUTHBEARER", "RFC 7628")                                                                         \
    X(ANONYMOUS, "ANONYMOUS", "RFC 4505")

/* X(id, bit, name, rfc): service extensions by their EHLO keyword. options.extensions says which of them this server
 * offers. UTF8SMTP is obsolete; XVERP, XCLIENT and XFORWARD are Postfix's, PRDR Exim's. A server that offers BURL
 * must offer 8BITMIME too (RFC 4468 section 4); BDAT and BURL in one message need CHUNKING besides. XCLIENT and
 * XFORWARD are for clients that are trusted with it: a server answers others 550 (README of each). */
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
    X(PRDR, 22, "PRDR", "")                                                                                           \
    X(BURL, 23, "BURL", "RFC 4468")                                                                                   \
    X(XCLIENT, 24, "XCLIENT", "Postfix XCLIENT_README")                                                               \
    X(XFORWARD, 25, "XFORWARD", "Postfix XFORWARD_README")

/* X(id, keyword, on, extensions, value, adds, rfc): the parameters of MAIL and RCPT. on: the commands that take
 * it; extensions: one of these must be offered; value: whether it takes one; adds: octets it adds to the line
 * limit of its commands (RFC 5321 section 4.1.1.11), and where its RFC names no number those of the longest one.
 * HOLDFOR and HOLDUNTIL share 34 octets, since only one of them may be there. */
#define SMTPWIRE_PARAMETERS(X)                                                                                        \
    X(UNKNOWN, "unknown", NOTHING, 0, OPTIONAL, 0, "")                                                                \
    X(SIZE, "SIZE", MAIL, SMTPWIRE_OFFER(SIZE), REQUIRED, 26, "RFC 1870 section 3")                                   \
    X(BODY, "BODY", MAIL, SMTPWIRE_OFFER(EIGHTBITMIME) | SMTPWIRE_OFFER(BINARYMIME), REQUIRED, 17,                    \
      "RFC 6152 section 2")                                                                                           \
    X(SMTPUTF8, "SMTPUTF8", MAIL, SMTPWIRE_OFFER(SMTPUTF8), NONE, 10, "RFC 6531 section 3.1")                         \
    X(AUTH, "AUTH", MAIL, SMTPWIRE_OFFER(AUTH), REQUIRED, 500, "RFC 4954 section 5")                                  \
    X(RET, "RET", MAIL, SMTPWIRE_OFFER(DSN), REQUIRED, 9, "RFC 3461 section 4.3")                                     \
    X(ENVID, "ENVID", MAIL, SMTPWIRE_OFFER(DSN) | SMTPWIRE_OFFER(MTRK), REQUIRED, 107, "RFC 3461 section 4.4")        \
    X(NOTIFY, "NOTIFY", RCPT, SMTPWIRE_OFFER(DSN), REQUIRED, 29, "RFC 3461 section 4.1")                              \
    X(ORCPT, "ORCPT", RCPT, SMTPWIRE_OFFER(DSN) | SMTPWIRE_OFFER(MTRK), REQUIRED, 507, "RFC 3461 section 4.2")        \
    X(BY, "BY", MAIL, SMTPWIRE_OFFER(DELIVERBY), REQUIRED, 17, "RFC 2852 section 4")                                  \
    X(HOLDFOR, "HOLDFOR", MAIL, SMTPWIRE_OFFER(FUTURERELEASE), REQUIRED, 0, "RFC 4865 section 3")                     \
    X(HOLDUNTIL, "HOLDUNTIL", MAIL, SMTPWIRE_OFFER(FUTURERELEASE), REQUIRED, 34, "RFC 4865 section 3")                \
    X(MT_PRIORITY, "MT-PRIORITY", MAIL, SMTPWIRE_OFFER(MT_PRIORITY), REQUIRED, 15, "RFC 6710 section 3")              \
    X(RRVS, "RRVS", RCPT, SMTPWIRE_OFFER(RRVS), REQUIRED, 33, "RFC 7293 section 3.1")                                 \
    X(REQUIRETLS, "REQUIRETLS", MAIL, SMTPWIRE_OFFER(REQUIRETLS), NONE, 11, "RFC 8689 section 2")                     \
    X(MTRK, "MTRK", MAIL, SMTPWIRE_OFFER(MTRK), REQUIRED, 40, "RFC 3885 section 3.1")                                 \
    X(SOLICIT, "SOLICIT", MAIL, SMTPWIRE_OFFER(NO_SOLICITING), REQUIRED, 1009, "RFC 3865 section 2.3")                \
    X(SUBMITTER, "SUBMITTER", MAIL, SMTPWIRE_OFFER(SUBMITTER), REQUIRED, 773, "RFC 4405 section 4")                   \
    X(TRANSID, "TRANSID", MAIL, SMTPWIRE_OFFER(CHECKPOINT), REQUIRED, 88, "RFC 1845 section 2")                       \
    X(CONPERM, "CONPERM", MAIL, SMTPWIRE_OFFER(CONPERM), NONE, 8, "RFC 4141 section 4.2")                             \
    X(CONNEG, "CONNEG", RCPT, SMTPWIRE_OFFER(CONNEG), NONE, 7, "RFC 4141 section 5.2")                                \
    X(ALT_ADDRESS, "ALT-ADDRESS", MAIL_OR_RCPT, SMTPWIRE_OFFER(UTF8SMTP), REQUIRED, 460, "RFC 5336 section 3.4")      \
    X(XVERP, "XVERP", MAIL, SMTPWIRE_OFFER(XVERP), OPTIONAL, 9, "")                                                   \
    X(PRDR, "PRDR", MAIL, SMTPWIRE_OFFER(PRDR), NONE, 5, "")

/* X(id, name, xclient, xforward): the attributes of XCLIENT and XFORWARD, and what each command takes as its value:
 * NOTHING (it has no such attribute); TEXT or TEXT_64, 1 to 255 or 64 printable octets of ASCII without spaces;
 * ADDRESS, IPv4 or, behind "IPV6:", IPv6 as in an address literal (RFC 5321 section 4.1.3) without its brackets; PORT,
 * 1 to 65535 in decimal; PROTOCOL, SMTP or ESMTP; SOURCE, LOCAL or REMOTE. ADDRESS, PORT and SOURCE may also be
 * [UNAVAILABLE]; among TEXT that and [TEMPUNAVAIL] mean what they say. Nothing of it has case. */
#define SMTPWIRE_ATTRIBUTES(X)                                                                                        \
    X(UNKNOWN, "unknown", NOTHING, NOTHING)                                                                           \
    X(NAME, "NAME", TEXT, TEXT)                                                                                       \
    X(ADDR, "ADDR", ADDRESS, TEXT)                                                                                    \
    X(PORT, "PORT", PORT, PORT)                                                                                       \
    X(PROTO, "PROTO", PROTOCOL, TEXT_64)                                                                              \
    X(HELO, "HELO", TEXT, TEXT)                                                                                       \
    X(LOGIN, "LOGIN", TEXT, NOTHING)                                                                                  \
    X(DESTADDR, "DESTADDR", ADDRESS, NOTHING)                                                                         \
    X(DESTPORT, "DESTPORT", PORT, NOTHING)                                                                            \
    X(IDENT, "IDENT", NOTHING, TEXT)                                                                                  \
    X(SOURCE, "SOURCE", NOTHING, SOURCE)

#define SMTPWIRE_VERB_ENUM_(id, ...) SMTPWIRE_VERB_##id,
#define SMTPWIRE_ERROR_ENUM_(id, ...) SMTPWIRE_ERROR_##id,
#define SMTPWIRE_LIMIT_ENUM_(id, ...) SMTPWIRE_LIMIT_##id,
#define SMTPWIRE_FLAG_ENUM_(id, bit, ...) SMTPWIRE_FLAG_##id = 1 << (bit),
#define SMTPWIRE_LAX_ENUM_(id, bit, ...) SMTPWIRE_LAX_##id = 1 << (bit),
#define SMTPWIRE_CAPABILITY_ENUM_(id, ...) SMTPWIRE_CAPABILITY_##id,
#define SMTPWIRE_MECHANISM_ENUM_(id, ...) SMTPWIRE_MECHANISM_##id,
#define SMTPWIRE_EXTENSION_ENUM_(id, bit, ...) SMTPWIRE_EXTENSION_##id = (bit),
#define SMTPWIRE_EXTENSION_BIT_(id, ...) | SMTPWIRE_OFFER(id)
#define SMTPWIRE_PARAMETER_ENUM_(id, ...) SMTPWIRE_PARAMETER_##id,
#define SMTPWIRE_ATTRIBUTE_ENUM_(id, ...) SMTPWIRE_ATTRIBUTE_##id,

enum smtpwire_verb { SMTPWIRE_VERBS(SMTPWIRE_VERB_ENUM_) SMTPWIRE_VERB_COUNT };
enum smtpwire_error_id { SMTPWIRE_ERRORS(SMTPWIRE_ERROR_ENUM_) SMTPWIRE_ERROR_COUNT };
enum smtpwire_limit { SMTPWIRE_LIMITS(SMTPWIRE_LIMIT_ENUM_) SMTPWIRE_LIMIT_COUNT };
enum smtpwire_flag { SMTPWIRE_FLAGS(SMTPWIRE_FLAG_ENUM_) SMTPWIRE_FLAG_NONE = 0 };
enum smtpwire_lax { SMTPWIRE_LENIENCIES(SMTPWIRE_LAX_ENUM_) SMTPWIRE_LAX_NONE = 0 };
enum smtpwire_capability_id { SMTPWIRE_CAPABILITIES(SMTPWIRE_CAPABILITY_ENUM_) SMTPWIRE_CAPABILITY_COUNT };
enum smtpwire_mechanism { SMTPWIRE_MECHANISMS(SMTPWIRE_MECHANISM_ENUM_) SMTPWIRE_MECHANISM_COUNT };
enum smtpwire_extension { SMTPWIRE_EXTENSIONS(SMTPWIRE_EXTENSION_ENUM_) SMTPWIRE_EXTENSION_COUNT };
enum smtpwire_parameter_id { SMTPWIRE_PARAMETERS(SMTPWIRE_PARAMETER_ENUM_) SMTPWIRE_PARAMETER_COUNT };
enum smtpwire_attribute_id { SMTPWIRE_ATTRIBUTES(SMTPWIRE_ATTRIBUTE_ENUM_) SMTPWIRE_ATTRIBUTE_COUNT };

/* Bits of options.extensions, and all of them. */
#define SMTPWIRE_OFFER(id) (UINT64_C(1) << SMTPWIRE_EXTENSION_##id)
#define SMTPWIRE_OFFER_ALL (0 SMTPWIRE_EXTENSIONS(SMTPWIRE_EXTENSION_BIT_))

/* ---- Options -------------------------------------------------------------------------------------------------- */

/* Kinds of octet that a policy can be set for, and the policies. Whatever the policy, none of these octets ever
 * ends a line or the message (RFC 5321 section 4.1.1.4). Content that MAIL has called BODY=BINARYMIME is not text:
 * all is delivered, and flagged (RFC 3030 section 3).
 * PASS is needed by filters and archives that must see what came. Opens: whoever gets the content from there and ends
 * lines at a bare LF or CR finds another end of it, and behind that another message (SMTP smuggling); a NUL ends it
 * for who takes it for a C string. NORMALISE is needed for devices and scripts that end lines in LF alone. Opens: a
 * lone dot between bare LFs becomes CRLF "." CRLF in what is delivered, which must be dot-stuffed when it is sent on,
 * and a signature over the content as it came no longer fits. */
enum smtpwire_content { SMTPWIRE_CONTENT_BARE_LF, SMTPWIRE_CONTENT_BARE_CR, SMTPWIRE_CONTENT_NUL };
enum smtpwire_policy {
    SMTPWIRE_POLICY_DEFAULT,  /* REJECT for bare LF and bare CR, PASS for NUL */
    SMTPWIRE_POLICY_REJECT,   /* deliver nothing from that octet on; END, at the true end, carries the error */
    SMTPWIRE_POLICY_PASS,     /* deliver it and flag it */
    SMTPWIRE_POLICY_NORMALISE /* deliver CRLF in its place and flag it; not for NUL */
};

/* Instructions with which content is skipped, and paths are read, many octets at a time. What is accepted and told is the
 * same with each; only the time differs. */
enum smtpwire_simd {
    SMTPWIRE_SIMD_DETECT, /* the best there is, by smtpwire_simd_detect() */
    SMTPWIRE_SIMD_NONE,   /* octet by octet */
    SMTPWIRE_SIMD_SWAR,   /* 64-bit words */
    SMTPWIRE_SIMD_SSE2,
    SMTPWIRE_SIMD_AVX2, /* with BMI1, BMI2 and LZCNT: only where smtpwire_simd_detect() says so */
    SMTPWIRE_SIMD_NEON
};

/* The best of enum smtpwire_simd that this build has and this processor can do; never DETECT. It asks the processor
 * (CPUID), which in a virtual machine may take as long as reading 100 KiB of content: who makes many sessions asks once
 * and puts the answer into options.simd. With DETECT each object asks when it is first pushed 16 KiB of content or more,
 * and makes do until then with what every processor of its kind has. Since 0.1. */
SMTPWIRE_API unsigned smtpwire_simd_detect(void);

/* All zero, or a null pointer where options are asked for, is strict. reserved must be zero. The library keeps a
 * pointer to the options given to an init function: they must outlive the object and stay as they are. */
struct smtpwire_options {
    uint32_t lax;          /* SMTPWIRE_LAX_* bits */
    uint8_t smtputf8;      /* 1: addresses may hold UTF-8 although no SMTPUTF8 was seen (RFC 6531 section 3.4). Needed
                            * for values that are parsed alone, and for clients that send UTF-8 and do not say so.
                            * Opens: such an address goes on to a server that never said it takes one, where it may
                            * be cut, or be read in another encoding as another address */
    uint8_t lmtp;          /* 1: LMTP (RFC 2033): LHLO for EHLO and HELO, a reply for each recipient */
    uint8_t content[8];    /* enum smtpwire_policy by enum smtpwire_content; unused ones zero */
    uint8_t padding;       /* octets behind every input that may be read as well, whatever they are: 0 or 64. See below */
    uint8_t simd;          /* enum smtpwire_simd: how many octets are read at a time; 0: each object finds out */
    uint32_t limit[16];    /* by enum smtpwire_limit; 0 is the default; unused ones zero. Higher ones are needed for
                            * peers that go over the RFC's. They open: what is taken here may be cut, or overrun a
                            * buffer, in what stands behind; a peer decides over more memory, and for longer */
    uint64_t message_max;  /* octets of a message, as delivered (RFC 1870 section 5); 0: 2^63 - 1 */
    uint64_t extensions;   /* what this server offers: SMTPWIRE_OFFER(id) bits. 0: nothing; a parameter is 555 then.
                            * A session may offer less: smtpwire_server_offer() */
    uint64_t reserved[20]; /* zero */
};

/* Without padding no octet behind an input is ever read. A caller who keeps its inputs in buffers that go on for 64
 * octets behind the len it gives, to any function that is given these options, may say so: short lines and short paths
 * take less time then. What these octets hold means nothing, but no other thread may write them meanwhile. */

/* 0 if the options are valid, -1 if a reserved or unused member is not zero, padding is neither 0 nor 64, a bit or policy
 * is unknown, or a limit leaves no room (command_line and reply_line under 8), or message_max is over 2^63 - 1, or simd is one that
 * this build does not have (that the processor can do it is not looked at: give what smtpwire_simd_detect() said). A
 * null pointer is valid. Since 0.1. */
SMTPWIRE_API int smtpwire_options_check(const struct smtpwire_options *options);

/* The longest line, in octets with its CRLF, that either session can hold back under these options: a buffer of
 * this size always makes progress. A command line is limited to 512 octets and what the parameters of the offered
 * extensions add, for all commands alike the larger of MAIL's and RCPT's sum, unless
 * limit[SMTPWIRE_LIMIT_COMMAND_LINE] says otherwise (RFC 5321 sections 4.1.1.11 and 4.5.3.1.4).
 * A null pointer stands for options that are all zero. Since 0.1. */
SMTPWIRE_API size_t smtpwire_line_limit(const struct smtpwire_options *options);

/* ---- Values --------------------------------------------------------------------------------------------------- */

/* len octets from data on. data is null where there is nothing; where something was begun but not ended, because
 * of an error, len is 0. */
struct smtpwire_slice {
    const char *data;
    size_t len;
};

/* What is wrong, and what to answer. */
struct smtpwire_error {
    uint16_t id;              /* enum smtpwire_error_id; SMTPWIRE_ERROR_NONE: nothing is wrong */
    uint16_t code;            /* the reply to send, such as 501; 0 where none is sent */
    uint8_t enhanced[4];      /* its enhanced status code: class, subject, detail (RFC 3463), and zero. One octet holds
                               * each that is ever sent; of what a server replies each may be up to 999 */
    uint64_t offset;          /* of the first wrong octet, see below */
};
/* offset is the length of the longest prefix with which some valid line begins; for a length limit the first octet
 * over it, or where more is refused the first octet that is; where an argument is missing the line's end; for 452,
 * 500, 502, 503 and 554 the command's first octet, for 555 the keyword's; for a framing fault the octet itself.
 * One-shot functions count from the start of their slice, push functions from the first octet ever pushed. */

/* A path or a mailbox (RFC 5321 section 4.1.2). Parts that are not there are null. */
struct smtpwire_address {
    struct smtpwire_slice path;    /* with its angle brackets; null where missing_brackets let them be missing */
    struct smtpwire_slice route;   /* "@a,@b", without the colon */
    struct smtpwire_slice local;   /* as on the wire, quotes and backslashes included */
    struct smtpwire_slice domain;  /* where it is a name; with the dot that trailing_dot lets it end in */
    struct smtpwire_slice literal; /* where it is an address literal, with its square brackets */
};

/* Parse one value that fills data[0..len). Each returns 0 and fills *address and *flags (SMTPWIRE_FLAG_*), or
 * returns -1 and fills *error; what of *address was read by then is kept. A null flags or error is allowed; a null
 * options is strict. Slices point into data. No other memory is touched.
 * reverse_path: RFC 5321 Reverse-path, <> included. forward_path: Forward-path or <Postmaster>. mailbox: Mailbox,
 * without angle brackets. domain: Domain or address-literal. Lengths are checked (RFC 5321 section 4.5.3.1). UTF-8
 * (RFC 6531 section 3.3) is accepted only with options->smtputf8. Of the leniencies underscore, trailing_dot,
 * empty_atom, ipv6_one_group and unregistered_tag apply; those of command lines, missing_brackets among them, do not.
 * Errors: address_syntax, unregistered_tag, the
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
    uint8_t last;                     /* BDAT, BURL: 1 with LAST */
    uint8_t zero;                     /* 0 */
    uint32_t flags;                   /* SMTPWIRE_FLAG_* */
    struct smtpwire_slice name;       /* the command's name as on the wire */
    struct smtpwire_address address;  /* MAIL, RCPT: the path. EHLO, HELO, LHLO: the host. VRFY, EXPN: if it is one */
    struct smtpwire_slice parameters; /* MAIL, RCPT: for smtpwire_parameter_next(), XCLIENT, XFORWARD: for
                                       * smtpwire_attribute_next(); both know a HTAB between two */
    struct smtpwire_slice argument;   /* VRFY, EXPN, NOOP, HELP, ETRN, ATRN; AUTH: the SASL mechanism; BURL: the URI
                                       * (RFC 3986 section 4.3); of a command that is not known or not implemented
                                       * all that follows the space, not null where there is one */
    struct smtpwire_slice initial;    /* AUTH: the initial response, base64 or "="; null: there is none */
    uint64_t chunk_size;              /* BDAT: octets of the chunk */
};

/* Parse a command line without its CRLF. Returns 0, or -1 and fills *error; *command then holds what could be
 * read, its verb and name at least where there are such. A null error is allowed; a null options is strict. Slices
 * point into line. RCPT, which does not itself say whether SMTPUTF8 is in force, takes UTF-8 only with
 * options->smtputf8. Errors: those of the values, command_unknown, command_not_implemented, argument_syntax; of
 * parameters parameter_syntax, parameter_unknown (at the keyword: not known, of an extension that
 * options->extensions does not offer, or of another command; whether there is TLS, without which REQUIRETLS is not
 * to be used, RFC 8689 section 2, a line alone does not say), parameter_value, size_too_large (SIZE of 2^64 or
 * more), message_too_large (SIZE over options->message_max if that is set, at the digit that makes it so: RFC 1870
 * section 6.1), parameter_conflict (at the later keyword, also where it is cut off: given twice, HOLDFOR with
 * HOLDUNTIL, MTRK where ENVID has no "@"; at the line's end: MTRK without ENVID, RFC 3885 section 3.2; ENVID without
 * "@" behind MTRK is parameter_value); of attributes argument_syntax (a name that the command does not have, or a
 * part of one that cannot come any more), parameter_value,
 * parameter_conflict (at the name: given twice). Of several faults the one that comes first in the line is told. The
 * length of the line is not checked: the line layer does that.
 *
 * BURL, XCLIENT and XFORWARD are command_not_implemented where options->extensions lacks them; so are EHLO and HELO in
 * LMTP and LHLO in SMTP. With SMTPWIRE_LAX_UNKNOWN_COMMAND those stay so, since a reply to them would have effects; a
 * command in no table, or one that is not implemented, is accepted if its name is followed by a space or by nothing.
 * Its argument may then hold any octet but CR, LF and NUL; over 127 is flagged EIGHT_BIT and need not be UTF-8.
 * STARTTLS, AUTH, ETRN and ATRN are commands whatever is offered: a server that does not have them answers 502 (RFC
 * 5321 section 4.2.4). So is BDAT here; a session refuses it where CHUNKING is not offered.
 *
 * With leniencies the offset of an error is the length of the longest prefix with which some line begins that is valid
 * with them, and a line that is valid without them means what it means without them: so trailing_space leaves NOOP's
 * text as it is where only spaces end it. The flag lenient tells that one of those from space_after_colon to
 * ipv6_one_group was needed. They do not apply to mailboxes in parameters (AUTH, ORCPT, SUBMITTER, ALT-ADDRESS) nor
 * to the domains of ATRN. Since 0.1. */
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
    struct smtpwire_date_time since; /* at least since then the mailbox is to be the recipient's */
    uint8_t no_support; /* 'C' continue, 'R' reject; 0: not said */
};

/* RFC 3461 section 4.2, RFC 6533 section 3. */
struct smtpwire_orcpt {
    struct smtpwire_slice type;    /* rfc822, utf-8, ... in any case */
    struct smtpwire_slice address; /* xtext; of type utf-8: UTF-8 with \x{HEX} in it, which stands for a Mailbox */
    uint8_t utf8;                  /* 1: it is of type utf-8 */
};

/* RFC 3885 section 3.1. */
struct smtpwire_mtrk {
    struct smtpwire_slice certifier; /* base64 without padding */
    uint32_t timeout;                /* seconds, 0 to 999999999 */
    uint8_t has_timeout;             /* 1: it is there */
};

/* One ESMTP parameter (RFC 5321 section 4.1.2): KEYWORD or KEYWORD=value. Of the union only the member that is
 * named for id is written; AUTH, ENVID, SUBMITTER and ALT_ADDRESS (xtext), SOLICIT, TRANSID and XVERP have their
 * value as it stands, the others none. Slices point into the command's line. */
struct smtpwire_parameter {
    struct smtpwire_slice keyword; /* as on the wire, in any case */
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
 * *parameter, or 0 when none is left. Needs no storage and sets no limit on their number. id is UNKNOWN also where
 * the value is none that its keyword takes, which does not happen behind a command that was accepted. Since 0.1.
 *
 *     struct smtpwire_slice rest = ev.command.parameters;
 *     struct smtpwire_parameter p;
 *     while (smtpwire_parameter_next(&rest, &p)) ...
 * */
SMTPWIRE_API int smtpwire_parameter_next(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter);

/* Decode xtext (RFC 3461 section 4): +HH stands for an octet, all else for itself. Returns how many octets it
 * decodes to, of which the first size were written to out, without a NUL; with size 0 out may be null. Returns -1,
 * and nothing has been written, if it is no xtext or an octet of it is a control character (CR, LF and NUL among
 * them). Hexadecimal digits are taken in either case: whether lower case is allowed was decided when the command
 * was parsed. An address that was decoded (AUTH, SUBMITTER, ALT_ADDRESS) may hold any octet that a Mailbox may,
 * quotes and spaces among them. Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_xtext_decode(struct smtpwire_slice xtext, void *out, size_t size);

/* What an attribute of XCLIENT or XFORWARD says. */
enum smtpwire_attribute_status {
    SMTPWIRE_STATUS_VALUE,
    SMTPWIRE_STATUS_UNAVAILABLE, /* [UNAVAILABLE]: it is not known, or there is none */
    SMTPWIRE_STATUS_TEMPUNAVAIL  /* [TEMPUNAVAIL]: looking up the NAME failed for now */
};

/* One attribute: NAME=value. Slices point into the command's line. */
struct smtpwire_attribute {
    struct smtpwire_slice name;  /* as on the wire, in any case */
    struct smtpwire_slice value; /* xtext as it stands, for smtpwire_xtext_decode(), which makes at most 255 octets */
    uint16_t id;                 /* enum smtpwire_attribute_id */
    uint16_t port;               /* PORT, DESTPORT: 1 to 65535; else 0 */
    uint8_t status;              /* enum smtpwire_attribute_status */
    uint8_t zero[3];             /* 0 */
};

/* Take the first attribute off *attributes, which must be the parameters of an XCLIENT or XFORWARD that was accepted:
 * then no name is there twice. Returns 1 and fills *attribute, or 0 when none is left. Needs no storage. XCLIENT_README
 * and XFORWARD_README of Postfix say what a server does with them; values hold characters that a header or a log may
 * take for its own. Since 0.1.
 *
 *     struct smtpwire_slice rest = ev.command.parameters;
 *     struct smtpwire_attribute a;
 *     while (smtpwire_attribute_next(&rest, &a)) ...
 * */
SMTPWIRE_API int smtpwire_attribute_next(struct smtpwire_slice *attributes, struct smtpwire_attribute *attribute);

/* One line of a reply (RFC 5321 section 4.2). */
struct smtpwire_reply {
    uint16_t code;              /* 200 to 559; of a faulty line up to 599, 0 if it could not be read; with the
                                 * leniency REPLY_CODE 0 to 999 */
    uint16_t verb;              /* in a client's session: what it answers (enum smtpwire_verb); UNKNOWN: nothing */
    uint8_t last;               /* 1: the reply ends with this line */
    uint8_t zero;               /* 0 */
    uint16_t enhanced[3];       /* class, subject, detail, 0 to 999 (RFC 3463); class 0: none. In a client's session
                                 * always so in the greeting and in replies to EHLO, HELO and LHLO, whose text then is
                                 * all that follows the separator (RFC 2034 section 4) */
    uint32_t flags;             /* SMTPWIRE_FLAG_EIGHT_BIT, LONG_LINE, CLASS_MISMATCH, STATUS_MISMATCH */
    struct smtpwire_slice text; /* what follows the code and separator, and the enhanced code and its space */
};

/* Parse a reply line without its CRLF. Returns 0, or -1 and fills *error (reply_syntax, bare_cr, bare_lf, nul);
 * *reply then has code and last if both could be read, else code 0. A null error is allowed; a null options is
 * strict. text points into line. The length of the line is flagged, not limited. Since one line does not say what it
 * answers, an enhanced status code is read in any. options->lax: REPLY_CODE. Since 0.1. */
SMTPWIRE_API int smtpwire_reply_parse(const char *line, size_t len, const struct smtpwire_options *options,
                                      struct smtpwire_reply *reply, struct smtpwire_error *error);

/* What begins a greeting: who speaks. */
struct smtpwire_greeting {
    struct smtpwire_address address; /* domain, or literal */
    struct smtpwire_slice text;      /* what follows a space behind it; null where there is nothing */
    uint32_t flags;                  /* SMTPWIRE_FLAG_* of the host */
    uint32_t zero;                   /* 0 */
};

/* Parse what some replies say to machines: text is that of one line, as smtpwire_reply.text of a client's session has
 * it, or what follows the code and its separator. Each returns 0 and fills what it is given; or returns -1 and fills
 * *error. A null flags or error is allowed; a null options is strict. Slices point into text. error.code is 0: nothing
 * is sent to a server. reply_syntax stands for what is wrong in free text; bare_cr, bare_lf and nul win over all
 * others. A server may say what it likes: nothing of this is proof of who it is.
 *
 * greeting: the first line of the greeting (220): a domain or an address literal and, behind a space, text (RFC 5321
 * section 4.2). 221 and 421 have a domain too (section 4.2.2), where the server wrote one: "421 closing" is from
 * the host "closing".
 * ehlo_greeting: the first line of a positive reply to EHLO, HELO or LHLO: the same, but with a domain only (section
 * 4.1.1.1). Both are in ASCII whatever options->smtputf8 says (RFC 6531 section 3.7.1). Errors: those of
 * smtpwire_domain_parse(). Since 0.1.
 * forward_text: 251 and 551: a forward path that stands anywhere in the text (sections 3.4 and 4.2.2). Nothing but the
 * path may have an angle bracket, so that no other reader finds another path there; what a Quoted-string of the path
 * has in it counts as part of it. A path without a domain, <Postmaster>, is none. Errors: those of
 * smtpwire_forward_path_parse(). Since 0.1. */
SMTPWIRE_API int smtpwire_greeting_parse(const char *text, size_t len, const struct smtpwire_options *options,
                                         struct smtpwire_greeting *greeting, struct smtpwire_error *error);
SMTPWIRE_API int smtpwire_ehlo_greeting_parse(const char *text, size_t len, const struct smtpwire_options *options,
                                              struct smtpwire_greeting *greeting, struct smtpwire_error *error);
SMTPWIRE_API int smtpwire_forward_text_parse(const char *text, size_t len, const struct smtpwire_options *options,
                                             struct smtpwire_address *address, uint32_t *flags,
                                             struct smtpwire_error *error);

/* The challenge of a 334, in the same way (RFC 4954 section 4): base64, or nothing, in a reply of one line. *challenge
 * is all of text, to be decoded by the caller, and null where there is none. Errors: auth_syntax, bare_cr, bare_lf,
 * nul. Since 0.1. */
SMTPWIRE_API int smtpwire_challenge_parse(const char *text, size_t len, struct smtpwire_slice *challenge,
                                          struct smtpwire_error *error);

/* FUTURERELEASE (RFC 4865 section 3): how long and until when a server holds messages. */
struct smtpwire_release {
    int64_t until;     /* seconds from 1970-01-01T00:00:00Z to the latest time, a fraction left out */
    uint32_t interval; /* the greatest number of seconds, 1 to 999999999 */
    uint32_t zero;     /* 0 */
};

/* LIMITS (RFC 9422 section 4), each 1 to 999999, 0 where it is not said. */
struct smtpwire_offered_limits {
    uint32_t mail_max;        /* MAIL commands in a session */
    uint32_t rcpt_max;        /* RCPT commands in a transaction */
    uint32_t rcpt_domain_max; /* different domains in the RCPT commands of a session */
};

/* Which URLs BURL takes (RFC 4468 section 3.3): those with URLAUTH, where "imap" was said; others, of the servers that an
 * argument such as "imap://imap.example.com" names, which smtpwire_word_next() takes off the parameters. */
enum smtpwire_burl { SMTPWIRE_BURL_IMAP = 1, SMTPWIRE_BURL_SERVER = 2 };

/* What the numbers of MT-PRIORITY mean (RFC 6710, appendices A to C); any other profile is UNKNOWN. */
enum smtpwire_priority_profile {
    SMTPWIRE_PRIORITY_UNKNOWN,
    SMTPWIRE_PRIORITY_MIXER,
    SMTPWIRE_PRIORITY_STANAG4406,
    SMTPWIRE_PRIORITY_NSEP
};

/* What a server offers in one line of its reply to EHLO or LHLO (RFC 5321 section 4.1.1.1). */
struct smtpwire_capability {
    uint16_t id;                      /* enum smtpwire_capability_id; UNKNOWN where the keyword is none of them */
    uint16_t has_value;               /* 1: the union's member for this id holds what the server said */
    uint32_t flags;                   /* SMTPWIRE_FLAG_BAD_VALUE */
    struct smtpwire_slice keyword;    /* as on the wire */
    struct smtpwire_slice parameters; /* all that follows the keyword and a space; null where there is nothing */
    union {                           /* zero where has_value is 0 */
        uint64_t size;                /* SIZE: octets of the largest message; 0: there is no fixed limit */
        uint32_t deliver_by;          /* DELIVERBY: the least number of seconds that BY with R may ask for */
        uint32_t mechanisms;          /* AUTH: a bit 1 << SMTPWIRE_MECHANISM_* for each that is known */
        uint32_t attributes;          /* XCLIENT, XFORWARD: a bit 1 << SMTPWIRE_ATTRIBUTE_* for each that is known */
        uint32_t burl;                /* BURL: bits of enum smtpwire_burl */
        uint32_t profile;             /* MT-PRIORITY: enum smtpwire_priority_profile */
        struct smtpwire_release release; /* FUTURERELEASE */
        struct smtpwire_offered_limits limits; /* LIMITS; smtpwire_limit_next() has those that are not in it */
    };
};

/* Parse a line of an EHLO or LHLO reply behind its first: text is what follows "250-" or "250 ", without the CRLF:
 * smtpwire_reply.text of a client's session; that of smtpwire_reply_parse() is the same but where an enhanced status
 * code was taken off. EHLO replies have none (RFC 2034 section 4), so a line with one is no keyword line.
 * Returns 0 and fills *capability; or returns -1 and fills *error: capability_syntax, bare_cr, bare_lf or nul,
 * which win over it. offset is the longest prefix with which some keyword line begins; code is 0, nothing is sent.
 * *capability is then zero. A null error is allowed; a null options is strict. Slices point into text. A keyword
 * that is not known, or parameters that its RFC does not allow, are no error: a client must be able to go on (RFC
 * 5321 section 4.1.1.1). Such parameters are flagged BAD_VALUE and no value is taken from them: SIZE over 2^64-1
 * is not SIZE=0, no limit. AUTH and LIMITS are flagged too, but what is good in them is taken word by word: of
 * AUTH the mechanisms that are known, of LIMITS the first good limit of each name, nothing if it is no list of
 * limits at all (RFC 9422 section 3.7). options->lax: AUTH_EQUALS, CAPABILITY_SPACE. RFC 1870, 2852, 3339, 3865,
 * 4422, 4865, 4954, 6710, 9422. Since 0.1. */
SMTPWIRE_API int smtpwire_capability_parse(const char *text, size_t len, const struct smtpwire_options *options,
                                           struct smtpwire_capability *capability, struct smtpwire_error *error);

/* Take the first word off *parameters, which are those of a capability (RFC 5321 section 4.1.1.1, ehlo-param): a
 * mechanism of AUTH, an argument of BURL, an attribute of XCLIENT or XFORWARD. Words end at a space. Returns 1 and
 * fills *word, a slice of the same memory; or returns 0 when none is left. Needs no storage and sets no limit on their
 * number. Since 0.1. */
SMTPWIRE_API int smtpwire_word_next(struct smtpwire_slice *parameters, struct smtpwire_slice *word);

/* Take the first item off *list, whose items have commas between them: solicitation keywords of NO-SOLICITING or
 * SOLICIT (RFC 3865 section 2.2), words of NOTIFY or DELIVERBY. Returns 1 and fills *item, a slice of the same memory,
 * empty where a comma begins or ends the list; or returns 0 when nothing is left. Since 0.1. */
SMTPWIRE_API int smtpwire_list_next(struct smtpwire_slice *list, struct smtpwire_slice *item);

/* As smtpwire_word_next() for LIMITS: NAME or NAME=value (RFC 9422 section 3). Returns 1 and fills *limit, whose
 * value is null where there is no "="; or returns 0 when none is left. Names are not case-sensitive. Since 0.1. */
SMTPWIRE_API int smtpwire_limit_next(struct smtpwire_slice *parameters, struct smtpwire_parameter *limit);

/* What a server offers, to be kept when the reply's octets are gone. All zero: nothing. It holds no pointers. Its
 * size does not change within a SONAME. */
struct smtpwire_capabilities {
    uint64_t offered;    /* a bit 1 << SMTPWIRE_CAPABILITY_* for each keyword but UNKNOWN */
    uint64_t valued;     /* the same for those whose value is below */
    uint64_t size;       /* as in struct smtpwire_capability; 0 where valued lacks its bit, as all that follow */
    int64_t until;       /* FUTURERELEASE */
    uint32_t interval;   /* FUTURERELEASE */
    uint32_t deliver_by; /* DELIVERBY */
    uint32_t mail_max, rcpt_max, rcpt_domain_max; /* LIMITS */
    uint32_t mechanisms;        /* AUTH */
    uint16_t xclient, xforward; /* attributes */
    uint8_t burl, profile;      /* BURL; MT-PRIORITY */
    uint8_t zero[2];            /* 0 */
};

/* Add a capability that smtpwire_capability_parse() accepted (RFC 5321 section 4.1.1.1). Of two with the same keyword
 * the first counts, whatever its value; mechanisms of AUTH are joined. UNKNOWN changes nothing. Since 0.1. */
SMTPWIRE_API void smtpwire_capabilities_add(struct smtpwire_capabilities *set,
                                            const struct smtpwire_capability *capability);

/* 1 if the set has the keyword (enum smtpwire_capability_id), else 0; 0 for UNKNOWN and ids that are not in the
 * table. Since 0.1. */
SMTPWIRE_API int smtpwire_capabilities_have(const struct smtpwire_capabilities *set, unsigned id);

/* ---- What was expected ---------------------------------------------------------------------------------------- */

/* What smtpwire_expected_find() is told the line is, by the function that parses such. */
enum smtpwire_expected_kind {
    SMTPWIRE_EXPECTED_COMMAND,       /* smtpwire_command_parse() */
    SMTPWIRE_EXPECTED_REPLY,         /* smtpwire_reply_parse() */
    SMTPWIRE_EXPECTED_CAPABILITY,    /* smtpwire_capability_parse() */
    SMTPWIRE_EXPECTED_AUTH_RESPONSE, /* the line of a SASL exchange in a server's session */
    SMTPWIRE_EXPECTED_REVERSE_PATH,  /* smtpwire_reverse_path_parse() */
    SMTPWIRE_EXPECTED_FORWARD_PATH,  /* smtpwire_forward_path_parse() */
    SMTPWIRE_EXPECTED_MAILBOX,       /* smtpwire_mailbox_parse() */
    SMTPWIRE_EXPECTED_DOMAIN,        /* smtpwire_domain_parse() */
    SMTPWIRE_EXPECTED_KIND_COUNT
};

/* What can stand at some place. Its size does not change within a SONAME. */
struct smtpwire_expected {
    uint8_t octets[32]; /* octet o can where octets[o / 8] has the bit 1 << o % 8 */
    uint8_t end;        /* 1: what comes before is complete */
    uint8_t kind;       /* enum smtpwire_expected_kind */
    uint8_t zero[6];    /* 0 */
    const char *rule;   /* the innermost rule around all of them, such as "sub-domain"; "" if there is none; static */
    const char *rfc;    /* where that rule stands, such as "RFC 5321 section 4.1.2"; "" as above; static */
};

/* Find out what the grammar expected at an error: line[0..offset) is read again, and nothing behind it is touched.
 * offset is that of an error of syntax in this line, counted from its first octet: argument_syntax, address_syntax,
 * unregistered_tag, parameter_syntax, parameter_value, size_too_large, message_too_large, chunk_size, auth_syntax,
 * reply_syntax or capability_syntax; options are those it was parsed under. Returns 1 and fills *expected; or returns
 * 0, octets and end being zero and the strings empty, where there is nothing to tell: kind is none, or no valid line
 * begins with line[0..offset) but by a leniency, or the value of a parameter is as long as it may be.
 *
 * What is promised of octets: one of them, put at offset, moves the error on; whatever stands behind it, the line
 * is accepted or its error is behind offset. Any other but CR, LF and NUL leaves the error at offset or moves it
 * back. But lengths (save those of parameters) are not looked at, and the error that moves may be theirs; and the
 * beginning of a parameter's keyword is parameter_unknown until it is complete, and one that came already is then
 * parameter_conflict where it begins, as the name of an attribute is. Leniencies let more through than octets tells.
 * Octets over 127 are among them where options->smtputf8 is set, or the command may carry SMTPUTF8, or such octets
 * came before; a server's session takes them in RCPT also behind a MAIL with SMTPUTF8, and then a copy of its options
 * with smtputf8 set is to be given.
 * end is 1 where line[0..offset) is accepted as it is.
 *
 *     offset = (size_t)(ev.error.offset - ev.at);
 *     if (smtpwire_expected_find(SMTPWIRE_EXPECTED_COMMAND, ev.line.data, offset, &options, &expected))
 *         len = smtpwire_expected_write(&expected, text, sizeof text);
 *
 * The tables behind it, about 21 KB, are made from the grammar when the library is built, and come into a program
 * only if it calls this. A null options is strict. Since 0.1. */
SMTPWIRE_API int smtpwire_expected_find(unsigned kind, const char *line, size_t offset,
                                        const struct smtpwire_options *options, struct smtpwire_expected *expected);

/* What smtpwire_expected_find() found, in words for people: 'a letter, a digit or "-" (RFC 5321 section 4.1.2,
 * sub-domain)'. Letters in either case are shown in upper case. Returns how many octets that is, of which the first
 * size were put into text, without a NUL; with size 0 text may be null. Never over 400. Since 0.1. */
SMTPWIRE_API size_t smtpwire_expected_write(const struct smtpwire_expected *expected, char *text, size_t size);

/* ---- Events --------------------------------------------------------------------------------------------------- */

enum smtpwire_event_kind {
    SMTPWIRE_MORE,    /* read more, then push what is left with more behind it; not an event of the stream */
    SMTPWIRE_WAIT,    /* replies are due: push again after smtpwire_server_replied(); not an event of the stream */
    SMTPWIRE_LINE,    /* a line (smtpwire_line_push() only) */
    SMTPWIRE_COMMAND, /* a good command line */
    SMTPWIRE_CONTENT, /* a piece of content */
    SMTPWIRE_END,     /* the end of the content */
    SMTPWIRE_AUTH_RESPONSE, /* a line of a SASL exchange: line is base64, empty, or "*" (cancelled: answer 501) */
    SMTPWIRE_REPLY,   /* a good line of a reply */
    SMTPWIRE_ERROR,   /* this line is refused and has been, or will be, skipped. A framing fault is told at once: line,
                       * at and len then reach through the octet that shows it (for a bare CR the octet behind it) */
    SMTPWIRE_FATAL    /* framing is lost, an attack on it was seen, or misuse: send error's reply, which is counted
                       * nowhere, and close. Every later push says FATAL again */
};

/* What MORE found itself inside of. If the connection is lost now, this is what was cut off. */
enum smtpwire_inside {
    SMTPWIRE_INSIDE_NOTHING, /* between lines */
    SMTPWIRE_INSIDE_LINE,
    SMTPWIRE_INSIDE_SKIPPED, /* a line that was refused already */
    SMTPWIRE_INSIDE_CONTENT, /* content without END was never a message */
    SMTPWIRE_INSIDE_CHUNK,   /* content by count; a chunk without END was never taken */
    SMTPWIRE_INSIDE_AUTH,    /* a SASL exchange: the line that answers a 334 */
    SMTPWIRE_INSIDE_REPLY,   /* a reply of several lines whose last line has not come */
    SMTPWIRE_INSIDE_TLS      /* waiting for the tls_started call */
};

/* What is known of content at its end: facts about all octets received, those behind a refused one included. */
struct smtpwire_end {
    uint64_t size;    /* octets delivered */
    uint64_t longest; /* the longest line as received, CRLF counted, a stuffed dot not (RFC 5321 section 4.5.3.1.6) */
    uint32_t flags;   /* SMTPWIRE_FLAG_BARE_CR, BARE_LF, NUL, EIGHT_BIT, LONG_LINE */
    uint8_t chunk;    /* 1: a chunk of BDAT ended (len is 0); size and facts are of all chunks so far; of a line
                         that goes on in the next chunk what has come counts as a line */
    uint8_t last;     /* with chunk, 1: it was the last */
    uint16_t zero;    /* 0 */
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
        struct smtpwire_slice content;   /* CONTENT: octets to deliver, never empty; at and len are their place on the
                                          * wire, also where another octet is delivered. A stuffed dot is in no event */
        struct smtpwire_end end;         /* END */
        uint64_t room[25];               /* for events to come; never written */
    };
};

/* ---- Streams -------------------------------------------------------------------------------------------------- *
 * The contract of every push function: it returns how many octets it is done with, 0 to len, and one event. Octets
 * it is not done with stay the caller's: present the same ones again, at any address, with more behind them. Fewer
 * of them than were left is FATAL (misuse). len may be 0 and data then null. Call it until it says MORE (or WAIT),
 * never until the octets are gone: some events need none.
 *
 * The members of these structs, of struct smtpwire_server and of struct smtpwire_client are not the caller's to read or
 * change; they may be copied with memcpy, since no pointer into any buffer is kept. Their sizes do not change within a
 * SONAME. */

/* Where smtpwire_line_push() stands in lines. */
struct smtpwire_line {
    const struct smtpwire_options *options;
    uint64_t at, left;
    uint32_t cap, looked;
    uint8_t lax_lf, skipping, saw_cr, fatal, scanner, zero[3];
};

/* Frame lines: CRLF and nothing else ends one (RFC 5321 section 2.3.8). cap: the longest line, CRLF included, at
 * least 2. Returns 0, or -1 if the options are not valid or cap is out of range. Since 0.1. */
SMTPWIRE_API int smtpwire_line_init(struct smtpwire_line *line, const struct smtpwire_options *options, uint32_t cap);

/* Events: LINE when all of a line is in data; ERROR at once for a bare LF, a bare CR (at its own offset), a NUL and
 * for a line of which cap octets show no CRLF, the rest of the line then being skipped through its CRLF; MORE; FATAL
 * for misuse. error.code is the reply a server would send. See the contract above. Since 0.1. */
SMTPWIRE_API size_t smtpwire_line_push(struct smtpwire_line *line, const void *data, size_t len,
                                       struct smtpwire_event *event);

/* Where smtpwire_data_push() stands in content. */
struct smtpwire_data {
    const struct smtpwire_options *options;
    uint64_t at, line_at, held_at, size, longest, refused_at;
    uint64_t left;
    uint32_t flags;
    uint16_t refused;
    uint8_t state, held, pending, ended, chunked, binary, fatal, scanner, alike, zero;
};

/* Content after 354 up to the line that is a lone dot (RFC 5321 sections 4.1.1.4 and 4.5.2). Returns 0, or -1 if the
 * options are not valid. Since 0.1. */
SMTPWIRE_API int smtpwire_data_init(struct smtpwire_data *data, const struct smtpwire_options *options);

/* Events: CONTENT with octets to deliver, stuffed dots left out, as they come; END once, at CRLF "." CRLF (or "."
 * CRLF at once) and nowhere else, with size, longest line, flags, and an error if a policy refused an octet or the
 * message is over options->message_max (message_too_large, offset of the first octet over it; what is delivered is
 * counted, and never more than message_max octets are); MORE.
 * After END every push consumes nothing and says END again. An END whose error.id is not NONE tells that only what
 * stands before that offset was delivered: refuse the message with its reply. FATAL: misuse. Everything is
 * consumed as it comes: nothing need be kept. A CR whose meaning the next octet decides is delivered later, from a
 * static constant. Since 0.1. */
SMTPWIRE_API size_t smtpwire_data_push(struct smtpwire_data *data, const void *octets, size_t len,
                                       struct smtpwire_event *event);

/* ---- The server's session: reads what a client sends
 * ------------------------------------------------------------ */

/* Where a server stands in what a client sends, and in the mail transaction. */
struct smtpwire_server {
    struct smtpwire_line line; /* up to offered 64 octets, which are what most commands need */
    uint32_t due, recipients;
    uint16_t due_verb;
    uint8_t phase, ready, greeted, transaction, refused_recipients, chunking;
    uint64_t offered;
    uint8_t smtputf8, mail_smtputf8, tls, chunk_failed, chunk_last, authenticated, binary, mail_binary;
    struct smtpwire_data data;
    struct smtpwire_error fatal;
    uint64_t chunk_left, chunk_size, chunk_at, chunks;
    uint16_t chunk_error, zero[3];
    uint64_t reserved[6];
};

/* A new connection on which the greeting is due (RFC 5321 section 3.1). Returns 0, or -1 if the options are not valid.
 * Since 0.1. */
SMTPWIRE_API int smtpwire_server_init(struct smtpwire_server *server, const struct smtpwire_options *options);

/* Events: COMMAND, CONTENT, END, AUTH_RESPONSE, ERROR, FATAL, MORE, WAIT, under the contract above.
 *
 *     for (;;) {
 *         pos += smtpwire_server_push(&s, buf + pos, end - pos, &ev);
 *         if (ev.kind == SMTPWIRE_MORE || ev.kind == SMTPWIRE_WAIT) break;
 *         handle(&ev);
 *     }
 *
 * A line is reported when all of it is there; content as it comes. A RCPT waits only for what is not a RCPT, and where
 * the replies due could fill limit[SMTPWIRE_LIMIT_RECIPIENTS]; every other line until all replies due are given (WAIT,
 * nothing consumed). A RCPT when that many were answered 2xx is ERROR too_many_recipients. The parameter REQUIRETLS is
 * refused as not offered where there is no TLS (RFC 8689 section 2). ERROR of a command whose name could be read
 * is advice: if it is answered 2xx, 334 or 354 all the same, the reply has its usual effect (but for BDAT and for
 * a STARTTLS whose framing is faulty; a MAIL whose line is faulty opens a transaction without SMTPUTF8 and without
 * BINARYMIME). A BDAT asks for no reply; its END does. BDAT out of order, or behind a refused chunk, is one ERROR
 * behind its octets, which are skipped. An END whose error.id is not NONE is to be answered with its reply: only a
 * part of the message was delivered. A BURL is a chunk whose octets the caller fetches (RFC 4468 section 3.2): it is
 * a COMMAND and asks for its reply, with LAST in LMTP for one for each recipient, as RFC 2033 section 4.3 has it for
 * BDAT. It stands where a BDAT could; behind a part of the message that was refused it is 503, and where a BDAT before
 * it has delivered only a part, an ERROR with that END's error. No CRLF is taken together over its edge: a CR before
 * it or an LF behind it is bare. A BDAT over what options.message_max leaves is message_too_large at its verb: no digit
 * alone is wrong, since what came before counts. consumed < len on a COMMAND tells that its sender pipelined. FATAL:
 * where the octets of a BDAT end cannot be known (chunk_size; message_too_large over 2^63 - 1, at the digit that makes
 * it so; a framing fault in its line), starttls_residue, misuse. RFC 5321 sections 3.3 and 4.1.4, RFC 2920. Since
 * 0.1. */
SMTPWIRE_API size_t smtpwire_server_push(struct smtpwire_server *server, const void *data, size_t len,
                                         struct smtpwire_event *event);

/* Tell the session what was replied, once per reply, in order, the greeting first. Returns 0; -1, and nothing has
 * changed, if no reply is due, the code is not [2-5][0-5][0-9] (with the leniency REPLY_CODE: over 999), or it
 * cannot answer this (3xx but 354 to DATA and 334 to AUTH and AUTH_RESPONSE; 2xx to DATA), or after FATAL. Effects:
 * greeting 2xx: commands may come. EHLO, HELO, LHLO 2xx: greeted, an open transaction is dropped. MAIL 2xx: it
 * opens. RCPT 2xx: one recipient more. DATA 354: content follows. END, any code (of a chunk: the last): the
 * transaction is over; of another chunk, any but 2xx: the message is refused, and its further chunks are skipped.
 * RSET 2xx: it is dropped. AUTH and AUTH_RESPONSE 334: a line of the SASL exchange follows, 235: authenticated,
 * other: the exchange is over. STARTTLS 220: it is dropped and only smtpwire_server_tls_started() goes on. BURL as
 * END: 2xx, with a transaction open: its octets are in the message; any other code, for whatever reason: the
 * message is refused, its further chunks are skipped; with LAST any code: the transaction is over. XCLIENT 2xx (220
 * is a new greeting): EHLO is due again, a transaction is dropped, the client is not authenticated; TLS stays. QUIT
 * 2xx: what follows is discarded. Everything else, unknown commands among them: none; a server that takes over the
 * connection for one, as for TURN, must not go on with the session. Since 0.1. */
SMTPWIRE_API int smtpwire_server_replied(struct smtpwire_server *server, unsigned code);

/* How many replies are due: calls of smtpwire_server_replied(). Since 0.1. */
SMTPWIRE_API uint32_t smtpwire_server_due(const struct smtpwire_server *server);

/* Change what is offered in this session (RFC 5321 section 4.1.1.1), such as AUTH after TLS only: SMTPWIRE_OFFER(id)
 * bits, of which options->extensions must have all, and which it starts with: so smtpwire_line_limit() holds in any
 * case. Every command that was not yet reported is judged by it, its length too. It tells the client nothing: say it
 * before the reply to EHLO is made. Returns 0; -1, and nothing has changed, for other bits or after FATAL. Since 0.1.
 * */
SMTPWIRE_API int smtpwire_server_offer(struct smtpwire_server *server, uint64_t extensions);

/* TLS is up (RFC 3207 section 4.2): EHLO is due again. held: octets of plaintext that the caller still holds. Also
 * for implicit TLS, before the greeting. Returns 0; -1 and FATAL (starttls_residue) if held is not 0 or octets
 * behind the STARTTLS line were ever shown to push; -1 with nothing changed if it is not the time for it. Since
 * 0.1. */
SMTPWIRE_API int smtpwire_server_tls_started(struct smtpwire_server *server, size_t held);

/* ---- The client's session: reads what a server sends
 * ------------------------------------------------------------ */

enum { SMTPWIRE_CLIENT_RUNS = 22 };

/* Which replies a client awaits, and what the server offers. */
struct smtpwire_client {
    struct smtpwire_line line;
    struct smtpwire_error fatal;
    uint32_t recipients, reply_lines, reply_octets, reply_status;
    uint32_t count[SMTPWIRE_CLIENT_RUNS];
    uint8_t verb[SMTPWIRE_CLIENT_RUNS];
    uint16_t code;
    uint8_t phase, reply_flags, runs, counted, zero[2];
    struct smtpwire_capabilities capabilities;
};

/* A new connection on which the greeting is awaited (RFC 5321 section 3.1). Returns 0, or -1 if the options are not
 * valid. Since 0.1. */
SMTPWIRE_API int smtpwire_client_init(struct smtpwire_client *client, const struct smtpwire_options *options);

/* Say, before it is written, that a command is being sent; replies are matched to commands by count alone (RFC
 * 2920 section 3.1). verb: enum smtpwire_verb, UNKNOWN included. Returns 0; -1, and nothing has changed, for
 * greeting, end-of-data and what is no verb, or if it must be held back: the queue of 22 runs of equal commands is
 * full, a DATA, AUTH, AUTH_RESPONSE or STARTTLS is not yet answered, TLS is being started, or after FATAL.
 * AUTH_RESPONSE is a line that answers a 334, BDAT_LAST and BURL_LAST a BDAT or BURL with LAST. The answers to the
 * content sent after a 354 are put on the queue by the 354 itself; in LMTP they, and those to BDAT_LAST and BURL_LAST,
 * are one for each RCPT that was answered 2xx (RFC 2033 sections 4.2 and 4.3). Since 0.1. */
SMTPWIRE_API int smtpwire_client_sent(struct smtpwire_client *client, unsigned verb);

/* How many replies are awaited, the one that is being read included, those to content that no 354 has asked for yet
 * not. In LMTP a BDAT_LAST counts 1 until the replies to the commands before it are in. UINT32_MAX stands for that many
 * or more. Since 0.1. */
SMTPWIRE_API uint32_t smtpwire_client_due(const struct smtpwire_client *client);

/* Events: REPLY for each line, with last and the verb it answers; ERROR for a faulty line whose code and separator
 * could be read: the count of replies holds, and so does what the code brings about, since the server has sent it.
 * reply_too_long is ERROR for the line that goes over limit[SMTPWIRE_LIMIT_REPLY_LINES] or over REPLY_TOTAL: the lines
 * behind it are skipped untold, but for the last one, which is ERROR again (if it is not the same), so that replies can
 * still be counted by their last lines. Nothing obliges a server to end its reply: close, or set a time. The lines of
 * an EHLO reply behind limit[SMTPWIRE_LIMIT_EHLO_KEYWORDS] keyword lines, faulty ones counted, are ERROR
 * too_many_keywords each, and offer nothing. A line whose enhanced status code is not that of the first line that is
 * not faulty, or that alone has one or has none, is flagged STATUS_MISMATCH (RFC 2034 section 4). With the leniency
 * REPLY_CODE any code is an answer like another, 1yz too; as ever, only its first digit, 354 and 220 have an effect
 * here. FATAL where code or separator could not be read, where the lines of a reply to DATA or STARTTLS have different
 * codes, where a line of a 220 to STARTTLS is faulty (TLS is not started on it, and without TLS nothing may follow),
 * for a reply that nothing awaited when its first octet came (reply_unexpected, at that octet; 421 excepted), for
 * octets behind STARTTLS' 220, for misuse; MORE. See the contract above. Since 0.1. */
SMTPWIRE_API size_t smtpwire_client_push(struct smtpwire_client *client, const void *data, size_t len,
                                         struct smtpwire_event *event);

/* What the server offers: the keyword lines of the reply to the last EHLO or LHLO that it accepted (2xx); left out
 * are lines that were reported as ERROR or are no keyword lines, those with an enhanced status code among them.
 * Empty before that, and again from the first line on of a 2xx reply to EHLO, LHLO, HELO or XCLIENT and from
 * smtpwire_client_tls_started() on (RFC 3207 section 4.2, RFC 9422 section 3.6); an EHLO that is refused changes
 * nothing (RFC 5321 section 4.1.4). It is complete when the last line is reported. Never null; what it points to
 * is part of the session, lives as long and changes with it: copy it to keep it. Since 0.1. */
SMTPWIRE_API const struct smtpwire_capabilities *smtpwire_client_capabilities(const struct smtpwire_client *client);

/* As smtpwire_server_tls_started(), after STARTTLS' 220 or, for implicit TLS, before the greeting. Since 0.1. */
SMTPWIRE_API int smtpwire_client_tls_started(struct smtpwire_client *client, size_t held);

/* ---- Writers
 * ---------------------------------------------------------------------------------------------------- * The
 * contract of every function called write or decode: it puts its result into buf and returns how many octets that
 * are, like snprintf() but without a NUL behind them. Where that is more than size, nothing was judged: buf holds
 * zeros at most, and the call is to be made again with that much room. buf may be null where size is 0. buf must
 * not overlap what is read.
 *
 * It returns -1 and fills *error where the result would not be one valid value or line that says what was asked
 * for; what had been put into buf is overwritten with zeros. No octet is ever left out, escaped or replaced to
 * make something valid that is not, but as said below. The library's own parser judges what was put together,
 * under the same options, and every part that it reads must be the part that was given. So CR, LF and NUL are
 * refused everywhere, and so is a domain "b> SIZE=1", from which other parts would be read than were meant. What
 * options->lax lets the parser take of an address may be written too, but brackets and single spaces always stand
 * where they belong.
 * Lengths are limited as in parsing. UTF-8 (RFC 6531) needs options->smtputf8, in MAIL, VRFY and EXPN the
 * parameter SMTPUTF8 will do.
 *
 * error: id as the parser has it, address_syntax, parameter_syntax, argument_syntax or reply_syntax where a
 * well-formed result would have been read as something else; offset counts from the first octet of the result;
 * code and enhanced are what a server would have answered to such a command. A null error is allowed; a null
 * options is strict. A return of PTRDIFF_MAX stands for that many octets or more. Nothing is kept; any thread may
 * write anything at any time. */

/* A path with its angle brackets (RFC 5321 section 4.1.2). Written from route, local, and domain or literal; where
 * none of these is there, from path, whose brackets are part of it: so the null path needs path to be "<>", and an
 * address that was never filled in is refused. Only forward_path takes a local part without a domain,
 * <Postmaster>. Errors: those of smtpwire_reverse_path_parse(). What was parsed is written as it was. Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_reverse_path_write(const struct smtpwire_address *address,
                                                   const struct smtpwire_options *options, char *buf, size_t size,
                                                   struct smtpwire_error *error);
SMTPWIRE_API ptrdiff_t smtpwire_forward_path_write(const struct smtpwire_address *address,
                                                   const struct smtpwire_options *options, char *buf, size_t size,
                                                   struct smtpwire_error *error);

/* A mailbox, without angle brackets (RFC 5321 section 4.1.2), from local, and domain or literal; path is not
 * looked at, a route is refused. Errors: those of smtpwire_mailbox_parse(). Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_mailbox_write(const struct smtpwire_address *address,
                                              const struct smtpwire_options *options, char *buf, size_t size,
                                              struct smtpwire_error *error);

/* A local part for address.local (RFC 5321 section 4.1.2) from the text it stands for: as it is where it is a
 * Dot-string (a..b is none, whatever the leniencies), else as a Quoted-string with a backslash before each double
 * quote and backslash, and before nothing else. The length limit counts them. Errors: address_syntax (a control
 * character or ill-formed UTF-8, which nothing can stand for), bare_cr, bare_lf, nul, local_part_too_long, non_ascii.
 * Since 0.1.
 *
 *     char local[64];
 *     ptrdiff_t len = smtpwire_local_part_write("joe blow", 8, NULL, local, sizeof local, &error); // "joe blow" quoted
 * */
SMTPWIRE_API ptrdiff_t smtpwire_local_part_write(const char *data, size_t len, const struct smtpwire_options *options,
                                                 char *buf, size_t size, struct smtpwire_error *error);

/* The inverse: the text that a local part as on the wire, such as address.local, stands for, quotes and the
 * backslashes of quoted pairs removed. Two local parts are the same where this is the same, octet for octet (RFC
 * 5321 section 4.1.2). Never more octets than len. The text may hold any printable octet, "@", ">" and blanks
 * included. Errors: as above. What is no local part is refused whatever size is. Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_local_part_decode(const char *data, size_t len, const struct smtpwire_options *options,
                                                  char *buf, size_t size, struct smtpwire_error *error);

/* Text as xtext (RFC 3461 section 4): "+", "=", and what is not 33 to 126 become "+" and two hexadecimal digits.
 * Every text has one, three times as long at most. -1 (line_too_long) only if len is over PTRDIFF_MAX / 3. What a
 * parameter allows its xtext to stand for is not checked: RFC 3461 wants printable ASCII. Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_xtext_write(const char *data, size_t len, char *buf, size_t size,
                                            struct smtpwire_error *error);

/* One ESMTP parameter, KEYWORD or, where value.data is not null, KEYWORD=value (RFC 5321 section 4.1.2), without a
 * blank around it. For command.parameters, write several with one space between them. An attribute of XCLIENT or
 * XFORWARD is written so as well, its name as the keyword, its value by smtpwire_xtext_write(). UTF-8 in the value
 * needs options->smtputf8. Errors: parameter_syntax (offset 0), bare_cr, bare_lf, nul, non_ascii. Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_parameter_write(const struct smtpwire_parameter *parameter,
                                                const struct smtpwire_options *options, char *buf, size_t size,
                                                struct smtpwire_error *error);

/* The same from what the parameter means: its keyword is that of id, its value that of the member of the union named for
 * id. Where id has no member (AUTH, ENVID, SUBMITTER, ALT_ADDRESS, SOLICIT, TRANSID, XVERP), or takes no value, value
 * is written as it stands; keyword is not looked at. A time is written with "Z" where its offset is 0, a BY without
 * "+", NOTIFY's words in the order of their bits. Errors: parameter_unknown (UNKNOWN, or no id), parameter_value (what
 * the member holds is no value of that parameter; offset is the value's), bare_cr, bare_lf, nul, non_ascii. Since 0.1.
 *
 *     struct smtpwire_parameter size = {.id = SMTPWIRE_PARAMETER_SIZE, .size = 4096};
 *     ptrdiff_t len = smtpwire_typed_parameter_write(&size, NULL, buf, sizeof buf, &error); // SIZE=4096
 * */
SMTPWIRE_API ptrdiff_t smtpwire_typed_parameter_write(const struct smtpwire_parameter *parameter,
                                                      const struct smtpwire_options *options, char *buf, size_t size,
                                                      struct smtpwire_error *error);

/* A mailbox in UTF-8 as ORCPT has it behind "utf-8;" (RFC 6533 section 3), for orcpt.address: with options->smtputf8
 * as utf-8-addr-unitext, which may hold UTF-8, else as utf-8-addr-xtext, in ASCII alone. What cannot stand in a value
 * becomes \x{HEX}. Errors: those of smtpwire_mailbox_parse(), UTF-8 being allowed. Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_utf8_address_write(const char *data, size_t len, const struct smtpwire_options *options,
                                                   char *buf, size_t size, struct smtpwire_error *error);

/* The inverse, as smtpwire_xtext_decode(): returns how many octets the address decodes to, of which the first size were
 * written to out; out may be null where size is 0. Returns -1, and nothing has been written, if it is no address of
 * that type by its form (RFC 6533 section 3, utf-8-enc-addr). Whether it decodes to a mailbox was checked when the
 * command was parsed. Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_utf8_address_decode(struct smtpwire_slice address, void *out, size_t size);

/* A command line with its CRLF (RFC 5321 section 4.1.1), from verb and the members that smtpwire_command_parse()
 * fills for it: EHLO, HELO, LHLO: address.domain or literal. MAIL, RCPT: address as in the paths above, and
 * parameters. VRFY, EXPN: argument, and SMTPUTF8 behind it where that flag is set. NOOP, HELP, ETRN, ATRN:
 * argument, if any. BDAT: chunk_size and last. BURL: argument and last. AUTH: argument and initial. XCLIENT,
 * XFORWARD: parameters. With SMTPWIRE_LAX_UNKNOWN_COMMAND also UNKNOWN, with name, and what is not implemented:
 * argument, behind a space if its data is not null. Else name, and of flags all else, are not looked at. BURL,
 * XCLIENT and XFORWARD need their bit in options->extensions. A member that is there but that the command does not
 * have is refused. A command that was parsed is written as it was but for its name (UNKNOWN excepted), FROM:, TO:,
 * LAST and VRFY's SMTPUTF8, which are written in upper case, and leading zeros of a chunk's size, which are left
 * out. Errors: those of smtpwire_command_parse(), line_too_long (offset is the limit command_line; also if size is
 * too small). Since 0.1.
 *
 *     struct smtpwire_command rcpt = {.verb = SMTPWIRE_VERB_RCPT, .address = address};
 *     ptrdiff_t len = smtpwire_command_write(&rcpt, NULL, buf, sizeof buf, &error);
 *     if (len < 0 || (size_t)len > sizeof buf) ...
 * */
SMTPWIRE_API ptrdiff_t smtpwire_command_write(const struct smtpwire_command *command,
                                              const struct smtpwire_options *options, char *buf, size_t size,
                                              struct smtpwire_error *error);

/* A whole reply with its CRLFs (RFC 5321 section 4.2), from code, enhanced (all 0: none) and text; no other member
 * is looked at. Each LF or CRLF in text begins another line of the reply. Lines that would be over 512 octets with
 * their CRLF (section 4.5.3.1.5) are folded, behind the last space that still fits where there is one; no octet is
 * dropped and no UTF-8 character cut. The enhanced status code stands in every line (RFC 2034 section 4). A line
 * without text ends behind the code. Octets over 127 must be UTF-8 and need options->smtputf8 (RFC 6531), although
 * the parser lets them through. Errors: reply_syntax (a code that no reply has, an enhanced code of another class,
 * a line of text that would be read as one, a control character), bare_cr, nul, non_ascii, reply_too_long (over
 * options->limit, also if size is too small); error.code is 0. Give no enhanced code to a greeting or to what answers
 * EHLO, HELO or LHLO (RFC 2034 section 4). Since 0.1. */
SMTPWIRE_API ptrdiff_t smtpwire_reply_write(const struct smtpwire_reply *reply, const struct smtpwire_options *options,
                                            char *buf, size_t size, struct smtpwire_error *error);

/* Where smtpwire_stuff_push() stands in content; as the structs of the streams. */
struct smtpwire_stuff {
    uint64_t at, refused_at;
    uint16_t refused;
    uint8_t policy[3];
    uint8_t line_start, held, ended, scanner, zero[15];
};

/* Content into what is sent after 354 (RFC 5321 section 4.5.2). options->content says what becomes of bare LF and
 * bare CR: REJECT (the default) or NORMALISE (CRLF in their place); NUL may PASS (the default) or be rejected.
 * Of the options only simd is looked at besides, and no pointer to them is kept. Returns 0, or -1 if they are not valid
 * or let a bare LF or bare CR pass, which must not be sent (section 2.3.8). The struct is as those of the streams.
 * Since 0.1. */
SMTPWIRE_API int smtpwire_stuff_init(struct smtpwire_stuff *stuff, const struct smtpwire_options *options);

/* Take len octets of content, in pieces of any size, and give them back as up to max slices (at least 1) that are
 * to be sent in order: a dot that begins a line is in two of them. They point into data or to a static constant
 * and live as long as data does. On POSIX a loop copies them to struct iovec: the members mean the same. Returns
 * how many slices there are, possibly 0 (of a CR at the end of data the meaning is not yet known; it comes later,
 * from a constant), and in *taken how many octets are done with, 0 to len; those that are not are to be presented
 * again, next. What the slices hold together does not depend on the pieces or on max. Returns -1, nothing taken,
 * at an octet that is refused: content_bare_lf, content_bare_cr (offset is the CR's), content_nul, the offset
 * counted from the first octet ever pushed; misuse after the end. What came out before is half a message: close
 * the connection. Every later call says so too. Length of lines is not checked. Since 0.1.
 *
 *     while (len != 0) {
 *         ptrdiff_t n = smtpwire_stuff_push(&stuff, data, len, &taken, slices, 16, &error);
 *         if (n < 0) ...
 *         send(slices, n);
 *         data += taken;
 *         len -= taken;
 *     }
 * */
SMTPWIRE_API ptrdiff_t smtpwire_stuff_push(struct smtpwire_stuff *stuff, const void *data, size_t len, size_t *taken,
                                           struct smtpwire_slice *slices, size_t max, struct smtpwire_error *error);

/* The content is complete: *slice is the end to send, "." CRLF, with a CRLF before it where the content does not
 * end in one; it is static. Returns 0, or -1: content_bare_cr if the last octet was a CR that is not to be
 * normalised, what was refused before, misuse if it was called before. Since 0.1. */
SMTPWIRE_API int smtpwire_stuff_end(struct smtpwire_stuff *stuff, struct smtpwire_slice *slice,
                                    struct smtpwire_error *error);

/* ---- Names
 * ------------------------------------------------------------------------------------------------------ */

/* The name of an id from the tables above, or "" for one that is not in it. The strings are static. Since 0.1. */
SMTPWIRE_API const char *smtpwire_verb_name(unsigned verb);
SMTPWIRE_API const char *smtpwire_capability_name(unsigned id);
SMTPWIRE_API const char *smtpwire_capability_rfc(unsigned id);
SMTPWIRE_API const char *smtpwire_mechanism_name(unsigned id);
SMTPWIRE_API const char *smtpwire_mechanism_rfc(unsigned id);
SMTPWIRE_API const char *smtpwire_parameter_name(unsigned id);
SMTPWIRE_API const char *smtpwire_attribute_name(unsigned id);
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
