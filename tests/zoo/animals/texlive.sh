#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: pdfTeX: a LaTeX document with mathematics
# packages: texlive-latex-base
printf '\\documentclass{article}\\begin{document}\\tableofcontents\\section{A}$\\int_0^1 x^2 dx=\\frac13$\\newcount\\n\\loop\\ifnum\\n<200 \\advance\\n1 line \\the\\n\\par\\repeat\\end{document}\n' >a.tex
pdflatex -interaction=batchmode a.tex >/dev/null; pdflatex -interaction=batchmode a.tex >/dev/null; echo $?; grep -o 'Output written.*pages' a.log
