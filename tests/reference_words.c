/* Words of the wire's grammar: templates that stand in each other's place. "%x" is one of the templates of x, chosen at
 * random; all else is literal. */
#include "reference_words.h"

#include <string.h>

/* SplitMix64 */
uint64_t words_random(struct words *words, uint64_t below)
{
    uint64_t z = words->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (z ^ (z >> 31)) % below;
}

enum { MOST = 26 };

static const struct {
    char name;
    const char *templates[MOST];
} grammar[] = {
    /* command lines */
    {'C',
     {"MAIL FROM:%f",
      "MAIL FROM:%f%m",
      "MAIL FROM:%f%m",
      "MAIL FROM:%f%m%m",
      "MAIL FROM:%f%m%m%m",
      "MAIL FROM:<>%m%m",
      "RCPT TO:%t",
      "RCPT TO:%t%r",
      "RCPT TO:%t%r%r",
      "RCPT TO:%t%r",
      "EHLO %h",
      "HELO %d",
      "LHLO %h",
      "VRFY %v",
      "EXPN %v",
      "VRFY %v SMTPUTF8",
      "NOOP%q",
      "HELP%q",
      "AUTH %s",
      "BDAT %n",
      "ETRN %e",
      "ATRN%i",
      "%w",
      "MAIL FROM:%f%m RET=%y",
      "%u",
      "%u"}},
    /* what leniencies take, and what is like it; commands with attributes; BURL */
    {'u',
     {"MAIL FROM: %f%m",
      "RCPT TO:  %t%r",
      "MAIL FROM:%M%m",
      "RCPT TO:%M%r",
      "RCPT TO:Postmaster%g",
      "MAIL\tFROM:%f\tSIZE=1",
      "RCPT TO:%M\tNOTIFY=NEVER",
      "%w%g",
      "EHLO %h%g",
      "EHLO\t%h",
      "MAIL FROM:%f%m%g",
      "VRFY %v%g",
      "NOOP %j%g",
      "BDAT\t%n",
      "BDAT %n%g",
      "AUTH\tPLAIN\t%b",
      "XCLIENT%G",
      "XCLIENT%G%G",
      "XFORWARD%G",
      "XFORWARD%G%G",
      "BURL %c",
      "BURL %c LAST%g",
      "%H %j",
      "%H%g",
      "ETRN @%d%g",
      "VRFY\t%v\tSMTPUTF8"}},
    {'g', {"", " ", "\t", "  ", " \t ", " %a"}},
    {'G', {" NAME=%X",  " ADDR=%4",     " ADDR=IPV6:%6", " PORT=%z%z%z", " PORT=655%z%z", " PROTO=%I", " HELO=%X",
           " LOGIN=%R", " DESTADDR=%4", " DESTPORT=%N",  " IDENT=%X",    " SOURCE=%I",    "\tNAME=%a", " NAME=%I",
           " PORT=%I",  " PORT=+3%z%z", " PROTO=%R",     " ADDR=%I",     " %k=%X",        " DEST=%a"}},
    {'I', {"SMTP", "+45smtp", "LOCAL", "remote", "[UNAVAILABLE]", "[TEMPUNAVAIL]", "+5BUNAVAILABLE+5D", "%a"}},
    {'c',
     {"imap://%a@%a/%a;urlauth=%a", "%a:%a/%a", "%a+-.%a:/%a?%a", "x:", "x://%a:%z@[%6]:%z/", "x:%%4%a%%%x%x",
      "x:/%a//%a", "x://%a%U"}},
    {'H', {"WIZ", "X-EXPS", "XEXCH50", "CLIENTID", "greeting", "burl-last", "X-%k", "TURN", "LHLO", "unknown"}},
    {'w', {"DATA",        "RSET",  "QUIT", "STARTTLS", "TURN",     "SEND FROM:<%M>", "SAML FROM:<%M>", "XCLIENT A=b",
           "BURL x LAST", "%k %j", "X-%k", "DATA ",    "QUIT now", "MAIL",           "RCPT",           "VRFY",
           "AUTH",        "BDAT",  "EHLO", "ETRN"}},
    {'q', {"", " %j", " %j %j", " ", "%j"}},
    {'j', {"%a", "%a%a%a", "%p", "%p%p%a%p", "x \"y"}},
    {'s', {"PLAIN", "PLAIN %b", "LOGIN =", "scram-sha-1 %b", "%a%a_%a-%a %b", "%R %b", "X %b%b"}},
    {'b', {"%B%B%B%B", "%B%B==", "%B%B%B=", "%B%B%B%B%B%B==", "%B%B%B%B%B%B%B=", "%B%B%B%B%B%B%B%B"}},
    {'n',
     {"%z", "%z LAST", "0", "0 LAST", "%z%z%z", "9223372036854775807", "9223372036854775808 LAST", "00%z last",
      "92233720368547758%z LAST", "0000000000000000000000000%z", "18446744073709551616"}},
    {'e', {"%d", "@%d", "#%j", "#%a/%a"}},
    {'i', {"", " %l.%l", " %l.%l,%l.%l.%l", " %l", " %l.%R"}},
    {'v', {"%a%a", "%o", "%Q", "%M", "%M", "<%M>", "<@%d:%M>", "SMTPUTF8", "%R", "%R@%d", "%U"}},
    /* addresses */
    {'P', {"%f", "%t", "%M", "%h", "%h", "<%A>", "%A"}},
    {'f', {"<>", "<%M>", "<%M>", "<%M>", "<@%d:%M>", "<@%d,@%d:%M>", "<%M>", "<%a@%d>"}},
    {'t', {"<Postmaster>", "<postMASTER@%d>", "<%M>", "<%M>", "<%M>", "<@%d:%M>", "<%a@%d>"}},
    {'M', {"%L@%h", "%a@%a", "%L@%d", "%a@%A", "%L@%d"}},
    {'L',
     {"%a..%a", ".%a", "%a.", "%a", "%a%a.%a", "%o", "%o.%o", "%Q", "\"\"", "%U%a", "%R", "%a.%R", "\"%R\"",
      "Postmaster"}},
    {'o', {"%a!#$%a", "%%%a&'*", "+-/=?%a", "^_`{|}~", "%a+%a"}},
    {'Q', {"\"%a b\"", "\"\\\"\\\\%p\"", "\"@%a>\"", "\"%U\"", "\"%p\"", "\"a\\ \""}},
    {'h', {"%d", "%d", "%d", "%A"}},
    {'d',
     {"%l.%l.", "_%l.%l", "%l_%l", "%l", "%l.%l", "%l.%l.%l", "1.2.3.4", "example.org", "%l.%l", "%R.%l", "%l.%R",
      "%R.%R.%R.%R"}},
    {'l', {"%a", "%a%a", "%a-%a", "%a--%a", "xn--%a", "%z", "%a%z%a", "%U", "%a%U", "%a-%U%a"}},
    {'A',
     {"[%4]", "[%4]", "[IPv6:%6]", "[IPv6:%6]", "[IPv6:%6]", "[ipV6:%6]", "[x25:%a%a]", "[IPv4:%4]", "[-%a:!~]",
      "[IPv6x:1]", "[IPv6:%a]"}},
    {'4', {"%3.%3.%3.%3", "127.0.0.1", "%3.%3.%3.%3"}},
    {'3', {"%z", "%z%z", "1%z%z", "2%z%z", "25%z", "0%z", "00%z"}},
    {'6',
     {"::", "::1", "%x::", "%x::%x", "%x:%x:%x:%x:%x:%x:%x:%x", "%x:%x:%x:%x:%x:%x:%4", "::%4", "::%x:%4",
      "%x::%x:%x:%4", "%x:%x::%x:%x:%4", "%x:%x:%x:%x::%4", "%x:%x:%x:%x:%x:%x::", "%x:%x:%x::%x:%x:%x",
      "::%x:%x:%x:%x:%x:%x", "%x:%x:%x:%x:%x:%x:%x::", "%x:%x:%x:%x::%x:%x:%x", "::%x:%x:%x:%x:%4", "%x:%x:%x:%x:%x:%4",
      "%x:%x::%x:%x:%x:%4"}},
    {'x', {"%z", "a%z", "F%zf", "0%z0%z", "%z%z%z%z"}},
    /* parameters */
    {'m',
     {" SIZE=%S",
      " BODY=7BIT",
      " BODY=8BITMIME",
      " BODY=BINARYMIME",
      " SMTPUTF8",
      " SMTPUTF8",
      " AUTH=%Y",
      " AUTH=<>",
      " RET=FULL",
      " ENVID=%X",
      " BY=%D",
      " HOLDFOR=%z%z",
      " HOLDUNTIL=%T",
      " MT-PRIORITY=%y",
      " REQUIRETLS",
      " MTRK=%B%B%B%B%B%B:%z%z",
      " SOLICIT=%a.%a:ADV,x_-9",
      " SUBMITTER=%Y",
      " TRANSID=<%a.b!@%a>",
      " CONPERM",
      " ALT-ADDRESS=%Y",
      " XVERP=-+",
      " PRDR",
      " %k=%j",
      " XVERP",
      " %1"}},
    {'1',
     {"AUTH=+3C+3E", "ENVID=%R", "SOLICIT=%R%R", "TRANSID=<a@%R>", "MTRK=%b", "MTRK=%B%B%B", "HOLDFOR=%N", "RET=hdrs",
      "NOTIFY=NEVER", "%k", "%k=%U", "SIZE", "BODY=%j", "SI", "SMTPUTF8=1", "SUBMITTER=%2"}},
    {'r',
     {" NOTIFY=NEVER", " NOTIFY=SUCCESS,FAILURE", " NOTIFY=delay", " NOTIFY=DELAY,success,DELAY", " ORCPT=rfc822;%X",
      " ORCPT=rfc822;%Y", " ORCPT=utf-8;%2", " ORCPT=UTF-8;%2", " ORCPT=utf-8;%M", " ORCPT=%a;%R", " RRVS=%T",
      " RRVS=%T;C", " RRVS=%T;r", " CONNEG", " ALT-ADDRESS=%Y", " %k=%j", " RET=FULL", " ORCPT=x!#;%X"}},
    {'S',
     {"%z", "%z%z%z", "18446744073709551615", "1844674407370955161%z", "%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z",
      "00000000000000000000%z"}},
    {'N', {"%z%z%z%z%z%z%z%z%z", "999999999", "9999999999", "0", "01"}},
    {'D', {"%N;N", "+%z;R", "-%z;NT", "%z%z;RT", "0;R", "-1;R", "000;r", "%z;n", "000%z;R"}},
    {'y', {"FULL", "%z", "-%z", "0", "-0", "+1"}},
    {'T',
     {"20%z%z-0%z-%3T1%z:2%z:3%zZ", "2024-02-29t00:00:00z", "%z%z%z%z-02-29T00:00:00.%z%zZ", "2000-02-29T23:59:60Z",
      "1900-02-29T00:00:00Z", "20%z%z-1%z-3%zT2%z:5%z:5%z+0%z:%z%z", "2026-1%z-%z%zT00:00:60-2%z:5%z",
      "2027-04-3%zT00:00:00.%zZ", "2026-01-01T00:00:00%O"}},
    {'O', {"Z", "z", "+01:00", "-23:59", "-24:00", "+00:60", ".5Z", ".12345-00:00", "+0100"}},
    {'X', {"%a%a", "%a+2B%a", "+20+7E", "+E9%a", "+7F", "+0A", "+3d%a", "%p", "%X%X"}},
    {'Y',
     {"%a@%a", "%a+40%a", "%a+2B%a@%d", "\"%a+20+3D\"@%a", "+C3+A9@%a", "%a@+5B%4+5D", "%a@[IPv6:%6]",
      "+22+5C+22+22@%a", "%R@%a", "%a@%R+2E%R", "%L@%d", "%M", "%a+2e@%a", "%U@%a", "+E2+82+AC@%d", "+C3+41@%a"}},
    {'2',
     {"%a@%d", "\\x{E9}@%d", "%a\\x{20AC}@%a", "%a@\\x{%x}%a", "\"%a\\x{20}\"@%a", "\\x{2B}\\x{3D}@%a", "%U@%a",
      "\\x{1F600}@\\x{10FFFF}", "\"\\x{5C}\\x{5C}\"@%a", "\\x{%x%x}@%a", "%R\\x{E9}@%a", "%M", "\\x{D7FF}@x"}},
    {'k', {"X-%a", "%a%a%a", "SIZE", "SIZES", "NOTIFY", "%a-%z-", "XVERP", "SMTP", "BODY"}},
    /* replies */
    {'R', {"%a", "%a%a%a%a%a%a", "%_", "%a", "%a%a"}},
    {'Z',
     {"250 %E%j", "250-%E%j", "250", "%z%z%z %j", "550 5.1.1 %j", "451-4.%z%z.%z %j", "354 %j", "250 %E", "2%z%z-%E %j",
      "250 %R%R", "550 caf\xC3\xA9 \xE9", "334 %b", "5%z%z %E%j"}},
    {'E', {"2.1.5 ", "%z.%z.%z ", "2.%z%z%z.%z", "5.7.%z%z%z%z ", "2.0.0", "4.01.0 ", "2.%3.%3 "}},
    /* texts of replies */
    {'T',
     {"%h", "%h %j", "%d %j", "%h %U", "%j <%M> %j", "<%M>", "<@%d:%M>%j", "%j", "%b", "%b%b", "<%M> <", "=", "%h  ",
      "<%t>"}},
    /* keyword lines */
    {'K',
     {"SIZE %S",
      "SIZE",
      "8BITMIME",
      "AUTH PLAIN LOGIN",
      "AUTH %s",
      "AUTH=LOGIN PLAIN",
      "DELIVERBY %N",
      "DELIVERBY ,%j",
      "DELIVERBY %z,%a,%p",
      "FUTURERELEASE %N %T",
      "FUTURERELEASE %z %T",
      "MT-PRIORITY MIXER",
      "MT-PRIORITY %R",
      "NO-SOLICITING %a.%a:b,c",
      "LIMITS MAILMAX=%z RCPTMAX=%N",
      "LIMITS rcptDomainMax=%z%z%z %a",
      "LIMITS %a=%j %V",
      "%k %j",
      "BURL imap",
      "XCLIENT NAME ADDR",
      "STARTTLS",
      "%k",
      "AUTH %V",
      "SIZE %j",
      "%0",
      "LIMITS %V %V"}},
    {'0',
     {"PIPELINING", "DSN", "SMTPUTF8 ", "VRFY", "ETRN  ", "REQUIRETLS x", "XFORWARD a b-", "UTF8SMTP", "MTRK", "RRVS",
      "NO-SOLICITING %R%R", "BINARYMIME", "CHUNKING", "PRDR", "2.0.0 x", "TURN"}},
    {'V',
     {"CRAM-MD5", "SCRAM-SHA-256-PLUS XOAUTH2", "MAILMAX=%z", "RCPTMAX=%N", "RCPTMAX=%z%z", "RCPTDOMAINMAX=1",
      "GSSAPI plain", "A_b=!~;", "NTLM EXTERNAL  ", "MAILMAX=", "%R"}},
    /* streams */
    {'W',
     {"%j\r\n", ".%j\r\n", "..\r\n", ".\r", "\r", "\n", "\r\n", ".\n", ".\r\n", "\r\n.\r\n", "%j", "\r\r\n", ".", "%U",
      "%R"}},
};

