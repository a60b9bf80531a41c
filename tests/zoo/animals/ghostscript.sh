#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Ghostscript: PostScript to PDF and to pictures
# packages: ghostscript
printf '%%!PS\n/Helvetica findfont 24 scalefont setfont 1 1 20 { /i exch def 50 i 35 mul moveto (line ) show i 10 string cvs show } for showpage\n' >a.ps
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -sOutputFile=a.pdf a.ps && gs -q -dNOPAUSE -dBATCH -sDEVICE=png16m -r72 -sOutputFile=a.png a.pdf && sha256sum a.png
gs -q -dNODISPLAY -dBATCH -c '0 1 1 20000 { add } for = 10000 array 0 get =='
