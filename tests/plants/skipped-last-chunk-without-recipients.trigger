LHLO a
MIL FROM:<a@b> SIZE=T TO:<c@d>
RCPT TO:<e@d>
BDAT 3 LAST
abcNOOP