static void put(struct words *words, unsigned char octet)
{
    if (words->len < WORD_MAX)
        words->data[words->len++] = octet;
}

static void put_set(struct words *words, const char *set)
{
    put(words, (unsigned char)set[words_random(words, strlen(set))]);
}

/* A character of UTF-8, now and then one that is none. */
static void put_utf8(struct words *words)
{
    static const char *const characters[] = {
        "\xC3\xA9",     "\xC2\x80",         "\xDF\xBF",         "\xE2\x82\xAC", "\xE0\xA0\x80", "\xED\x9F\xBF",
        "\xEF\xBF\xBF", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xC0\xAE",     "\xED\xA0\x80", "\xE9",
        "\x80",         "\xF4\x90\x80\x80"};
    const char *c = characters[words_random(words, words_random(words, 8) == 0 ? 14 : 9)];
    for (; *c != '\0'; c++)
        put(words, (unsigned char)*c);
}

/* A run of one letter, often about as long as some limit. */
static void put_run(struct words *words)
{
    static const unsigned limits[] = {1, 20, 62, 63, 64, 65, 80, 100, 252, 256, 496, 502, 1000};
    uint64_t len = limits[words_random(words, words_random(words, 4) == 0 ? 13 : 8)] + words_random(words, 3);
    unsigned char letter = (unsigned char)("aZ9"[words_random(words, 3)]);
    while (len-- > 0)
        put(words, letter);
}

