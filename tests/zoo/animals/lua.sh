#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Lua, coroutines, closures
# packages: lua5.4
# quick: no
lua5.4 -e '
  local t = {} for i = 1, 50000 do t[i % 997 + 1] = (t[i % 997 + 1] or "") .. string.char(65 + i % 26) end
  local n = 0 for _, s in pairs(t) do n = n + #s end print(n)
  local co = coroutine.wrap(function() for i = 1, 1000 do coroutine.yield(("c"):rep(i % 99)) end return "end" end)
  local last, sum = "", 0 repeat last = co() sum = sum + #last until last == "end" print(sum)
  print(pcall(function() error({code = 3}) end), select("#", table.unpack(t, 1, 200)))
  local function deep(n) return n == 0 and 0 or 1 + deep(n - 1) end print(deep(20000), pcall(deep, 1e7))
  print(io.popen("echo child"):read("a"))' | sed 's/0x[0-9a-f]*/ADDRESS/'
