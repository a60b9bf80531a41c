#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: OpenMP (libgomp): threads, tasks, reductions, gfortran
# packages: gfortran gcc libc6-dev
cat >a.c <<'END'
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
int fib(int n) {
  if (n < 2) return n;
  int a, b;
  int* heap = malloc(64);
#pragma omp task shared(a) if (n > 15)
  a = fib(n - 1);
  b = fib(n - 2);
#pragma omp taskwait
  free(heap);
  return a + b;
}
int main(void) {
  double sum = 0;
#pragma omp parallel for reduction(+ : sum) num_threads(4)
  for (int i = 1; i < 20000; ++i) { double* d = malloc(sizeof *d); *d = 1.0 / i; sum += *d; free(d); }
  int f = 0;
#pragma omp parallel num_threads(3)
#pragma omp single
  f = fib(21);
  printf("%.6f %d\n", sum, f);
}
END
cat >b.f90 <<'END'
program p
  implicit none
  real(8), allocatable :: a(:, :), b(:)
  integer :: i
  do i = 1, 200
    allocate(a(i, i)); a = i; b = sum(a, dim=1); deallocate(a)
  end do
  print '(f12.1)', sum(b)
end program
END
gcc -O2 -fopenmp a.c -o a && ./a && gfortran -O2 b.f90 -o b && ./b
