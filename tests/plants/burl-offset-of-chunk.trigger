HELO a.b
MAIL FROM:<é@é.example> SMTPUTF8
RCPT TO:<é@x>
RCPT TO:<a@[tag:x]>

BDAT 5 LAST
.
.
RCPT TO:<e@f>
DATA
x
.
MAIL FROM:<>
DATA
x
.
MAIL FROM:<>
RCPT TO:<e@f>
XFORWAR8=7c, 941"b08 <7aa=:(.37398 aa;c aZ90 "	~:X 	~"b;:3<66= 5.!4"Y~>"X=<<=X;.)=Y=b8916 ! 4>Y~a<~>,X9b: .	(7 a< ">,  ~<Y2 7.X59==6Y::70<3.4, ~.7;<(=1aXc ."Z Z<4)78 Y=	7XX~4 ";X83,4~		, <:. b3).:c7;8 <=~;.bY4 0~ Z,b >9Y6!8"<~c
WIZ "	)>"cYZ5cX;Zc>( c34~8	~XYa0"2,:.42b8=7c, 941"b08 <7aa=:(.37398 aa;c aZ90 "	~:X 	~"b;:3<66= 5.!4"Y~>"X=<<=X;.)=Y=b8915 ! 4>Y~a<~>,X9b: .	(7 a< ">,  ~<Y2 7.X59==6Y::70<3.4, ~.7;<(=1aXc ."Z Z<4)78 Y=	7XX~4 ";X83,4~		, <:. b3).:c7;8 <=~;.bY4 0~ Z,b >9Y6!8"<~c
BDAT 2

yBURL a: LAST
MAIL FROM:<a@b>
RCPT TO:<c@d>
burl x: last
MAIL FROM:<a@b>
RCPT TO:<c@d>
BURL bad LAST
RSET
BURL a:
QUI:fB:F:D9:70]>
