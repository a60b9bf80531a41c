#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: perl, hashes, regular expressions, fork
# packages: perl
# quick: yes
perl -MData::Dumper -MPOSIX -e '
  my %h; $h{$_ % 97} .= chr(65 + $_ % 26) for 1 .. 20000;
  print join(",", map { length $h{$_} } sort { $a <=> $b } keys %h), "\n";
  my $text = join " ", map { "word$_" } 1 .. 5000; my $n = () = $text =~ /(\d+)7\b/g; print "$n\n";
  my $pid = fork; if (!$pid) { my @keep = map { [1 .. 50] } 1 .. 100; exit scalar(@keep) % 7 }
  waitpid $pid, 0; print $? >> 8, "\n"; print length(`echo from a child`), "\n";
  printf "%s\n", eval { die { code => 7 } } // $@->{code};'
