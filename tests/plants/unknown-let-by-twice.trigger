��pEHLO 0a72c7-X-0
MAIL from:<71*Z1a`$/=aXY}c7b9&4bc/b7}1~16'_Z69+?`1XZ!c8Z#$__/a50X7*&a{?c_Y^c8c?0!|{66=5Y`9_=b|bZ*1~X|4^/c=+5=Y%{~=}Z%Y5$~98Z}5'X+9_1XX?b56}1Y`1$'071'=a9b===CV*#'}쟀XL󿠀wxF3{j=}3y+4za񐏠Q𿠿`uuGu*n4P2!.쐟+zMTck&uv}&KAQqiBzzb{bzwOsᏠHG!@Ta
RCPT TO:<+0290|%+.c078&@24a693Z0> XX XYba cXaY Za aXaY XZ YYXb bcaa cZ ZZZc ZX bc b X Z c XZ XXX	cb X b YZa bcc XYbb YYc c ZZcX Y Xbc X aacc X	XZ XaXc aYa X Zb ZY cYcZ ZcX
