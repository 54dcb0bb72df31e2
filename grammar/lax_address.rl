# Paths and mailboxes as leniencies take them.
#
# Source: RFC 5321 section 4.1.2, extended to UTF-8 by RFC 6531 section 3.3.
# Needs machines: core, literal, lax_literal, address.
# Needs actions: those, and underscore trailing_dot empty_atom.
# Deviations (grammar/abnf/lenient.abnf): each of these actions is the gate of the leniency of its name. It stands on
# every octet, and on every end, that only this leniency takes, and leaves the machine where that is off: without those
# octets each rule is that of the same name in address.rl.
%%{
    machine lax_address;

    # underscore: in a label it is like a letter.
    lax_underscore  = "_" @underscore;
    lax_ascii_char  = Let_dig | lax_underscore;
    lax_ascii_label = lax_ascii_char ( "-"* lax_ascii_char )*;
    lax_char        = Let_dig | lax_underscore | UTF8_non_ascii;
    lax_sub_domain  = lax_char ( "-"* lax_char )*;

    # trailing_dot: one, behind the last label. The dot could be any other; what follows it tells.
    lax_end          = ( "." %trailing_dot )?;
    lax_Domain       = ( lax_sub_domain ( "." lax_sub_domain )* lax_end ) >domain_begin %domain_end;
    lax_ascii_domain = ( lax_ascii_label ( "." lax_ascii_label )* lax_end ) >domain_begin %domain_end;

    # empty_atom: dots may stand anywhere, but there is an atom. The last dot could be any other, too.
    lax_Dot_string = ( "." @empty_atom )* Atom ( "." ( Atom | "" %empty_atom ) )*;

    lax_Local_part = ( lax_Dot_string | Quoted_string ) >local_begin %local_end;
    lax_Mailbox    = lax_Local_part "@" ( lax_Domain | lax_address_literal );

    lax_At_domain    = "@" lax_sub_domain ( "." lax_sub_domain )* lax_end;
    lax_A_d_l        = ( lax_At_domain ( "," lax_At_domain )* ) >route_begin %route_end;
    lax_Path         = ( "<" ( lax_A_d_l ":" )? lax_Mailbox ">" ) >path_begin @path_end;
    lax_Reverse_path = lax_Path | ( "<>" >path_begin @path_end );
    lax_rcpt_path    = postmaster_path | lax_Path;
    lax_host         = lax_ascii_domain | lax_address_literal;
    lax_name         = String | lax_Mailbox | lax_Path;

    # What RCPT has without angle brackets, for the leniency missing_brackets
    lax_bare_rcpt = lax_Mailbox | ( "Postmaster"i >local_begin %local_end );
}%%