static void expand(struct words *words, char name, unsigned depth)
{
    size_t i, count = 0;
    const char *c;
    switch (name) {
    case 'a':
        put_set(words, "abcxyzABCXYZ019");
        return;
    case 'z':
        put_set(words, "0123456789");
        return;
    case 'B':
        put_set(words, "ABCDabcd0189+/");
        return;
    case 'p':
        put(words, (unsigned char)(33 + words_random(words, 94)));
        return;
    case 'U':
        put_utf8(words);
        return;
    case '_':
        put_run(words);
        return;
    default:
        break;
    }
    for (i = 0; i < sizeof grammar / sizeof grammar[0] && grammar[i].name != name; i++)
        ;
    if (i == sizeof grammar / sizeof grammar[0] || depth > 12) {
        put(words, (unsigned char)name);
        return;
    }
    while (count == 0 || (count < MOST && grammar[i].templates[count] != NULL))
        count++;
    for (c = grammar[i].templates[words_random(words, count)]; *c != '\0'; c++) {
        if (*c == '%')
            expand(words, *++c, depth + 1);
        else
            put(words, (unsigned char)*c);
    }
}

void words_make(struct words *words, char kind)
{
    uint64_t i, pieces = kind == 'S' ? words_random(words, 12) : 1;
    words->len = 0;
    for (i = 0; i < pieces; i++)
        expand(words, kind == 'S' ? 'W' : kind == 'R' ? 'Z' : kind, 0);
    if (words_random(words, 4) == 0)
        for (i = 0; i < words->len; i++)
            if (((words->data[i] | 32) >= 'a' && (words->data[i] | 32) <= 'z') && words_random(words, 3) == 0)
                words->data[i] ^= 32;
}

