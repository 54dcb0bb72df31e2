LHLO a
MAIL FROM:<a@b>
RCPT TO:<c@d>
RCPT TO:<e@d>
BDAT 3 LAST
abcNOOP
