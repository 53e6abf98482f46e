# Descriptors: those that are closed stay closed, and what the program opens gets the numbers that it would get.
for closed in 0 1 2 "0 1" "0 1 2"; do
  redirect=$(printf ' %s>&-' $closed)
  same "closed:$redirect" @ sh -c "exec '$programs/busy' 150 2 $redirect" && recorded "closed:$redirect" 1
done
same "no more than three descriptors" prlimit --nofile=4 @ "$programs/busy" 150
same "end of file of a pipe" @ "$programs/pipes" && recorded "end of file of a pipe" 1
