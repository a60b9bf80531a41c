#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: OCaml: its compilers, native code and bytecode
# packages: ocaml-nox gcc
cat >a.ml <<'END'
module M = Map.Make (String)
let () =
  let m = ref M.empty in
  for i = 0 to 9999 do m := M.add (string_of_int (i * 7919 mod 1009)) i !m done;
  let b = Bigarray.Array1.create Bigarray.float64 Bigarray.c_layout 10000 in
  Bigarray.Array1.fill b 0.5; Gc.full_major ();
  (try ignore (List.hd []) with Failure s -> print_endline s);
  Printf.printf "%d %.1f\n" (M.cardinal !m) b.{77}
END
ocamlfind -version >/dev/null 2>&1; ocamlopt a.ml -o a 2>&1 && ./a && ocamlc a.ml -o b 2>&1 && ./b
