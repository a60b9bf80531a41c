// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <vector>

#include "collector/store/database.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/replay/reference.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::replay {

/// A program of several threads that allocates, frees at once, frees late and leaks at random, stored in a
/// file with checkpoints here and there, by even seeds as a relay counts and packs it; and the same by the
/// plainest means.
class RandomSession {
 public:
  /// As short as its batches are few.
  static constexpr counting::SpanBuilder::Limits kShortSpans{
      .leastEvents = 200, .mostEvents = 2000, .bytesByEntry = 4, .spansInNext = 3};

  explicit RandomSession(unsigned seed, int batches = 20) : m_random(seed), m_isCounted(seed % 2 == 0) {
    const std::vector<std::uint32_t> threads = {0, m_program.thread("worker"), m_program.thread("other")};
    std::vector<std::uint32_t> stacks;
    for (const char* name : {"parse", "draw", "read", "cache"})
      stacks.push_back(m_program.stack({name, "main"}));
    std::vector<test::RecordedProgram::Block> live;
    std::uint64_t now = 1000;
    for (int batch = 0; batch < batches; ++batch) {
      const int events = 1 + below(300);
      for (int i = 0; i < events; ++i) {
        // Stamps are often equal: one thread alone reads the clock seldom.
        if (below(3) == 0) now += static_cast<std::uint64_t>(below(50'000));
        m_program.at(now).on(threads[static_cast<std::size_t>(below(3))]);
        if (!live.empty() && below(100) < 47) {
          const auto victim = below(4) == 0 ? static_cast<std::size_t>(below(static_cast<int>(live.size())))
                                            : live.size() - 1;
          m_program.free(live[victim]);
          live.erase(live.begin() + static_cast<std::ptrdiff_t>(victim));
        } else {
          live.push_back(m_program.allocate(static_cast<std::uint64_t>(8 * (1 + below(20))),
                                            stacks[static_cast<std::size_t>(below(4))]));
        }
      }
      m_program.flush();
      if (below(5) == 0) m_program.keyframe(static_cast<std::uint32_t>(1 + below(40)));
      if (below(6) == 0) addMark("mark " + std::to_string(batch), now);
    }
    m_program.exit(0);
    m_messages = m_program.messages();
    store();
  }

  [[nodiscard]] Reference reference() const { return Reference(m_messages); }
  [[nodiscard]] const std::filesystem::path& file() const { return m_file; }
  [[nodiscard]] const store::StoredSession& stored() const { return *m_stored; }
  int below(int limit) { return static_cast<int>(m_random() % static_cast<unsigned>(limit)); }

  /// Changes the file by hand.
  void change(const std::string& sql) {
    auto changed = store::Database::open(m_file, store::Database::Mode::ReadWrite)
                       .and_then([&](store::Database database) { return database.run(sql); });
    ASSERT_TRUE(changed) << changed.error().line();
  }

 private:
  void addMark(const std::string& name, std::uint64_t now) {
    v1::RecordRequest message;
    message.mutable_mark()->set_name(name);
    message.mutable_mark()->set_at_ns(now);
    m_program.send(message);
  }
  void store() {
    auto session = store::SessionUnderTest::create(m_file, m_program.hello()).value();
    session.limitSpans(kShortSpans);
    const auto messages = m_isCounted ? test::counted(m_program.hello(), m_messages) : m_messages;
    for (const v1::RecordRequest& message : messages) {
      ASSERT_TRUE(session.take(message));
      if ((!message.has_batch() && !message.has_counted()) || below(4) != 0) continue;
      ASSERT_TRUE(session.writer().commit(session.checkpoint()));
    }
    ASSERT_TRUE(session.finish());
    m_stored.emplace(store::load(m_file));
  }

  std::mt19937 m_random;
  bool m_isCounted;
  test::TemporaryFolder m_folder;
  std::filesystem::path m_file = m_folder / "random.heaptap";
  test::RecordedProgram m_program;
  std::vector<v1::RecordRequest> m_messages;
  std::optional<store::StoredSession> m_stored;
};

}  // namespace heaptap::replay
