#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Pandoc: Markdown to HTML and back
# packages: pandoc
for i in $(seq 300); do printf '## Part %d\n\nSome *text* with `code`, a [link](http://z) and\n\n- one\n- two\n\n' "$i"; done >a.md
pandoc a.md -o a.html && pandoc a.html -t gfm | wc -l; pandoc a.md -t json | wc -c
