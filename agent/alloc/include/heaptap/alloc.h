// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The whole allocator library, but for what few programs want: malloc_family.h. See docs/allocators.md.
#include <heaptap/alloc/alloc_error.h>
#include <heaptap/alloc/allocator.h>
#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/heap.h>
#include <heaptap/alloc/layout.h>
#include <heaptap/alloc/never_destroyed.h>
#include <heaptap/alloc/system.h>
