# Command lines, each without the CRLF that ends it (the line layer has removed that).
#
# Source: RFC 5321 section 4.1.1, RFC 3207 section 4, RFC 6531 section 3.7.4.2.
# Needs machines: core, literal, address, parameter.
# Needs actions: those, and verb_X for each command, path_due parameters_begin parameters_end
# argument_begin argument_end smtputf8.
# Deviations (grammar/abnf/deviations.abnf): VRFY and EXPN also take a Mailbox or a Path; NOOP and HELP take any
# printable text.
%%{
    machine command;

    # RFC 5321 section 4.1.1.1. EHLO comes before SMTPUTF8 can be agreed on: ASCII only (RFC 6531 section 3.7.1).
    ascii_domain = ( ascii_label ( "." ascii_label )* ) >domain_begin %domain_end;
    ehlo = "EHLO"i @verb_ehlo SP ( ascii_domain | address_literal );
    helo = "HELO"i @verb_helo SP ascii_domain;

    # RFC 5321 section 4.1.1.2
    mail = "MAIL"i @verb_mail " FROM:"i @path_due Reverse_path
           ( SP Mail_parameters >parameters_begin %parameters_end )?;

    # RFC 5321 section 4.1.1.3. <Postmaster@Domain> is a Forward-path already.
    rcpt = "RCPT"i @verb_rcpt " TO:"i @path_due ( postmaster_path | Forward_path )
           ( SP Rcpt_parameters >parameters_begin %parameters_end )?;

    # RFC 5321 section 4.1.1.4
    data = "DATA"i @verb_data;

    # RFC 5321 section 4.1.1.5
    rset = "RSET"i @verb_rset;

    # RFC 5321 section 4.1.1.10
    quit = "QUIT"i @verb_quit;

    # RFC 3207 section 4
    starttls = "STARTTLS"i @verb_starttls;

    # RFC 5321 section 4.1.1.6, RFC 6531 section 3.7.4.2
    name = ( String | Mailbox | Path ) >argument_begin %argument_end;
    vrfy = "VRFY"i @verb_vrfy SP name ( SP "SMTPUTF8"i @smtputf8 )?;

    # RFC 5321 section 4.1.1.7, RFC 6531 section 3.7.4.2
    expn = "EXPN"i @verb_expn SP name ( SP "SMTPUTF8"i @smtputf8 )?;

    # RFC 5321 section 4.1.1.8
    printable = ( 32..126 )+ >argument_begin %argument_end;
    help = "HELP"i @verb_help ( SP printable )?;

    # RFC 5321 section 4.1.1.9
    noop = "NOOP"i @verb_noop ( SP printable )?;

    command_line = ehlo | helo | mail | rcpt | data | rset | quit | starttls | vrfy | expn | help | noop;
}%%
