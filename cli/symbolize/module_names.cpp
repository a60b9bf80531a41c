// SPDX-License-Identifier: Apache-2.0
#include "cli/symbolize/module_names.h"

#include <algorithm>
#include <compare>
#include <utility>

#include "agent/symbols/resolver.h"
#include "cli/symbolize/module_file.h"
#include "collector/model/frame_names.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::cli {
namespace {

/// How much is known of a frame; more is better.
struct Knowledge {
  bool function = false;
  bool line = false;
  std::size_t lines = 0;

  friend auto operator<=>(const Knowledge&, const Knowledge&) = default;
};

Knowledge knowledgeOf(const std::vector<symbols::SourceLine>& lines) {
  Knowledge known{.lines = lines.size()};
  for (const symbols::SourceLine& line : lines) {
    known.function |= !line.function.empty();
    known.line |= line.line != 0;
  }
  return known;
}

Knowledge knowledgeOf(const model::DefinitionsView& session, const model::FrameNames::Lines& lines) {
  Knowledge known{.lines = lines.count};
  for (std::uint32_t i = 0; i < lines.count; ++i) {
    known.function |= session.lines[lines.first + i].function != model::TextId{};
    known.line |= session.lines[lines.first + i].line != 0;
  }
  return known;
}

model::NamesMissing wordFor(symbols::LinesMissing missing) {
  using symbols::LinesMissing;
  switch (missing) {
    case LinesMissing::No: return model::NamesMissing::No;
    case LinesMissing::NoDescriptor: return model::NamesMissing::NoDescriptor;
    case LinesMissing::SplitFiles: return model::NamesMissing::SplitFiles;
    case LinesMissing::OtherDebugFile: return model::NamesMissing::OtherDebugFile;
    case LinesMissing::Damaged: return model::NamesMissing::DebugDamaged;
  }
  return model::NamesMissing::No;
}

/// The frames of each module that lack something, by module.
std::vector<std::vector<model::FrameId>> lackingFrames(const model::DefinitionsView& session,
                                                       const model::FrameNames& names) {
  std::vector<std::vector<model::FrameId>> lacking(session.modules.size());
  for (std::size_t i = 1; i < session.frames.size(); ++i) {
    const auto id = static_cast<model::FrameId>(i);
    const model::Frame& frame = session.frame(id);
    if (frame.module == 0) continue;
    const Knowledge known = knowledgeOf(session, names.of(id));
    if (!known.function || !known.line) lacking[frame.module - 1].push_back(id);
  }
  return lacking;
}

/// Names are of any length in debug information; a session's have a limit.
std::string shortened(std::string text) {
  constexpr std::size_t kMostBytes = 256 << 10;
  if (text.size() > kMostBytes) text.resize(kMostBytes);
  return text;
}

class Lookup {
 public:
  Lookup(const model::DefinitionsView& session, const symbols::SearchPlaces& places,
         store::NameRepair& repair, const NamesProgress& onProgress)
      : m_session(session),
        m_places(places),
        m_repair(repair),
        m_onProgress(onProgress),
        m_names(session),
        m_missing(session.namesMissing()) {}

  std::vector<ModuleOutcome> run() {
    std::vector<ModuleOutcome> outcomes;
    const auto lacking = lackingFrames(m_session, m_names);
    for (const auto& frames : lacking) m_all += frames.size();
    for (std::uint32_t module = 0; module < lacking.size(); ++module) {
      if (lacking[module].empty()) continue;
      tell(m_session.modules[module].path, 0);
      outcomes.push_back(lookUp(module, lacking[module]));
      m_done += lacking[module].size();
    }
    return outcomes;
  }

 private:
  void tell(const std::string& path, std::size_t ofModule) const {
    m_onProgress(path, static_cast<double>(m_done + ofModule) / static_cast<double>(m_all));
  }

  ModuleOutcome lookUp(std::uint32_t index, const std::vector<model::FrameId>& frames) {
    const model::Module& module = m_session.modules[index];
    ModuleOutcome outcome{
        .path = module.path, .buildId = module.buildId, .from = {}, .wanted = frames.size()};
    if (module.buildId.empty()) {
      outcome.kind = ModuleOutcome::Kind::NoBuildId;
      return outcome;
    }
    ModuleFile file = findModuleFile(module.path, module.buildId, m_places);
    if (file.path.empty()) {
      outcome.kind = file.other.empty() ? ModuleOutcome::Kind::NotFound : ModuleOutcome::Kind::OtherBuild;
      outcome.from = std::move(file.other);
      return outcome;
    }
    outcome.from = file.fromServer ? "a server" : file.path;
    symbols::Resolver resolver(m_places);
    const auto handle = resolver.addModule({file.path, module.path, module.buildId, nullptr});
    if (!resolver.isReadable(handle)) {
      outcome.kind = ModuleOutcome::Kind::Unreadable;
      return outcome;
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
      constexpr std::size_t kTold = 256;
      if (i % kTold == 0) tell(module.path, i);
      take(frames[i], resolver, handle, outcome);
    }
    const model::NamesMissing missing = wordFor(resolver.linesMissing(handle));
    outcome.lacksLines = missing != model::NamesMissing::No;
    if (missing != m_missing[index]) m_repair.modules.emplace_back(index, missing);
    return outcome;
  }

  void take(model::FrameId id, symbols::Resolver& resolver, symbols::Resolver::ModuleHandle handle,
            ModuleOutcome& outcome) {
    const model::Frame& frame = m_session.frame(id);
    // A return address may already belong to the next function or line.
    const bool isExact = (frame.flags & v1::FRAME_EXACT_PC) != 0;
    const auto lines = resolver.resolve(handle, isExact ? frame.pc : frame.pc - 1);
    const Knowledge before = knowledgeOf(m_session, m_names.of(id));
    const Knowledge after = knowledgeOf(lines);
    if (after <= before) return;
    outcome.named += after.function && !before.function ? 1U : 0U;
    outcome.withLines += after.line && !before.line ? 1U : 0U;
    store::NameRepair::Frame& repaired = m_repair.frames.emplace_back();
    repaired.id = static_cast<std::uint32_t>(model::index(id));
    for (const symbols::SourceLine& line : lines)
      repaired.lines.push_back(
          {shortened(line.function), shortened(line.file), line.line, line.inlined, line.allocator});
  }

  const model::DefinitionsView& m_session;
  const symbols::SearchPlaces& m_places;
  store::NameRepair& m_repair;
  const NamesProgress& m_onProgress;
  std::size_t m_all = 0;   ///< Frames.
  std::size_t m_done = 0;  ///< Of those, in the modules before.
  const model::FrameNames m_names;
  const std::vector<model::NamesMissing> m_missing;  ///< By module.
};

}  // namespace

std::vector<ModuleOutcome> findMissingNames(const model::DefinitionsView& session,
                                            const symbols::SearchPlaces& places, store::NameRepair& repair,
                                            const NamesProgress& onProgress) {
  return Lookup(session, places, repair, onProgress).run();
}

}  // namespace heaptap::cli
