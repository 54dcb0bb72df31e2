# What the actions named in grammar/ do: each leaves a mark in m, a struct smtpwire__marks.
%%{
    machine actions;
    alphtype unsigned char;

    action path_begin { m->address->path.data = smtpwire__text(p); m->in_address = 1; }
    action path_end { m->address->path.len = (size_t)(smtpwire__text(p) + 1 - m->address->path.data); m->in_address = 0; m->past_address = 1; }
    action route_begin { m->address->route.data = smtpwire__text(p); }
    action route_end { m->address->route.len = (size_t)(smtpwire__text(p) - m->address->route.data); }
    action local_begin { m->address->local.data = smtpwire__text(p); }
    action local_end { m->address->local.len = (size_t)(smtpwire__text(p) - m->address->local.data); }
    action domain_begin { m->address->domain.data = smtpwire__text(p); }
    action domain_end { m->address->domain.len = (size_t)(smtpwire__text(p) - m->address->domain.data); }
    action literal_begin { m->address->literal.data = smtpwire__text(p); }
    action literal_end { m->address->literal.len = (size_t)(smtpwire__text(p) + 1 - m->address->literal.data); }
    action unregistered_tag { m->unregistered_tag = 1; }
    action quoted { m->quoted = 1; }
}%%
