// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Everything of the allocator library that every program can use: docs/allocators.md. To select a global
/// allocator, one file of the program also includes <heaptap/alloc/global_allocator.h>.
#include <heaptap/alloc/alloc_error.h>
#include <heaptap/alloc/allocator.h>
#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/heap.h>
#include <heaptap/alloc/layout.h>
#include <heaptap/alloc/never_destroyed.h>
#include <heaptap/alloc/system.h>
