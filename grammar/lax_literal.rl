# Address literals as the leniency ipv6_one_group takes them: "::" may stand for one group of zeros.
#
# Source: RFC 5321 section 4.1.3, RFC 4291 section 2.2.
# Needs machines: core, literal. Needs actions: those, and ipv6_one_group.
# Deviations (grammar/abnf/lenient.abnf): the action is the leniency's gate, on every octet that only it takes.
# Without those octets each rule is that of the same name in literal.rl.
%%{
    machine lax_literal;

    # Seven groups and "::". One line for each number of groups on its left; up to the gate six or less may be meant.
    lax_seventh   = ( ":" @ipv6_one_group ) IPv6_hex;
    lax_IPv6_comp = IPv6_comp
                  |                              "::" IPv6_hex ( ":" IPv6_hex ){5} lax_seventh
                  | IPv6_hex                     "::" IPv6_hex ( ":" IPv6_hex ){4} lax_seventh
                  | IPv6_hex   ":" IPv6_hex      "::" IPv6_hex ( ":" IPv6_hex ){3} lax_seventh
                  | IPv6_hex ( ":" IPv6_hex ){2} "::" IPv6_hex ( ":" IPv6_hex ){2} lax_seventh
                  | IPv6_hex ( ":" IPv6_hex ){3} "::" IPv6_hex   ":" IPv6_hex      lax_seventh
                  | IPv6_hex ( ":" IPv6_hex ){4} "::" IPv6_hex                     lax_seventh
                  | IPv6_hex ( ":" IPv6_hex ){5} "::" ( IPv6_hex >ipv6_one_group )
                  | IPv6_hex ( ":" IPv6_hex ){6} ":" ( ":" @ipv6_one_group );

    # Five groups, "::" and an IPv4 address, whose first number may be a sixth group up to its dot.
    lax_last        = Snum ( "." @ipv6_one_group ) Snum "." Snum "." Snum;
    lax_IPv6v4_comp = IPv6v4_comp
                    |                              "::" ( IPv6_hex ":" ){5} lax_last
                    | IPv6_hex                     "::" ( IPv6_hex ":" ){4} lax_last
                    | IPv6_hex   ":" IPv6_hex      "::" ( IPv6_hex ":" ){3} lax_last
                    | IPv6_hex ( ":" IPv6_hex ){2} "::" ( IPv6_hex ":" ){2} lax_last
                    | IPv6_hex ( ":" IPv6_hex ){3} "::"   IPv6_hex ":"      lax_last
                    | IPv6_hex ( ":" IPv6_hex ){4} "::"                     lax_last;

    lax_IPv6_addr            = IPv6_full | lax_IPv6_comp | IPv6v4_full | lax_IPv6v4_comp;
    lax_IPv6_address_literal = "IPv6:"i lax_IPv6_addr;

    lax_address_literal = ( "[" ( IPv4_address_literal | lax_IPv6_address_literal | General_address_literal ) "]" )
                          >literal_begin @literal_end;
    lax_registered_address_literal = ( "[" ( IPv4_address_literal | lax_IPv6_address_literal ) "]" )
                                     >literal_begin @literal_end;
}%%
