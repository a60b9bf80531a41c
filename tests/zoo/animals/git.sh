#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Git: commits, packing, a clone, a rebase
# packages: git
export GIT_AUTHOR_NAME=z GIT_AUTHOR_EMAIL=z@z GIT_COMMITTER_NAME=z GIT_COMMITTER_EMAIL=z@z
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
git init -q -b main r; cd r || exit 1
for i in $(seq 30); do seq $((i * 50)) >f$((i % 7)).txt; git add .; git commit -q -m "c$i"; done
git repack -adq; git log --oneline | sha256sum; git diff HEAD~9 --stat | tail -1
git checkout -q -b side HEAD~3; echo x >g; git add g; git commit -q -m side; git rebase -q main; git log --format=%s -2
cd ..; git clone -q r s; git -C s fsck 2>&1 | tail -1; git -C s blame f3.txt | wc -l
