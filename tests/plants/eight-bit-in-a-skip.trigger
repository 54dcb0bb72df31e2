HELO a.b
RCPT TO:<é@x>RCPT TO:<a@[tag:x]>LOGIN

NTLMRCPT TO:<e@f>
DATA
x
.
MAIL FROM:<>
RCPT TO:<c@d>
BDAT 256
xBDAT 0 LAST
xusr   2
EtrN 7FFx.Blf2m.aCON5j.8r--mA-Mv1f
..
RCPT TO:<éé@x>
SAML
RCPT TO:<a@dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.x>
RCPT TO:<a@dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.x>
