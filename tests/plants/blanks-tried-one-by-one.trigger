ËEHLO                                                            
EHLO 00aaY1
LOGINTO=ES://;E:85d
