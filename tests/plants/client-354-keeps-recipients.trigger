LHLO h0
MAIL FROM:<a1@b>
RCPT TO:<c2@d>
DATA
x
.
RCPT TO:<c2@d>
BDAT 1 LAST
xNOOP 0
NOOP 0
