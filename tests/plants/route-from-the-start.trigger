VRFY <@4񠏀-퐀cA,@0P-9󀀀yq-Ug1yࠠulq LC8T7x,@w,@M߀4n.J,@KK.3쟠V,@󠏠,@ࠀ퀐--s.sb,@JH
