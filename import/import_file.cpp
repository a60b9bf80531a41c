// SPDX-License-Identifier: Apache-2.0
#include "import/import_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <system_error>
#include <utility>

#include "collector/ingest/counters_check.h"
#include "collector/ingest/limits.h"
#include "collector/ingest/session_ingest.h"
#include "collector/model/copied_session.h"
#include "collector/store/checkpoint.h"
#include "collector/store/message_encoder.h"
#include "collector/store/session_writer.h"
#include "import/file_text.h"
#include "import/gperftools_reader.h"
#include "import/heaptrack_reader.h"
#include "import/jemalloc_reader.h"
#include "import/massif_reader.h"
#include "import/pprof_reader.h"

namespace heaptap::importing {
namespace fs = std::filesystem;
namespace {

struct Reader {
  std::string_view name;
  bool (*isFor)(std::string_view text);
  Result<void> (*read)(const std::string& where, std::string_view text, ProfileBuilder& profile);
  std::string_view lacking;
};

bool isHeaptrack(std::string_view text) {
  return text.starts_with("v ") && text.size() > 2 && text[2] != ' ' && text.find('\n') < 64;
}
bool isMassif(std::string_view text) {
  return text.starts_with("desc:") && text.substr(0, 1 << 16).find("\ntime_unit:") != std::string_view::npos;
}
/// The first field of any profile is its first sample type: two small numbers.
bool isPprof(std::string_view text) {
  constexpr char kMostBytes = 22;
  if (!text.starts_with('\n') || text.size() < 2) return false;
  const char bytes = text[1];
  return bytes == 0 ||
         (bytes > 0 && bytes <= kMostBytes && text.size() > 2 && (text[2] == 0x08 || text[2] == 0x10));
}

bool isGperftools(std::string_view text) {
  return text.starts_with("heap profile:") || text.starts_with("--- symbol");
}
bool isJemalloc(std::string_view text) { return text.starts_with("heap_v2/"); }

constexpr std::string_view kSumsOnly =
    "threads, lifetimes, entry points, events, sizes of single blocks, and the peak, for which what is live "
    "stands";

constexpr std::array kReaders{
    Reader{"heaptrack", isHeaptrack, readHeaptrack, "threads, lifetimes, entry points and single events"},
    Reader{"massif", isMassif, readMassif,
           "threads, lifetimes, entry points, events, and how many blocks there were: a stack has one of "
           "what it "
           "has at the peak and at the end, and one of what it has at one of them only"},
    Reader{"pprof", isPprof, readPprof, kSumsOnly},
    Reader{"gperftools", isGperftools, readGperftools, kSumsOnly},
    Reader{"jemalloc", isJemalloc, readJemalloc, kSumsOnly},
};

std::string knownFormats() {
  std::string known;
  for (const Reader& reader : kReaders) known += (known.empty() ? "" : ", ") + std::string(reader.name);
  return known;
}

std::string randomId() {
  std::random_device random;
  std::string id;
  while (id.size() < 16) id += static_cast<char>(random());
  return id;
}

/// The path of what is no library by its name; else of the first module.
std::string programAmong(const google::protobuf::RepeatedPtrField<v1::Modules::Module>& modules) {
  const auto found = std::find_if(modules.begin(), modules.end(), [](const v1::Modules::Module& module) {
    return module.path().starts_with('/') && module.path().find(".so") == std::string::npos;
  });
  return found != modules.end() ? found->path() : modules.Get(0).path();
}

/// What the file does not tell, as far as it can be guessed.
void completeHello(const fs::path& file, ProfileBuilder& profile) {
  v1::Hello& hello = profile.hello;
  const auto& modules = profile.modules().modules();
  if (hello.command_size() == 0)
    hello.add_command(modules.empty() ? file.filename().string() : programAmong(modules));
  hello.set_executable(hello.command(0));
  const fs::path program = fs::path(hello.command(0)).filename();
  for (const v1::Modules::Module& module : modules)
    if (fs::path(module.path()).filename() == program) {
      hello.set_executable(module.path());
      break;
    }
  struct stat status {};
  if (hello.started_at_unix_ns() == 0 && stat(file.c_str(), &status) == 0)
    hello.set_started_at_unix_ns(status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec);
}

/// A command line as one text, into words at its blanks.
void splitCommand(v1::Hello& hello) {
  if (hello.command_size() != 1) return;
  std::istringstream words(hello.command(0));
  hello.clear_command();
  for (std::string word; words >> word;) hello.add_command(word);
}

/// All that ingest and store check and write of any session.
class SessionFile {
 public:
  static Result<void> write(const std::string& where, ProfileBuilder& profile, const fs::path& file,
                            bool force) {
    auto ingest = ingest::SessionIngest::begin(profile.hello);
    if (!ingest) return named(where, std::move(ingest.error()));
    auto writer = store::SessionWriter::create(file, profile.hello, {.force = force});
    if (!writer) return named(file.string(), std::move(writer.error()));
    auto written = SessionFile(*ingest, *writer).writeAll(profile);
    if (written) return written;
    std::error_code ignored;
    for (const char* suffix : {"-wal", "-shm", "-journal", ""}) fs::remove(file.string() + suffix, ignored);
    // SQLite tells of the session by its whole path.
    return named(written.error().code == Code::Corrupt ? where : file.string(), std::move(written.error()));
  }

