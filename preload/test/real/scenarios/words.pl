my %count;
for my $i (1 .. 12000) { $count{"w" . ($i * 31 % 977)} .= "$i "; }
my @sorted = sort { length $count{$b} <=> length $count{$a} || $a cmp $b } keys %count;
(my $text = join(',', map { "$_=" . length $count{$_} } @sorted)) =~ s/w(\d+)/<$1>/g;
sub nest { my $n = shift; return $n ? [nest($n - 1), $n] : [] }
my $deep = nest(90);
eval { die { code => 42 } };
print length $text, " $@->{code} ", scalar(@$deep), "\n", substr($text, 0, 200), "\n";
warn "done\n";
exit 5;
