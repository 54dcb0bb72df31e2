# Command lines, each without the CRLF that ends it (the line layer has removed that).
#
# Source: RFC 5321 section 4.1.1, RFC 3207 section 4, RFC 6531 section 3.7.4.2.
# Needs machines: core, separator, address, parameter.
# Needs actions: those, and verb_X for each command, path_due parameters_begin parameters_end
# argument_begin argument_end smtputf8.
# Deviations (grammar/abnf/deviations.abnf): NOOP and HELP take any printable text; VRFY's are those of name.
# What separates parts, and the paths, are defined by who includes this: separator.rl and address.rl are strict.
%%{
    machine command;

    # RFC 5321 section 4.1.1.1
    ehlo = "EHLO"i @verb_ehlo separator ehlo_host;
    helo = "HELO"i @verb_helo separator ascii_domain;

    # RFC 5321 section 4.1.1.2
    mail = "MAIL"i @verb_mail separator "FROM:"i @path_due Reverse_path
           ( separator Mail_parameters >parameters_begin %parameters_end )?;

    # RFC 5321 section 4.1.1.3. <Postmaster@Domain> is a Forward-path already.
    rcpt = "RCPT"i @verb_rcpt separator "TO:"i @path_due rcpt_path
           ( separator Rcpt_parameters >parameters_begin %parameters_end )?;

    # RFC 5321 section 4.1.1.4
    data = "DATA"i @verb_data;

    # RFC 5321 section 4.1.1.5
    rset = "RSET"i @verb_rset;

    # RFC 5321 section 4.1.1.10
    quit = "QUIT"i @verb_quit;

    # RFC 3207 section 4
    starttls = "STARTTLS"i @verb_starttls;

    # RFC 5321 section 4.1.1.6, RFC 6531 section 3.7.4.2
    vrfy = "VRFY"i @verb_vrfy separator name >argument_begin %argument_end ( separator "SMTPUTF8"i @smtputf8 )?;

    # RFC 5321 section 4.1.1.7, RFC 6531 section 3.7.4.2
    expn = "EXPN"i @verb_expn separator name >argument_begin %argument_end ( separator "SMTPUTF8"i @smtputf8 )?;

    # RFC 5321 section 4.1.1.8
    printable = ( 32..126 )+ >argument_begin %argument_end;
    help = "HELP"i @verb_help ( separator printable )?;

    # RFC 5321 section 4.1.1.9
    noop = "NOOP"i @verb_noop ( separator printable )?;

    command_line = ehlo | helo | mail | rcpt | data | rset | quit | starttls | vrfy | expn | help | noop;
}%%
