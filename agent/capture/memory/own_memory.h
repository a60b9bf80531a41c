// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/wire/layout.h"

/// Memory that heaptap itself uses in the target, for its tables and contexts. Much of it is only there in
/// case it is needed, so what is never touched must cost nothing, whatever the program does with the memory
/// that it has: it is not locked when the program locks its own (mlockall(2)), also where the program wants
/// all future memory locked, is no part of a core file, and takes small pages unless asked otherwise.
/// Threads: any; no lock. A few system calls each.
namespace heaptap::capture {

/// Chooses where private memory is to lie: in one piece, which the relay learns through `header`. Before,
/// and where that place is taken, it lies wherever the kernel puts it.
void openOwnMemory(wire::Header* header);

enum class OwnPages : std::uint8_t {
  Small,
  /// Huge ones where the system gives them on request, for a table that is looked up at random: with small
  /// ones each look-up would also miss the translation cache, which costs most in virtual machines.
  Huge,
};

/// `bytes` of zeros, private, in whole pages. Null on failure.
void* takeOwnMemory(std::size_t bytes, OwnPages pages = OwnPages::Small);
void giveOwnMemoryBack(void* at, std::size_t bytes);

/// Maps a part of a file for this process and others. Null on failure.
void* mapShared(int descriptor, std::uint64_t offset, std::size_t bytes);

/// Is this address in any of it? Threads: any.
bool isOwnMemory(std::uint64_t address);

/// Takes the locks off all of it (munlock(2)).
void unlockOwnMemory();

}  // namespace heaptap::capture
