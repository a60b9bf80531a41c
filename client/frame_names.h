// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/model/definitions.h"
#include "collector/model/frame_names.h"

namespace heaptap::client {

using model::index;

enum class FunctionId : std::uint32_t {};  ///< From 0.

/// What the lines of a tree stand for: a function of a module; or, without a name, one place in the code; or
/// what a stack has in place of frames that are not known.
struct Function {
  model::TextId name{};      ///< The empty text: the place has no name.
  std::uint32_t module = 0;  ///< As in model::Frame.
  model::FrameId frame{};    ///< The first frame that it was seen in; without a name, the only one.

  bool operator==(const Function&) const = default;
};

/// The text of a frame that stands for something which is not a place in the code; empty: it is a place.
[[nodiscard]] std::string_view meaningOf(std::uint32_t frameFlags);

/// Which lines each frame of a session has by its newest naming, and which functions these are.
///
///     frame ──► m_lines     positions in DefinitionsView::lines
///       └─────► m_ranges ──► m_functions   one id for each line, innermost first; the allocator's own lines
///                                          have kAllocator
///
/// Never changes; one for more definitions is made from the one before.
/// Threads: any.
class FrameNames {
 public:
  /// In place of the function of a line that is the allocator's own: what people do not look for.
  static constexpr FunctionId kAllocator{0xFFFF'FFFF};

  /// Of `definitions`, which begin with those of `before`, if there is one: then only what is new is looked
  /// at. Returns `before` itself where nothing is.
  [[nodiscard]] static std::shared_ptr<const FrameNames> of(const model::DefinitionsView& definitions,
                                                            std::shared_ptr<const FrameNames> before = {});

  /// The lines of a frame by its newest naming; none: it has no names.
  [[nodiscard]] model::FrameNames::Lines lines(model::FrameId frame) const { return m_lines.of(frame); }
  /// The functions of a frame's lines, innermost first. At least one for each frame but "no frame".
  [[nodiscard]] std::span<const FunctionId> functions(model::FrameId frame) const {
    const Range range = m_ranges[index(frame)];
    return std::span(m_functions).subspan(range.first, range.count);
  }
  [[nodiscard]] const Function& function(FunctionId id) const { return m_known[index(id)]; }
  /// How many functions there are; their ids count from 0.
  [[nodiscard]] std::size_t functionCount() const { return m_known.size(); }

 private:
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  /// A function by name and module, or a frame by id: never both.
  using Key = std::pair<std::uint64_t, std::uint32_t>;

  void extend(const model::DefinitionsView& definitions);
  void setFunctions(const model::DefinitionsView& definitions, model::FrameId frame);
  FunctionId idOf(const Key& key, const Function& function);

  model::FrameNames m_lines;
  std::vector<Range> m_ranges;  ///< By frame.
  std::vector<FunctionId> m_functions;
  std::vector<Function> m_known;
  absl::flat_hash_map<Key, FunctionId> m_ids;
  std::size_t m_namingsSeen = 0;
};

/// The function's name as text; empty: it has none, or stands for no place in the code.
[[nodiscard]] std::string_view nameOf(const model::DefinitionsView& definitions, const Function& function);

}  // namespace heaptap::client
