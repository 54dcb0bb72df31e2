LHÅO a
MAIL 
.
RCPT TO:<TO@d>
RCPT TO:<e@f>
DATA
x
..y
.
QUIT
