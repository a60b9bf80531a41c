#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Inkscape: a drawing to a picture, GTKmm, a garbage collector
# packages: inkscape xvfb xauth
# leaves: .
printf '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="80"><rect width="50" height="40" fill="red"/><circle cx="60" cy="40" r="20"/><text x="5" y="70">zoo</text></svg>' >a.svg
inkscape --export-type=png --export-filename=a.png a.svg >/dev/null 2>&1; echo $?; head -c 4 a.png | tail -c 3; echo
inkscape --query-width a.svg 2>/dev/null; echo
