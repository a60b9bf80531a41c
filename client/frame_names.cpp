// SPDX-License-Identifier: Apache-2.0
#include "client/frame_names.h"

#include <vector>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::client {

std::string_view meaningOf(std::uint32_t frameFlags) {
  if ((frameFlags & v1::FRAME_OVERFLOW) != 0) return "[stack unknown: the table was full]";
  if ((frameFlags & v1::FRAME_TRUNCATED) != 0) return "[outer frames: deeper than heaptap walks]";
  if ((frameFlags & v1::FRAME_LOST) != 0) return "[outer frames: could not be followed]";
  return {};
}

std::shared_ptr<const FrameNames> FrameNames::of(const model::DefinitionsView& definitions,
                                                 std::shared_ptr<const FrameNames> before) {
  if (before && before->m_namingsSeen == definitions.namings.size() &&
      before->m_ranges.size() == definitions.frames.size())
    return before;
  auto names = before ? std::make_shared<FrameNames>(*before) : std::make_shared<FrameNames>();
  names->extend(definitions);
  return names;
}

void FrameNames::extend(const model::DefinitionsView& definitions) {
  const std::size_t known = m_ranges.size();
  m_ranges.resize(definitions.frames.size());
  m_lines.extend(definitions);
  for (; m_namingsSeen < definitions.namings.size(); ++m_namingsSeen) {
    const model::FrameId frame = definitions.namings[m_namingsSeen].frame;
    if (index(frame) < known) setFunctions(definitions, frame);
  }
  for (std::size_t i = known; i < definitions.frames.size(); ++i)
    setFunctions(definitions, static_cast<model::FrameId>(i));
}

void FrameNames::setFunctions(const model::DefinitionsView& definitions, model::FrameId frame) {
  Range& range = m_ranges[index(frame)];
  range = {.first = static_cast<std::uint32_t>(m_functions.size()), .count = 0};
  if (frame == model::FrameId{}) return;
  const model::Frame& place = definitions.frame(frame);
  const model::FrameNames::Lines named = lines(frame);
  constexpr std::uint32_t kMarkers = v1::FRAME_OVERFLOW | v1::FRAME_TRUNCATED | v1::FRAME_LOST;
  constexpr std::uint64_t kMarkerKey = 1ULL << 32;
  constexpr std::uint64_t kPlaceKey = 1ULL << 33;
  if ((place.flags & kMarkers) != 0) {
    m_functions.push_back(idOf({kMarkerKey, place.flags & kMarkers}, {.frame = frame}));
  } else if (named.count == 0) {
    m_functions.push_back(idOf({kPlaceKey, static_cast<std::uint32_t>(index(frame))},
                               {.module = place.module, .frame = frame}));
  } else {
    for (std::uint32_t i = 0; i < named.count; ++i) {
      const model::SymbolLine& line = definitions.lines[named.first + i];
      if (line.allocator)
        m_functions.push_back(kAllocator);
      else if (line.function == model::TextId{})
        m_functions.push_back(idOf({kPlaceKey, static_cast<std::uint32_t>(index(frame))},
                                   {.module = place.module, .frame = frame}));
      else
        m_functions.push_back(idOf({index(line.function), place.module},
                                   {.name = line.function, .module = place.module, .frame = frame}));
    }
  }
  range.count = static_cast<std::uint32_t>(m_functions.size()) - range.first;
}

FunctionId FrameNames::idOf(const Key& key, const Function& function) {
  const auto [found, isNew] = m_ids.try_emplace(key, static_cast<FunctionId>(m_known.size()));
  if (isNew) m_known.push_back(function);
  return found->second;
}

std::string_view nameOf(const model::DefinitionsView& definitions, const Function& function) {
  return definitions.texts[index(function.name)];
}

}  // namespace heaptap::client
