// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

#include <concepts>
#include <cstddef>

namespace heaptap {

/// What can hand out blocks of memory. Two members are required; AllocatorTraits derives the rest.
///
/// | expression      | result                                        | errors                             |
/// |-----------------|-----------------------------------------------|------------------------------------|
/// | a.alloc(l)      | void*: a block that fits l, l.size() > 0. Its | nullptr: out of memory, or a       |
/// |                 | bytes have no value                           | layout that a does not support     |
/// | a.dealloc(p, l) | void: the block p ends. p is live, of a, and  | none                               |
/// |                 | fits l: anything else is undefined            |                                    |
///
/// A block fits a layout when the alignment is the one that it was allocated with, and l.size() lies between
/// what was asked for and what usableSize() answered.
///
/// An allocator does not throw, does not allocate from the allocator that it serves, and does not end the
/// process: what to do without memory is for the caller to decide (handleAllocError).
///
/// Owns:    a block lives until dealloc, or until the allocator ends. One that is never freed is a leak, no
///          error. To move an allocator leaves its blocks valid, so one with its pool inside cannot move.
///          Copies are interchangeable: each frees the blocks of the others.
/// Threads: as the type says; a GlobalAllocator, any.
// clang-format off
template <class A>
concept Allocator = requires(A& allocator, void* block, Layout layout) {
  { allocator.alloc(layout) } noexcept -> std::same_as<void*>;
  { allocator.dealloc(block, layout) } noexcept -> std::same_as<void>;
};
// clang-format on

/// An allocator that many threads may share: it is called by const reference, as Rust's is by shared
/// reference. What it changes of itself is `mutable`, and atomic or locked.
template <class A>
concept GlobalAllocator = Allocator<const A>;

/// An allocator that finds out by itself how large a block is: for free() and unsized delete, which carry no
/// layout. Headered<A> makes one of every allocator.
///
/// | expression             | result                                                         | errors |
/// |------------------------|----------------------------------------------------------------|--------|
/// | a.deallocUnsized(p)    | void: the block p ends, whatever its layout. p is live, of a   | none   |
/// | a.usableSizeUnsized(p) | std::size_t: bytes of p, at least what was asked for           | none   |
// clang-format off
template <class A>
concept SelfDescribing = Allocator<A> && requires(A& allocator, void* block, const void* same) {
  { allocator.deallocUnsized(block) } noexcept -> std::same_as<void>;
  { allocator.usableSizeUnsized(same) } noexcept -> std::same_as<std::size_t>;
};
// clang-format on

}  // namespace heaptap
