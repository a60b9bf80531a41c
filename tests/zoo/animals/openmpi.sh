#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Open MPI: four processes over shared memory, a reduction, a ring
# packages: openmpi-bin libopenmpi-dev gcc
cat >a.c <<'END'
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank, size, sum = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  const int n = 100000;
  int* block = malloc(n * sizeof *block);
  for (int i = 0; i < n; ++i) block[i] = rank + i;
  MPI_Sendrecv_replace(block, n, MPI_INT, (rank + 1) % size, 0, (rank + size - 1) % size, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  long total = 0, all = 0;
  for (int i = 0; i < n; ++i) total += block[i];
  MPI_Reduce(&total, &all, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
  if (rank == 0) printf("%d of %d: %ld\n", sum, size, all);
  free(block);
  MPI_Finalize();
}
END
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
OMPI_CC=gcc mpicc a.c -o a && mpirun --oversubscribe --mca btl self,vader --mca pml ob1 -n 4 ./a; echo $?
