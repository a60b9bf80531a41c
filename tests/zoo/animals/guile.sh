#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Guile, its collector, continuations, stack overflow caught
# packages: guile-3.0
guile --no-auto-compile -c '
  (use-modules (ice-9 threads)) (define h (make-hash-table))
  (do ((i 0 (+ i 1))) ((= i 20000)) (hash-set! h i (make-string (modulo i 50) #\x)))
  (display (hash-fold (lambda (k v n) (+ n (string-length v))) 0 h)) (newline)
  (define k #f) (define n 0)
  (display (+ 1 (call/cc (lambda (c) (set! k c) 1)))) (newline)
  (set! n (+ n 1)) (if (< n 3) (k n))
  (define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1))))) (display (deep 100000)) (newline)
  (catch #t (lambda () (call-with-stack-overflow-handler 10000 (lambda () (deep 1000000)) (lambda () (throw (quote over)))))
    (lambda (key . rest) (display key) (newline)))
  (gc) (display (length (map (lambda (t) (join-thread t))
    (map (lambda (i) (call-with-new-thread (lambda () (make-vector 1000 i)))) (iota 8))))) (newline)'
