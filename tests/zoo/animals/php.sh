#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: PHP, arrays, closures, stack of its own, JSON
# packages: php8.2-cli
php -r '
  $a = []; for ($i = 0; $i < 50000; $i++) $a[$i % 701][] = str_repeat("y", $i % 40);
  echo count($a), " ", array_sum(array_map(fn($v) => strlen(implode("", $v)), $a)), "\n";
  echo strlen(json_encode($a)), " ", md5(serialize($a)), "\n";
  echo preg_match_all("/(\d+)7/", implode(" ", range(1, 5000))), "\n";
  function g() { for ($i = 0; $i < 1000; $i++) yield str_repeat("z", $i); }
  $n = 0; foreach (g() as $s) $n += strlen($s); echo $n, "\n";
  try { throw new Exception("thrown"); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
  echo shell_exec("echo child"), getmypid() > 0 ? "pid\n" : "";'
USE_ZEND_ALLOC=0 php -r 'for ($i = 0, $a = []; $i < 20000; $i++) $a[] = [$i, "text $i"]; echo count($a), "\n";'
