// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The whole allocator library, but for what few programs want: malloc_family.h, jemalloc.h and mimalloc.h.
/// See docs/allocators.md and docs/adapters.md.
#include <heaptap/alloc/alloc_error.h>
#include <heaptap/alloc/allocator.h>
#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/fail_after.h>
#include <heaptap/alloc/fallback.h>
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/guarded.h>
#include <heaptap/alloc/headered.h>
#include <heaptap/alloc/heap.h>
#include <heaptap/alloc/layout.h>
#include <heaptap/alloc/locked.h>
#include <heaptap/alloc/memory_resource.h>
#include <heaptap/alloc/never_destroyed.h>
#include <heaptap/alloc/nothing.h>
#include <heaptap/alloc/objects.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/segregate.h>
#include <heaptap/alloc/stats.h>
#include <heaptap/alloc/std_allocator.h>
#include <heaptap/alloc/system.h>
#include <heaptap/alloc/tracing.h>
