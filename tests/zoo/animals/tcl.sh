#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Tcl, threads of its notifier, exec, interpreters in it
# packages: tcl
tclsh <<'END'
for {set i 0} {$i < 20000} {incr i} { dict lappend d [expr {$i % 97}] [string repeat x [expr {$i % 30}]] }
puts [dict size $d]
set n 0; dict for {k v} $d { incr n [string length [join $v]] }; puts $n
set child [interp create]; puts [$child eval {set l {}; for {set i 0} {$i < 1000} {incr i} {lappend l $i}; llength $l}]
interp delete $child
after 20 {set done 1}; vwait done; puts [exec echo from a child]
puts [regexp -all -inline {\d+7} [string repeat "17 27 38 " 10]]
proc deep n { expr {$n == 0 ? 0 : 1 + [deep [expr {$n - 1}]]} }; puts [deep 500]
END
