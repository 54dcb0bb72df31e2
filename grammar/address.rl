# Paths and mailboxes.
#
# Source: RFC 5321 section 4.1.2, extended to UTF-8 by RFC 6531 section 3.3; what a command has where it has no path:
# RFC 5321 sections 4.1.1.1 and 4.1.1.6.
# Needs machines: core, literal.
# Needs actions: those of literal, and path_begin path_end route_begin route_end local_begin local_end
# quoted domain_begin domain_end.
# Deviations (grammar/abnf/deviations.abnf): VRFY and EXPN also take a Mailbox or a Path; U-label is any label with a
# non-ASCII character in it: whether IDNA allows its characters is not a matter of wire grammar. Lengths are counted in
# C, SMTPUTF8 is gated in C. What leniencies take is in lax_address.rl.
%%{
    machine address;

    # RFC 5321 section 4.1.2, RFC 6531 section 3.3
    U_label     = ( ( Let_dig | UTF8_non_ascii ) ( ( Let_dig | "-" | UTF8_non_ascii )* ( Let_dig | UTF8_non_ascii ) )? )
                - ascii_label;
    sub_domain  = ascii_label | U_label;
    Domain      = ( sub_domain ( "." sub_domain )* ) >domain_begin %domain_end;

    Atom       = atext+;
    Dot_string = Atom ( "." Atom )*;

    quoted_pairSMTP = 92 32..126;
    qtextSMTP       = 32..33 | 35..91 | 93..126 | UTF8_non_ascii;
    QcontentSMTP    = qtextSMTP | quoted_pairSMTP;
    Quoted_string   = ( DQUOTE @quoted ) QcontentSMTP* DQUOTE;

    String     = Atom | Quoted_string;
    Local_part = ( Dot_string | Quoted_string ) >local_begin %local_end;
    Mailbox    = Local_part "@" ( Domain | address_literal );

    # The route's domains are not the mailbox's: they carry no span of their own.
    At_domain    = "@" sub_domain ( "." sub_domain )*;
    A_d_l        = ( At_domain ( "," At_domain )* ) >route_begin %route_end;
    Path         = ( "<" ( A_d_l ":" )? Mailbox ">" ) >path_begin @path_end;
    Reverse_path = Path | ( "<>" >path_begin @path_end );
    Forward_path = Path;

    # RFC 5321 section 4.1.1.3: in RCPT alone, with no domain and in any case
    Postmaster   = "<" ( "Postmaster"i >local_begin %local_end ) ">" >path_end;
    postmaster_path = Postmaster >path_begin;
    rcpt_path       = postmaster_path | Forward_path;

    # RFC 5321 section 4.1.1.1. EHLO comes before SMTPUTF8 can be agreed on: ASCII only (RFC 6531 section 3.7.1).
    ascii_domain = ( ascii_label ( "." ascii_label )* ) >domain_begin %domain_end;
    ehlo_host    = ascii_domain | address_literal;

    # RFC 5321 sections 4.1.1.6 and 4.1.1.7: what VRFY and EXPN ask for
    name = String | Mailbox | Path;
}%%
