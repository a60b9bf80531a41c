// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "client/profile.h"

namespace heaptap::client {

/// Puts a profile together by hand.
///   ProfileBuilder builder;
///   builder.count({.size = 128, .stack = builder.stack({"parse", "main"}), .allocations = 3, .live = 1});
///   const Profile profile = builder.profile();
class ProfileBuilder {
 public:
  ProfileBuilder();

  struct Line {
    std::string function = {};
    std::string file = {};
    std::uint32_t line = 0;
    bool isAllocator = false;
  };
  /// A frame in the program; `lines` innermost first, none: it has no name.
  model::FrameId place(const std::vector<Line>& lines, std::uint32_t flags = 0, std::uint32_t module = 1);
  /// The frame of a function, always the same; malloc and calloc are the allocator's.
  model::FrameId frame(const std::string& function);
  /// Another name for a frame.
  void rename(model::FrameId frame, const std::vector<Line>& lines);
  /// Innermost first, as a debugger shows it.
  model::StackId stack(const std::vector<std::string>& functions);
  model::StackId stackOf(const std::vector<model::FrameId>& frames);
  /// One more frame, called from a stack.
  model::StackId below(model::StackId caller, model::FrameId frame);
  model::HeapId heap(const std::string& name);
  /// One more thread. Returns its index, from 0.
  std::uint32_t thread(std::uint32_t tid, const std::string& name);
  /// One more module. Returns its number, from 1 (the program is 1).
  std::uint32_t module(const std::string& path);

  struct Counted {
    std::uint64_t size = 0;
    model::StackId stack{};
    std::uint64_t allocations = 0;
    std::uint64_t live = 0;
    std::uint64_t atPeak = 0;
    std::uint64_t temporaries = 0;
    model::HeapId heap{};
    v1::Origin origin = v1::ORIGIN_MALLOC;
    std::uint64_t slack = model::Pair::kUnknownSlack;
    std::uint64_t sampleInterval = 0;
  };
  /// Defines one more pair.
  model::PairId count(const Counted& counted);
  void freedAt(model::PairId pair, model::StackId stack, std::uint64_t frees);
  model::Counts& counts() { return m_counts; }
  v1::Summary& summary() { return m_summary; }

  [[nodiscard]] Profile profile() const;

 private:
  model::TextId text(const std::string& text);

  model::Definitions m_definitions;
  model::Counts m_counts;
  v1::Summary m_summary;
  std::map<std::string, model::TextId> m_texts;
  std::map<std::string, model::FrameId> m_frames;
  std::map<std::pair<model::StackId, model::FrameId>, model::StackId> m_stacks;
};

/// Names of functions, outermost first, as `main;parse`.
std::string namesOf(const Profile& profile, const std::vector<FunctionId>& functions);
std::string nameOf(const Profile& profile, FunctionId function);

}  // namespace heaptap::client