 private:
  SessionFile(ingest::SessionIngest& ingest, store::SessionWriter& writer)
      : m_ingest(ingest), m_writer(writer), m_encoder(ingest.record()) {}

  /// An error of a file as it was named, not of a message.
  static Result<void> named(const std::string& where, Error error) {
    error.where = where;
    return tl::unexpected(std::move(error));
  }

  Result<void> add(v1::RecordRequest message) {
    message.set_sequence(++m_sequence);
    if (auto applied = m_ingest.apply(message); !applied) return tl::unexpected(std::move(applied.error()));
    return m_encoder.encode(message, m_ingest.record()).map([this](store::StoredRow row) {
      m_writer.add(std::move(row));
    });
  }

  Result<void> writeAll(const ProfileBuilder& profile) {
    v1::RecordRequest message;
    *message.mutable_modules() = profile.modules();
    if (auto added = add(message); !added) return added;
    *message.mutable_frames() = profile.frames();
    if (auto added = add(message); !added) return added;
    *message.mutable_symbols() = profile.symbols();
    if (auto added = add(message); !added) return added;
    *message.mutable_stack_nodes() = profile.stacks();
    if (auto added = add(message); !added) return added;
    *message.mutable_pairs() = profile.pairs();
    if (auto added = add(message); !added) return added;
    message.mutable_goodbye()->set_end(profile.isWholeRun ? v1::Goodbye::END_GONE : v1::Goodbye::END_STOPPED);
    message.mutable_goodbye()->set_ended_ns(profile.endNs);
    if (auto added = add(message); !added) return added;
    model::SessionCounters counters = countersOf(profile);
    auto checked = ingest::checkCounters(counters, m_ingest.record().definitions.now()).and_then([&] {
      return ingest::checkTimeline(counters.timeline, counters.counts.totals.lastEventNs);
    });
    if (!checked) return checked;
    BlobEncoder encoder;
    auto checkpoint = store::Checkpoint::of(m_sequence, counters, encoder);
    if (!checkpoint) return tl::unexpected(std::move(checkpoint.error()));
    return m_writer.finish(*checkpoint);
  }

  static model::SessionCounters countersOf(const ProfileBuilder& profile) {
    model::SessionCounters counters;
    model::Totals& totals = counters.counts.totals;
    counters.counts.pairs = profile.counters();
    for (std::size_t i = 0; i < profile.counters().size(); ++i) {
      const model::PairCounters& pair = profile.counters()[i];
      const std::uint64_t size = profile.pairs().size(static_cast<int>(i));
      totals.allocations += pair.allocations;
      totals.frees += pair.frees();
      totals.allocatedBytes += pair.allocations * size;
      totals.liveBytes += pair.live * size;
      totals.peakBytes += pair.liveAtPeak * size;
      totals.temporaries += pair.temporaries;
    }
    totals.peakAtNs = profile.peakAtNs;
    totals.lastEventNs = profile.endNs;
    counters.timeline = profile.timeline;
    counters.timeline.reach(profile.endNs);
    counters.lifetimes.back() = totals.frees;  // Not known: the longest, which no report shows.
    return counters;
  }

  ingest::SessionIngest& m_ingest;
  store::SessionWriter& m_writer;
  store::MessageEncoder m_encoder;
  std::uint64_t m_sequence = 0;
};

}  // namespace

Result<Imported> importFile(const fs::path& file, const fs::path& session, bool force) {
  std::error_code ignored;
  if (fs::equivalent(file, session, ignored))
    return failure(Code::Usage, session.string(), "this is the file to be imported", "choose another name");
  const auto readerFor = [](std::string_view begin) {
    return std::find_if(kReaders.begin(), kReaders.end(),
                        [begin](const Reader& reader) { return reader.isFor(begin); });
  };
  auto text = fileText(file, [&](std::string_view begin) { return readerFor(begin) != kReaders.end(); });
  if (!text) {
    if (text.error().code == Code::NotASession && text.error().remedy.empty())
      text.error().remedy = "one of: " + knownFormats();
    return tl::unexpected(std::move(text.error()));
  }
  const Reader& reader = *readerFor(std::string_view(*text).substr(0, kBeginBytes));
  ProfileBuilder profile;
  v1::Hello& hello = profile.hello;
  hello.set_protocol(ingest::kProtocol);
  hello.set_session_id(randomId());
  hello.set_time_unit_ns(1);
  if (auto read = reader.read(file.string(), *text, profile); !read)
    return tl::unexpected(std::move(read.error()));
  hello.set_agent_version(std::string(model::kImported) + std::string(reader.name) +
                          (profile.remark.empty() ? "" : " (" + profile.remark + ")") +
                          ", which does not tell " + std::string(reader.lacking));
  splitCommand(hello);
  completeHello(file, profile);
  return SessionFile::write(file.string(), profile, session, force).map([&reader] {
    return Imported{.format = std::string(reader.name), .lacking = std::string(reader.lacking)};
  });
}

}  // namespace heaptap::importing
