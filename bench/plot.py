"""Bars, as an SVG without anything that has to be loaded."""

WIDTH, LEFT, RIGHT, BAR, GAP = 760, 190, 60, 16, 14
COLOURS = {"memchr": "#9aa0a6", "dovecot": "#c0632f", "libetpan": "#7a5195"}
OWN = "#1f6fb2"


def bars(groups):
    """groups: a title and (name, times) each. Bars are of one scale; what is longer is cut there, and its figure tells."""
    longest = 40
    height = sum(GAP + 18 + BAR * len(rows) for _, rows in groups) + GAP
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">' % (
               WIDTH, height),
           '<rect width="100%" height="100%" fill="white"/>']
    y = GAP
    for title, rows in groups:
        out.append('<text x="8" y="%d" font-weight="bold">%s, times memchr</text>' % (y + 13, title))
        y += 18
        for name, times in rows:
            length = max(1, min(times, longest) / longest * (WIDTH - LEFT - RIGHT))
            label = name if name in COLOURS else "smtpwire " + name
            out.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (LEFT - 6, y + 12, label))
            out.append('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' % (
                LEFT, y + 1, length, BAR - 2, COLOURS.get(name.split("-")[0], OWN)))
            out.append('<text x="%.1f" y="%d">%.2f</text>' % (LEFT + length + 5, y + 12, times))
            y += BAR
        y += GAP
    return "\n".join([*out, "</svg>", ""])
