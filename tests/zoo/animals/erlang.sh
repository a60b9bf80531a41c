#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Erlang: a hundred thousand processes in a few threads, own allocators
# packages: erlang-base
# orphans: erl_child_setup
erl -noshell -noinput -eval '
  P = self(), [spawn(fun() -> P ! {self(), lists:sum(lists:seq(1, N rem 100))} end) || N <- lists:seq(1, 20000)],
  Sum = lists:foldl(fun(_, A) -> receive {_, V} -> A + V end end, 0, lists:seq(1, 20000)),
  io:format("~p~n", [Sum]), T = ets:new(t, [set]), [ets:insert(T, {I, integer_to_binary(I)}) || I <- lists:seq(1, 50000)],
  io:format("~p ~p~n", [ets:info(T, size), length(binary_to_list(list_to_binary(lists:duplicate(1000, <<"abc">>))))]),
  io:format("~p~n", [catch error(thrown)]), io:format("~s", [os:cmd("echo child")]), halt(3).' | sed 's/{erl_eval.*//'
echo "${PIPESTATUS[0]}"
