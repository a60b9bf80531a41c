#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: LibreOffice: a spreadsheet to PDF, without a display
# packages: libreoffice-calc-nogui
# leaves: .
{ echo 'a,b,c'; for i in $(seq 500); do echo "$i,$((i * i)),text $i"; done; } >a.csv
soffice --headless --convert-to pdf a.csv >/dev/null 2>&1; echo $?; head -c 5 a.pdf; echo
soffice --headless --convert-to ods a.csv >/dev/null 2>&1; soffice --headless --convert-to csv --outdir o a.ods >/dev/null 2>&1; cmp a.csv o/a.csv && echo equal
