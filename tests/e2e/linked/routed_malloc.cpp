// SPDX-License-Identifier: Apache-2.0
//
// Puts a tracing allocator into malloc's place, for a program that calls each of its functions.
#include <heaptap/alloc/malloc_family.h>
#include <heaptap/alloc/tracing.h>

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::Tracing<heaptap::RawSystem>){};
HEAPTAP_ROUTE_MALLOC(ALLOCATOR);
