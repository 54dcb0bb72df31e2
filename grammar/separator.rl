# What separates the parts of a command line.
#
# Source: RFC 5321 section 4.1.1.
# Needs machines: core. Needs actions: none.
# Deviations: none. lax_line.rl has it as the leniencies take it.
%%{
    machine separator;

    # RFC 5321 section 4.1.1: one space, as in "MAIL FROM:"
    separator = SP;
}%%
