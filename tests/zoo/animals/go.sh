#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Go with cgo: goroutines that call C, a program without C beside it
# packages: golang-go gcc libc6-dev
# leaves: go-build|\.cache
# uncounted: the toolchain of Go is linked statically, and is not recorded
export GOCACHE=$TMPDIR/cache GOFLAGS=-mod=mod GO111MODULE=off GOPROXY=off
cat >a.go <<'END'
package main

// #include <stdlib.h>
// #include <string.h>
// static void* fill(int n) { void* p = malloc(n); memset(p, 7, n); return p; }
import "C"
import ("fmt"; "sync")

func main() {
	var all sync.WaitGroup
	sums := make([]int, 8)
	for g := 0; g < 8; g++ {
		all.Add(1)
		go func(g int) {
			defer all.Done()
			for i := 1; i < 3000; i++ {
				p := C.fill(C.int(i % 500 + 1))
				sums[g] += int(*(*byte)(p))
				C.free(p)
			}
		}(g)
	}
	all.Wait()
	fmt.Println(sums)
}
END
printf 'package main\nimport "fmt"\nfunc main() { fmt.Println("static") }\n' >b.go
go build -o a a.go && ./a && CGO_ENABLED=0 go build -o b b.go && ./b
rm -rf "$TMPDIR/cache" "$TMPDIR"/go-build*
