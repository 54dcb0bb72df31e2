# What separates the parts of a command line, and the paths in it, as leniencies take them.
#
# Source: RFC 5321 section 4.1.1.
# Needs machines: core, lax_address. Needs actions: those, and htab_separator space_after_colon missing_brackets.
# Deviations (grammar/abnf/lenient.abnf): each of these actions is the gate of the leniency of its name. It stands on
# every octet that only this leniency takes, and leaves the machine where that is off: without those octets the rules
# are those of separator.rl, Reverse_path and rcpt_path.
%%{
    machine lax_line;

    lax_separator = SP | ( HTAB @htab_separator );

    # Between FROM: or TO: and the path the RFC has nothing. Without brackets it is a mailbox: no route, no null path.
    lax_gap       = ( SP @space_after_colon )*;
    lax_from_path = lax_gap ( lax_Reverse_path | lax_Mailbox >missing_brackets );
    lax_to_path   = lax_gap ( lax_rcpt_path | lax_bare_rcpt >missing_brackets );
}%%
