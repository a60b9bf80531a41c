# SPDX-License-Identifier: Apache-2.0
# The C++ blocks of a Markdown page as one source file: `awk -v KIND="cpp jemalloc" -f documented_code.awk PAGE`. Each
# block is in a namespace of its own, its includes before all, and errors name the page. A block that must be outside of
# namespaces is one of KIND and the word "global".
BEGIN { open = "```" KIND; count = 0 }
!inside && ($0 == open || $0 == open " global") {
  inside = 1
  body = ""
  outside = $0 != open
  start = FNR + 1
  next
}
inside && $0 == "```" {
  inside = 0
  ++count
  code = code (outside ? "" : "namespace block" count " {\n") "#line " start " \"" FILENAME "\"\n" body
  code = code (outside ? "" : "}\n")
  next
}
inside && /^#include / { includes = includes $0 "\n"; body = body "\n"; next }
inside { body = body $0 "\n" }
END {
  if (count == 0) { print "#error no such block in " FILENAME; exit }
  printf "%s%s", includes, code
}
