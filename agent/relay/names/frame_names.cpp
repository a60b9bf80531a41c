// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/frame_names.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace heaptap::relay {
namespace {

constexpr std::size_t kMaxMessageBytes = 512 << 10;

using namespace std::chrono_literals;

/// What a program has allocated from by then is most of what it ever will; after that, pauses double up to
/// the longest.
constexpr auto kFirstPause = 100ms;
constexpr auto kLongestPause = 30s;
/// Binaries may have to be read again each time: no more than a twentieth of the time goes into that.
constexpr int kRestPerWork = 20;

/// How long names wait for a drain that is busy. (Priorities would not do: a relay is a session of its own,
/// whose threads the kernel's autogroups weigh against each other only.)
constexpr auto kNamesWait = 2s;

/// Keeps the messages for another thread to send.
class Kept final : public MessageSink {
 public:
  void send(v1::RecordRequest& request) override { m_messages.push_back(std::move(request)); }
  std::vector<v1::RecordRequest> take() { return std::move(m_messages); }

 private:
  std::vector<v1::RecordRequest> m_messages;
};

/// A return address may already belong to the next function or line.
std::uint64_t addressOf(const Frame& frame) {
  return (frame.flags & v1::FRAME_EXACT_PC) != 0 ? frame.pc : frame.pc - 1;
}

}  // namespace

/// One Symbols message in the making.
class SymbolsMessage {
 public:
  explicit SymbolsMessage(MessageSink& sink) : m_sink(sink) { begin(); }
  ~SymbolsMessage() { flush(); }

  void add(std::uint32_t frame, const std::vector<symbols::SourceLine>& lines) {
    for (const symbols::SourceLine& line : lines) {
      out().add_frame(frame);
      out().add_function(text(line.function));
      out().add_file(text(line.file));
      out().add_line(line.line);
      out().add_inlined(line.inlined);
      out().add_allocator(line.allocator);
      m_bytes += 16;
    }
    if (m_bytes < kMaxMessageBytes) return;
    flush();
    begin();
  }

 private:
  v1::Symbols& out() { return *m_request.mutable_symbols(); }

  void begin() {
    m_request.Clear();
    m_text.clear();
    m_bytes = 0;
    text("");
  }

  void flush() {
    if (out().frame_size() != 0) m_sink.send(m_request);
  }

  /// Debug information may have names of any length; collectors take a megabyte.
  std::uint32_t text(const std::string& whole) {
    constexpr std::size_t kMaxName = 256 << 10;
    const std::string& string = whole.size() > kMaxName ? m_cut = whole.substr(0, kMaxName) : whole;
    const auto [place, isNew] = m_text.try_emplace(string, static_cast<std::uint32_t>(m_text.size()));
    if (isNew) {
      out().add_text(string);
      m_bytes += string.size();
    }
    return place->second;
  }

  MessageSink& m_sink;
  v1::RecordRequest m_request;
  absl::flat_hash_map<std::string, std::uint32_t> m_text;
  std::string m_cut;
  std::size_t m_bytes = 0;
};

FrameNames::FrameNames(std::shared_ptr<BinaryNames> binaries, const TargetProcess& process,
                       const StackImport& stacks, const ModuleImport& modules)
    : m_binaries(std::move(binaries)),
      m_stacks(stacks),
      m_modules(modules),
      m_madeCode(process),
      m_pause(kFirstPause),
      m_next(Clock::now() + kFirstPause) {}

FrameNames::~FrameNames() { m_abandoned = true; }

FrameNames::Task FrameNames::takeNew() {
  const std::span<const Frame> frames = m_stacks.sentFrames();
  for (; m_taken < frames.size(); ++m_taken) m_again.push_back(static_cast<std::uint32_t>(m_taken));
  Task task{{}, m_modules.modules()};
  constexpr std::uint32_t kNoPlace = v1::FRAME_OVERFLOW | v1::FRAME_TRUNCATED | v1::FRAME_LOST;
  for (const std::uint32_t index : std::exchange(m_again, {}))
    if ((frames[index].flags & kNoPlace) == 0) task.frames.push_back({frames[index], index + 1});
  // One binary after the other, so that few need to be open at a time.
  std::stable_sort(task.frames.begin(), task.frames.end(),
                   [](const Wanted& a, const Wanted& b) { return a.frame.module < b.frame.module; });
  return task;
}

