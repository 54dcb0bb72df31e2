# xtext, and the two parameters of delivery status notifications whose values are made of it.
#
# Source: RFC 3461 sections 4, 4.2 and 4.4; RFC 3885 section 3.2; RFC 6533 section 3 (addresses of type utf-8).
# Needs machines: core. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): no octet decodes to a control character; ENVID decodes to ASCII; of a
# utf-8-address what must be written as \x{HEX} is left out, so that utf-8-addr-unitext has all of it; HEXPOINT has at
# most 6 digits. That the address decodes to a Mailbox is checked in C, and so are lengths.
%%{
    machine xtext;

    # RFC 3461 section 4
    HEX_UPPER     = DIGIT | 0x41..0x46;
    xchar         = 0x21..0x2A | 0x2C..0x3C | 0x3E..0x7E;
    ascii_hexchar = "+" ( [2-6] HEX_UPPER | "7" ( HEX_UPPER - "F" ) );
    hexchar       = ascii_hexchar | "+" ( 0x38..0x39 | 0x41..0x46 ) HEX_UPPER;
    xtext         = ( xchar | hexchar )*;

    # The same with hexadecimal digits in either case, for the leniency xtext_lower_case.
    lax_ascii_hexchar = "+" ( [2-6] HEXDIG | "7" ( HEXDIG - [Ff] ) );
    lax_hexchar       = lax_ascii_hexchar | "+" ( HEXDIG - [0-7] ) HEXDIG;
    lax_xtext         = ( xchar | lax_hexchar )*;

    # RFC 3461 section 4.4
    envid_value     = ( xchar | ascii_hexchar )*;
    lax_envid_value = ( xchar | lax_ascii_hexchar )*;

    # RFC 3885 section 3.2: what ENVID is where MTRK is. In C it is an envid_value with an "@" in it.
    local_envid  = envid_value;
    fqhn         = envid_value;
    unique_envid = local_envid "@" fqhn;

    # RFC 6533 section 3
    HEXDIG8    = 0x38..0x39 | [A-Fa-f];
    NZHEXDIG   = 0x31..0x39 | [A-Fa-f];
    NZDHEXDIG  = 0x31..0x39 | [ABCEFabcef];
    HEXPOINT   = [01] 0x31..0x39 | "10" | "20" | "2B"i | "3D"i | "7F"i | "5C"i
               | HEXDIG8 HEXDIG
               | NZHEXDIG HEXDIG{2}
               | NZDHEXDIG HEXDIG{3} | "D"i [0-7] HEXDIG{2}
               | NZHEXDIG HEXDIG{4}
               | "10" HEXDIG{4};
    EmbeddedUnicodeChar = 0x5C 0x78 "{" HEXPOINT "}";
    QCHAR      = 0x21..0x2A | 0x2C..0x3C | 0x3E..0x5B | 0x5D..0x7E;
    QUCHAR     = QCHAR | UTF8_2 | UTF8_3 | UTF8_4;
    utf_8_addr_xtext   = ( QCHAR | EmbeddedUnicodeChar )+;
    utf_8_addr_unitext = ( QUCHAR | EmbeddedUnicodeChar )+;
    utf_8_enc_addr     = utf_8_addr_xtext | utf_8_addr_unitext;
    utf_8_type_addr    = "utf-8;"i utf_8_enc_addr;

    # RFC 3461 section 4.2. addr-type is the atom of RFC 822 section 3.3.
    addr_type = ( 0x21 | 0x23..0x27 | 0x2A..0x2B | 0x2D | 0x2F..0x39 | 0x3D | 0x3F | 0x41..0x5A | 0x5E..0x7E )+;
    original_recipient_address     = ( addr_type - "utf-8"i ) ";" xtext     | utf_8_type_addr;
    lax_original_recipient_address = ( addr_type - "utf-8"i ) ";" lax_xtext | utf_8_type_addr;
}%%
