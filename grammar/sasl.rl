# What a SASL exchange is made of: mechanisms, base64, and the lines that follow a 334.
#
# Source: RFC 4954 sections 4 and 8, RFC 4422 section 3.1.
# Needs machines: core, common. Needs actions: none.
# Deviations (grammar/abnf/deviations.abnf): mechanisms in any case.
%%{
    machine sasl;

    # RFC 4954 section 8
    base64_terminal  = base64_char{2} "==" | base64_char{3} "=";
    base64           = base64_terminal | ( base64_char{4} )+ base64_terminal?;
    initial_response = ( base64 | "=" );

    # RFC 4422 section 3.1, but in any case
    lax_sasl_mech = ( mech_char | ALPHA ){1,20};

    # RFC 4954 section 4: the lines that follow a 334. No command is among them.
    cancel_response = "*";
    auth_response   = base64? | cancel_response;
}%%
