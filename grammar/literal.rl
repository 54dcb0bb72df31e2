# Address literals: the host part in square brackets.
#
# Source: RFC 5321 section 4.1.3.
# Needs machines: core.
# Needs actions: literal_begin literal_end unregistered_tag.
# Deviations (grammar/abnf/deviations.abnf): Snum is exactly 0 to 255, the "no more than" comments on the
# compressed IPv6 forms are part of the rules, and Standardized-tag is not "IPv6". What a leniency takes is in
# lax_literal.rl.
%%{
    machine literal;

    # RFC 5321 section 4.1.3; the prose bounds the value, leading zeros are allowed
    Snum = DIGIT | DIGIT DIGIT | [01] DIGIT DIGIT | "2" [0-4] DIGIT | "25" [0-5];
    IPv4_address_literal = Snum ( "." Snum ){3};

    IPv6_hex  = HEXDIG{1,4};
    IPv6_full = IPv6_hex ( ":" IPv6_hex ){7};

    # One line for each number of groups on the left; "::" stands for at least two groups of zeros.
    IPv6_comp =                            "::" ( IPv6_hex ( ":" IPv6_hex ){,5} )?
              | IPv6_hex                   "::" ( IPv6_hex ( ":" IPv6_hex ){,4} )?
              | IPv6_hex   ":" IPv6_hex    "::" ( IPv6_hex ( ":" IPv6_hex ){,3} )?
              | IPv6_hex ( ":" IPv6_hex ){2} "::" ( IPv6_hex ( ":" IPv6_hex ){,2} )?
              | IPv6_hex ( ":" IPv6_hex ){3} "::" ( IPv6_hex ( ":" IPv6_hex )? )?
              | IPv6_hex ( ":" IPv6_hex ){4} "::" ( IPv6_hex )?
              | IPv6_hex ( ":" IPv6_hex ){5} "::";

    IPv6v4_full = IPv6_hex ( ":" IPv6_hex ){5} ":" IPv4_address_literal;
    IPv6v4_comp =                            "::" ( IPv6_hex ":" ){,4} IPv4_address_literal
                | IPv6_hex                   "::" ( IPv6_hex ":" ){,3} IPv4_address_literal
                | IPv6_hex   ":" IPv6_hex    "::" ( IPv6_hex ":" ){,2} IPv4_address_literal
                | IPv6_hex ( ":" IPv6_hex ){2} "::" ( IPv6_hex ":" )? IPv4_address_literal
                | IPv6_hex ( ":" IPv6_hex ){3} "::" IPv4_address_literal;
    IPv6_addr = IPv6_full | IPv6_comp | IPv6v4_full | IPv6v4_comp;
    IPv6_address_literal = "IPv6:"i IPv6_addr;

    # RFC 5321 section 4.1.3
    dcontent = 33..90 | 94..126;
    Standardized_tag = Ldh_str - "IPv6"i;
    General_address_literal = ( Standardized_tag ":" dcontent+ ) %unregistered_tag;

    address_literal = ( "[" ( IPv4_address_literal | IPv6_address_literal | General_address_literal ) "]" )
                      >literal_begin @literal_end;

    # The literals whose tag is registered with IANA: IPv6 is the only tag there is.
    registered_address_literal = ( "[" ( IPv4_address_literal | IPv6_address_literal ) "]" )
                                 >literal_begin @literal_end;
}%%
