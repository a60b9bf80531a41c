#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Ruby, fibers, threads, ObjectSpace, fork
# packages: ruby
ruby -rjson -e '
  h = Hash.new { |m, k| m[k] = [] }
  20000.times { |i| h[i % 91] << "x" * (i % 60) }
  puts h.sum { |k, v| v.sum(&:size) }, JSON.parse(JSON.generate(h.transform_keys(&:to_s))).size
  puts (1..8).map { |n| Thread.new { (1..2000).map { |i| (i * n).to_s }.join.size } }.map(&:value).inspect
  f = Fiber.new { |x| 100.times { |i| x = Fiber.yield(["f" * i, x].join) }; :end }
  puts 101.times.map { |i| f.resume(i.to_s) }.last
  r, w = IO.pipe
  pid = fork { r.close; w.write((1..1000).map(&:to_s).join.size); exit! 5 }
  w.close; puts r.read; Process.wait(pid); puts $?.exitstatus
  GC.start; GC.compact rescue nil
  def deep(n) = n == 0 ? 0 : 1 + deep(n - 1)
  begin; deep(10_000_000); rescue SystemStackError; puts "stack overflow caught"; end
  puts `echo child`'
