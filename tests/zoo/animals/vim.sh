#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Vim: editing by commands, undo, a regular expression
# packages: vim-tiny
# leaves: viminfo
seq 3000 >a.txt
vim.tiny -Nu NONE -i NONE -n -es a.txt <<'END'
%s/\(\d\)7/[\1]/g
g/9$/d
normal ggdG
undo
w! b.txt
q!
END
echo $?; wc -l <b.txt; sha256sum <b.txt
