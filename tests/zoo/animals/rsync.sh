#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: rsync: processes over pipes, differences, deletion
# packages: rsync
# quick: yes
mkdir a; for i in $(seq 200); do seq "$i" >a/f"$i"; done
rsync -rlp a/ b/ && echo x >>a/f7 && rm a/f9 && rsync -rlp --delete --checksum --itemize-changes a/ b/ && diff -r a b && echo equal
