#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: R: vectors, regression, its own heap
# packages: r-base-core
Rscript --vanilla -e '
  x <- seq_len(10000); y <- 3 * x + sin(x); m <- lm(y ~ x); cat(round(coef(m), 4), "\n")
  l <- lapply(1:2000, function(i) paste(rep(letters[i %% 26 + 1], i %% 40), collapse = "")); cat(sum(nchar(l)), "\n")
  a <- matrix(runif(250000), 500); cat(all.equal(a %*% solve(a), diag(500)), "\n")
  cat(tryCatch(stop("caught"), error = conditionMessage), system("echo child", intern = TRUE), "\n")
  invisible(gc()); f <- function(n) if (n == 0) 0 else 1 + f(n - 1); cat(f(500), "\n")'
