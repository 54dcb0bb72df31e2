# The name of a command, known or not, and a command of which only the name is known.
#
# Source: RFC 5321 sections 4.1.1 and 4.1.5 (private commands begin with X), RFC 5321 section 4.2.4 (500 and 501).
# Needs machines: core. Needs actions: none.
# Deviations: none. The RFC has no rule for it; every name that is registered or private is one of these. The lax_ rule
# is in grammar/abnf/deviations.abnf.
%%{
    machine verb;

    # Reading it from a line that is no command_line tells an unknown command (500) from a known one whose arguments
    # are faulty (501).
    verb = ( ALPHA | DIGIT ) ( ALPHA | DIGIT | "-" )*;

    # For the leniency unknown_command: what stands behind the name is anything that leaves the line a line.
    opaque              = ( 0x01..0x09 | 0x0B..0x0C | 0x0E..0xFF )*;
    lax_unknown_command = verb ( SP opaque )?;
}%%
