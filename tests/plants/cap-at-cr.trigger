abcdjÿÿÿab
abcdefghbcdefghijk
