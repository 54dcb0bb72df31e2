NOOP ab
cd
