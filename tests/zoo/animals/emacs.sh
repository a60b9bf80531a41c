#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Emacs in batch: Lisp, buffers, regular expressions, a process
# packages: emacs-nox
emacs -Q --batch --eval '(progn
  (let ((l nil)) (dotimes (i 50000) (push (make-string (% i 40) ?x) l)) (message "%d" (apply (function +) (mapcar (function length) l))))
  (with-temp-buffer (dotimes (i 5000) (insert (format "line %d of text\n" i))) (goto-char (point-min))
    (let ((n 0)) (while (re-search-forward "7 of" nil t) (setq n (1+ n))) (message "%d" n))
    (shell-command-on-region (point-min) (point-max) "wc -l" t t) (message "%s" (string-trim (buffer-string))))
  (condition-case e (let ((max-lisp-eval-depth 100000)) (letrec ((f (lambda (n) (1+ (funcall f n))))) (funcall f 1))) (error (message "%s" (car e))))
  (garbage-collect) (message "%s" (json-encode (list :a 1 :b (make-vector 10 2)))))' 2>&1
printf '(defun f (x) (mapcar (lambda (y) (* x y)) (number-sequence 1 100)))\n' >a.el
emacs -Q --batch -f batch-byte-compile a.el 2>&1; ls
