# Values that parameters of commands and keywords of EHLO replies have in common.
#
# Source: RFC 3865 section 2.2, RFC 4422 section 3.1, RFC 4865 section 3, RFC 4954 section 8 (base64-char).
# Needs machines: core. Needs actions: none.
# Deviations: none.
%%{
    machine common;

    # RFC 3865 section 2.2
    wordchar = "." | "-" | "_" | ":" | ALPHA | DIGIT;
    word     = ALPHA wordchar*;
    Solicitation_keywords = word ( "," word )*;

    # RFC 4422 section 3.1
    mech_char = 0x41..0x5A | DIGIT | "-" | "_";
    sasl_mech = mech_char{1,20};

    # RFC 4865 section 3
    future_release_integer = [1-9] DIGIT{,8};

    # RFC 4954 section 8
    base64_char = ALPHA | DIGIT | "+" | "/";
}%%
