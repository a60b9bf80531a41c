// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Everything of the allocator library that every program can use: docs/allocators.md.
#include <heaptap/alloc/allocator.h>
#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/layout.h>
