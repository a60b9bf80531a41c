#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: GNU Octave: matrices, cells, BLAS threads
# packages: octave
octave-cli --norc --quiet --eval '
  a = magic(200); disp(rank(a)); b = inv(a + eye(200) * 3); disp(norm(b * (a + eye(200) * 3) - eye(200)) < 1e-6);
  c = cell(1, 5000); for i = 1:5000, c{i} = repmat("x", 1, mod(i, 50)); end, disp(numel([c{:}]));
  s = struct(); for i = 1:500, s.(sprintf("f%d", i)) = i; end, disp(numfields(s));
  try, error("caught"); catch e, disp(e.message); end, disp(strtrim(evalc("system(\"echo child\");")))' 2>&1
