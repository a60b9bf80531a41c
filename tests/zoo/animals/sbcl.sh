#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: SBCL: a Lisp whose heap is its own, faults as write barriers
# packages: sbcl
sbcl --noinform --no-sysinit --no-userinit --non-interactive --eval '
  (progn (let ((h (make-hash-table :test (function equal)))) (dotimes (i 50000) (push i (gethash (format nil "k~a" (mod i 701)) h)))
    (format t "~a~%" (hash-table-count h)))
  (defun deep (n) (if (= n 0) 0 (1+ (deep (1- n))))) (format t "~a~%" (deep 5000))
  (format t "~a~%" (handler-case (labels ((f (n) (1+ (f n)))) (f 1)) (storage-condition () "stack exhausted")))
  (sb-ext:gc :full t) (format t "~a~%" (sb-ext:run-program "/bin/echo" (list "child") :output nil))
  (let ((ts (loop for i below 4 collect (sb-thread:make-thread (lambda () (length (make-list 10000))))))) (format t "~a~%" (mapcar (function sb-thread:join-thread) ts))))' 2>&1
