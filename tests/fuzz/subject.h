// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heaptap::fuzz {

using Bytes = std::vector<std::uint8_t>;

/// What became of an input. Both are right answers; a crash, an endless loop and a sanitizer's report are
/// not.
enum class Verdict { Taken, Refused };

/// A reader of what strangers write, and examples of what it takes.
/// Threads: one.
struct Subject {
  const char* name;
  std::vector<Bytes> (*seeds)();
  Verdict (*read)(std::span<const std::uint8_t>);
  int rounds;  ///< Of mutations in a short run: a second or two.
};

/// Damage to a target's shared memory, read by the relay up to the messages.
[[nodiscard]] Subject sharedMemorySubject();
/// A relay's messages, read by the collector.
[[nodiscard]] Subject messagesSubject();
/// A batch of events, as a file has it.
[[nodiscard]] Subject columnsSubject();
/// A session file.
[[nodiscard]] Subject sessionFileSubject();
/// The same, of which all is asked that can be asked.
[[nodiscard]] Subject askedFileSubject();
/// SQL, asked of a sound session.
[[nodiscard]] Subject sqlTextSubject();
/// A collector's answers, read by viewers and the command line.
[[nodiscard]] Subject answersSubject();
/// A binary's .eh_frame_hdr and .eh_frame, read by the unwinder in the target.
[[nodiscard]] Subject unwindSubject();

}  // namespace heaptap::fuzz
