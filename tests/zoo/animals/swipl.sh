#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: SWI-Prolog: its stacks, threads, exceptions
# packages: swi-prolog-nox
# uncounted: its tcmalloc serves operator new by itself, not by malloc
swipl -q -g '
  numlist(1, 20000, L), maplist([X, Y]>>atom_concat(a, X, Y), L, As), length(As, N), writeln(N),
  findall(X-Y, (member(X, [1,2,3]), member(Y, [a,b])), P), writeln(P),
  concurrent_maplist([X, Y]>>(Y is X * X), [1,2,3,4,5,6,7,8], S), writeln(S),
  catch((numlist(1, 5, _), throw(ball)), B, (write(caught(B)), nl)),
  catch(length(_, -1), error(E, _), (writeln(E))),
  assertz((fib(0, 0) :- true)), assertz(fib(1, 1)), assertz((fib(I, F) :- I > 1, A is I - 1, C is I - 2, fib(A, G), fib(C, H), F is G + H)),
  once(fib(18, R)), writeln(R), garbage_collect, halt' 2>&1
