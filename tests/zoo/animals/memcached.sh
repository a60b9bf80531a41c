#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: memcached with four threads, and a loader of Perl
# packages: memcached perl
memcached -u root -s "$PWD/m.sock" -t 4 -m 16 &
until [ -S m.sock ]; do sleep 0.05; done
perl -MIO::Socket::UNIX -e '
  for my $n (1 .. 4) { next if fork; my $s = IO::Socket::UNIX->new("m.sock"); my $sum = 0;
    for my $i (1 .. 1000) { my $v = "v" x ($i % 200); print $s "set k$n.$i 0 0 " . length($v) . "\r\n$v\r\n"; <$s>;
      print $s "get k$n.$i\r\n"; <$s>; $sum += length(<$s>); <$s> } open my $f, ">", "sum$n"; print $f $sum; exit }
  1 while wait > 0; print `cat sum1`, "\n"; my $s = IO::Socket::UNIX->new("m.sock"); print $s "stats\r\n";
  while (<$s>) { print if /curr_items|cmd_set|get_hits/; last if /^END/ }'
kill %1; wait %1; echo "server $?"