/// Returns: the indexes of frames without a name.
std::vector<std::uint32_t> FrameNames::lookUpMadeCode(std::span<const Wanted> frames,
                                                      SymbolsMessage& message) {
  std::vector<std::uint64_t> addresses;
  for (const auto& [frame, id] : frames) addresses.push_back(addressOf(frame));
  std::sort(addresses.begin(), addresses.end());
  const symbols::MadeNames names = addresses.empty() ? symbols::MadeNames() : m_madeCode.namesOf(addresses);
  std::vector<std::uint32_t> nameless;
  for (const auto& [frame, id] : frames) {
    if (const auto found = names.find(addressOf(frame)); found != names.end())
      message.add(id, {found->second});
    else
      nameless.push_back(id - 1);
  }
  return nameless;
}

std::vector<std::uint32_t> FrameNames::lookUp(const Task& task, MessageSink& sink) {
  std::vector<std::uint32_t> again;
  std::map<std::uint32_t, v1::ModuleNames::Missing> missing;
  {
    SymbolsMessage message(sink);
    const auto firstOfFile = std::find_if(task.frames.begin(), task.frames.end(),
                                          [](const Wanted& each) { return each.frame.module != 0; });
    const std::span<const Wanted> made(task.frames.begin(), firstOfFile);
    const std::span<const Wanted> ofFiles(firstOfFile, task.frames.end());
    again = lookUpMadeCode(made, message);
    std::shared_ptr<BinaryNames::Binary> binary;
    std::uint32_t open = 0;
    // Of some lines it is known now only that they are missing.
    const auto noteLines = [&] {
      if (binary != nullptr && missing[open - 1] == v1::ModuleNames::MISSING_UNSPECIFIED)
        missing[open - 1] = binary->missing();
    };
    for (const auto& [frame, id] : ofFiles) {
      if (m_abandoned) break;
      if (frame.module != open) {
        noteLines();
        open = frame.module;
        binary.reset();
        const Module& module = task.modules[open - 1];
        binary = m_binaries->of(module);
        missing[open - 1] = binary == nullptr ? module.source.missing : binary->missing();
        if (binary != nullptr && missing[open - 1] == v1::ModuleNames::MISSING_NO_DESCRIPTOR) {
          m_binaries->forgetAllUnused();
          missing[open - 1] = binary->missing();
        }
      }
      if (missing[open - 1] == v1::ModuleNames::MISSING_NO_DESCRIPTOR) again.push_back(id - 1);
      if (binary == nullptr) continue;
      message.add(id, binary->at(addressOf(frame)));
    }
    noteLines();
  }
  for (const auto& [module, why] : missing) tellMissing(module, why, sink);
  return again;
}

void FrameNames::tellMissing(std::uint32_t module, v1::ModuleNames::Missing missing, MessageSink& sink) {
  auto& told = m_missing[module];
  if (told == missing) return;
  // That these frames have their lines does not give others theirs.
  if (told == v1::ModuleNames::MISSING_SPLIT_FILES && missing == v1::ModuleNames::MISSING_UNSPECIFIED) return;
  told = missing;
  v1::RecordRequest request;
  request.mutable_module_names()->add_module(module);
  request.mutable_module_names()->add_missing(missing);
  sink.send(request);
}

void FrameNames::sendFound(Found found, MessageSink& sink) {
  for (v1::RecordRequest& message : found.messages) sink.send(message);
  m_again.insert(m_again.end(), found.again.begin(), found.again.end());
  m_pause = std::max<Clock::duration>(std::min<Clock::duration>(m_pause * 2, kLongestPause),
                                      found.took * kRestPerWork);
  m_next = Clock::now() + m_pause;
}

void FrameNames::advance(Clock::time_point now, bool busy, MessageSink& sink) {
  if (m_underWay.valid()) {
    if (m_underWay.wait_for(0s) != std::future_status::ready) return;
    sendFound(m_underWay.get(), sink);
  }
  if (now < m_next + (busy ? kNamesWait : 0s) || m_stacks.sentFrames().size() == m_taken) return;
  const std::size_t taken = m_taken;
  const std::vector<std::uint32_t> again = m_again;
  try {
    m_underWay = std::async(std::launch::async, [this, task = takeNew()] {
      const Clock::time_point begun = Clock::now();
      Kept kept;
      std::vector<std::uint32_t> unopened = lookUp(task, kept);
      return Found{kept.take(), std::move(unopened), Clock::now() - begun};
    });
  } catch (const std::system_error&) {  // No thread is to be had: later, then, or at the end.
    m_taken = taken;
    m_again = again;
    m_next = now + kLongestPause;
  }
}

void FrameNames::finish(MessageSink& sink) {
  if (m_underWay.valid()) sendFound(m_underWay.get(), sink);
  lookUp(takeNew(), sink);
}

}  // namespace heaptap::relay
