# Octets and core rules that the other grammar files build on.
#
# Source: RFC 5234 appendix B.1, RFC 3629 section 4, RFC 6532 section 3.1, RFC 5322 section 3.2.3, RFC 5321 section
# 4.1.2 (what domains and the tags of address literals have in common).
# Needs machines: none. Needs actions: none.
# Deviations: none.
%%{
    machine core;
    alphtype unsigned char;

    # RFC 5234 appendix B.1
    ALPHA  = 0x41..0x5A | 0x61..0x7A;
    DIGIT  = 0x30..0x39;
    HEXDIG = DIGIT | 0x41..0x46 | 0x61..0x66;
    DQUOTE = 0x22;
    SP     = 0x20;
    HTAB   = 0x09;
    CR     = 0x0D;
    LF     = 0x0A;
    CRLF   = CR LF;

    # RFC 3629 section 4
    UTF8_tail = 0x80..0xBF;
    UTF8_2 = 0xC2..0xDF UTF8_tail;
    UTF8_3 = 0xE0 0xA0..0xBF UTF8_tail
           | 0xE1..0xEC UTF8_tail UTF8_tail
           | 0xED 0x80..0x9F UTF8_tail
           | 0xEE..0xEF UTF8_tail UTF8_tail;
    UTF8_4 = 0xF0 0x90..0xBF UTF8_tail UTF8_tail
           | 0xF1..0xF3 UTF8_tail UTF8_tail UTF8_tail
           | 0xF4 0x80..0x8F UTF8_tail UTF8_tail;

    # RFC 6532 section 3.1
    UTF8_non_ascii = UTF8_2 | UTF8_3 | UTF8_4;

    # RFC 5322 section 3.2.3, extended by RFC 6531 section 3.3
    atext = ALPHA | DIGIT | "!" | "#" | "$" | "%" | "&" | "'" | "*" | "+" | "-" | "/"
          | "=" | "?" | "^" | "_" | "`" | "{" | "|" | "}" | "~" | UTF8_non_ascii;

    # RFC 5321 section 4.1.2
    Let_dig     = ALPHA | DIGIT;
    Ldh_str     = ( ALPHA | DIGIT | "-" )* Let_dig;
    ascii_label = Let_dig Ldh_str?;
}%%
