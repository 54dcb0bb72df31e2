8ÿ7ÿÿÿÿÿab
abcdefghijk
