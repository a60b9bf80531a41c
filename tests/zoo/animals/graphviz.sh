#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Graphviz: layout, Pango and Cairo
# packages: graphviz
{ echo 'digraph g {'; for i in $(seq 60); do echo "n$i -> n$((i * 7 % 61));"; done; echo '}'; } >a.dot
dot -Tplain a.dot | wc -l; dot -Tpng a.dot | head -c 4 | tail -c 3; echo; neato -Tsvg a.dot | grep -c '<ellipse'; echo 'digraph {' | dot 2>&1 >/dev/null | head -1