static unsigned char any_octet(struct words *words)
{
    static const char often[] = " <>@.,:;=+-\"\\[]%09azAZ_/#\r\n\t\x7f\xc3\xa9{}";
    return (unsigned char)(words_random(words, 4) == 0
                               ? words_random(words, 256)
                               : (uint64_t)(unsigned char)often[words_random(words, sizeof often)]);
}

void words_spoil(struct words *words)
{
    size_t at = (size_t)words_random(words, words->len + 1), len = 1;
    unsigned char *data = words->data;
    switch (words_random(words, 5)) {
    case 0: /* replace */
        if (at < words->len)
            data[at] = any_octet(words);
        return;
    case 1: /* delete */
        if (at < words->len)
            memmove(data + at, data + at + 1, words->len-- - at - 1);
        return;
    case 2: /* cut off */
        words->len = at;
        return;
    case 3: /* insert */
        if (words->len < WORD_MAX) {
            memmove(data + at + 1, data + at, words->len++ - at);
            data[at] = any_octet(words);
        }
        return;
    default: /* double a slice */
        len = (size_t)words_random(words, 8) + 1;
        if (at + len <= words->len && words->len + len <= WORD_MAX) {
            memmove(data + at + len, data + at, words->len - at);
            words->len += len;
        }
        return;
    }
}
