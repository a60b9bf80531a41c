#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: jq, a document made and read
# packages: jq
# quick: yes
jq -n '[range(3000) | {id: ., name: "object \(.)", tags: ["a", "b", (. * 7 | tostring)]}]' >objects.json
jq -c 'map(select(.id % 300 == 0) | {name, t: (.tags | join("+"))})' objects.json
jq -e '.[5] | .missing' objects.json; echo $?
jq '.[' objects.json; echo $?
