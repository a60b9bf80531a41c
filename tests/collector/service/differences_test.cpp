// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "collector/ingest/definitions_reader.h"
#include "tests/collector/service/recording_fixture.h"

namespace heaptap::service {
namespace {

/// A client that keeps what a collector has told, and asks only for what is new.
class Client {
 public:
  void refresh(v1::Query::Stub& query) {
    refreshCounts(query, {});
    refreshDefinitions(query);
  }
  void refreshDefinitions(v1::Query::Stub& query) {
    grpc::ClientContext context;
    v1::GetDefinitionsRequest request;
    *request.mutable_since() = position;
    const auto stream = query.GetDefinitions(&context, request);
    for (v1::DefinitionsReply reply; stream->Read(&reply);) {
      apply(reply);
      position = reply.position();
      ++definitionMessages;
    }
    ASSERT_TRUE(stream->Finish().ok());
  }
  void refreshCounts(v1::Query::Stub& query, const std::string& snapshot) {
    grpc::ClientContext context;
    v1::GetCountsRequest request;
    if (!snapshot.empty()) request.mutable_at()->set_mark(snapshot);
    if (moment.epoch() != 0 && snapshot.empty()) *request.mutable_since() = moment;
    const auto stream = query.GetCounts(&context, request);
    bool first = true;
    pairsTold = 0;
    for (v1::CountsReply reply; stream->Read(&reply); first = false) {
      if (first) begin(reply);
      std::uint32_t pair = 0;
      for (int i = 0; i < reply.pair_size(); ++i) {
        pair += reply.pair(i);
        ASSERT_LT(pair, pairs.size());
        pairs[pair] = {.allocations = reply.allocations(i),
                       .live = reply.live(i),
                       .liveAtPeak = reply.live_at_peak(i),
                       .temporaries = reply.temporaries(i)};
      }
      pairsTold += reply.pair_size();
    }
    const grpc::Status status = stream->Finish();
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  void begin(const v1::CountsReply& reply) {
    onlyChanges = reply.only_changes();
    if (!onlyChanges) pairs.clear();
    pairs.resize(reply.pairs());
    summary = reply.summary();
    mark = reply.instant();
    moment = reply.moment();
  }

  [[nodiscard]] const model::DefinitionsView& known() const { return definitions.now(); }
  [[nodiscard]] std::uint64_t liveBytes() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i)
      if (known().pairs[i].heap == model::kMallocHeap) sum += pairs[i].live * known().pairs[i].size;
    return sum;
  }

  v1::DefinitionsPosition position;
  v1::CountsMoment moment;
  model::Definitions definitions;
  std::vector<model::PairCounters> pairs;
  v1::Summary summary;
  v1::InstantReport mark;
  bool onlyChanges = false;
  int pairsTold = 0;
  int definitionMessages = 0;

 private:
  void apply(const v1::DefinitionsReply& reply) {
    using Item = v1::DefinitionsReply::ItemCase;
    const auto define = [&](const auto& message) {
      const auto defined = m_reader.apply(message, definitions);
      ASSERT_TRUE(defined) << defined.error().line();
    };
    switch (reply.item_case()) {
      case Item::kModules: return define(reply.modules());
      case Item::kModuleNames: return define(reply.module_names());
      case Item::kThreads: return define(reply.threads());
      case Item::kHeaps: return define(reply.heaps());
      case Item::kFrames: return define(reply.frames());
      case Item::kStackNodes: return define(reply.stack_nodes());
      case Item::kPairs: return define(reply.pairs());
      case Item::kSymbols: return define(reply.symbols());
      case Item::ITEM_NOT_SET: return;
    }
  }
  ingest::DefinitionsReader m_reader;
};

template <class T>
bool sameEntries(const model::Column<T>& a, const model::Column<T>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

/// The function of each frame, as it was said last.
std::vector<std::string> functions(const model::DefinitionsView& known) {
  std::vector<std::string> names(known.frames.size());
  for (const model::Naming& naming : known.namings)
    names[index(naming.frame)] = known.texts[index(known.lines[naming.firstLine].function)];
  return names;
}

/// A client that has followed has what one has that asks for everything.
class Differences : public Recording {
 protected:
  void expectThatItHasAll(const Client& client) {
    Client fresh;
    fresh.refresh(*query);
    ASSERT_FALSE(fresh.onlyChanges);
    EXPECT_EQ(client.pairs, fresh.pairs);
    const model::DefinitionsView& known = client.known();
    const model::DefinitionsView& all = fresh.known();
    EXPECT_TRUE(sameEntries(known.modules, all.modules));
    EXPECT_EQ(known.namesMissing(), all.namesMissing());
    EXPECT_EQ(known.threads.size(), all.threads.size());
    EXPECT_EQ(known.threadNames(), all.threadNames());
    EXPECT_TRUE(sameEntries(known.heapNames, all.heapNames));
    EXPECT_TRUE(sameEntries(known.frames, all.frames));
    EXPECT_TRUE(sameEntries(known.stacks, all.stacks));
    EXPECT_TRUE(sameEntries(known.stackFlags, all.stackFlags));
    EXPECT_TRUE(sameEntries(known.pairs, all.pairs));
    EXPECT_EQ(functions(known), functions(all));
    EXPECT_EQ(client.liveBytes(), client.summary.live_bytes()) << "both of one moment";
  }
  void restart() {
    relay.reset();
    collector.reset();
    ownFiles = {file};
    start(false);
    relay.emplace(channel, program.hello());
    ASSERT_EQ(relay->accepted().value().last_stored(), sent);
  }
  void sendNew() {
    program.flush();
    const auto all = program.messages();
    if (sent == all.size()) return;
    ASSERT_TRUE(relay->send(all, sent, all.size()));
    sent = all.size();
    ASSERT_TRUE(relay->waitForAck(sent));
  }
  std::filesystem::path file;
  std::optional<TestRelay> relay;
  std::size_t sent = 0;
};

/// What a program does at random, so that every kind of definition comes again and again.
class AtRandom {
 public:
  AtRandom(test::RecordedProgram& program, unsigned seed) : m_program(program), m_random(seed) {}

  void play() {
    if (m_random() % 8 == 0) m_heaps.push_back(m_program.heap("heap " + std::to_string(m_heaps.size())));
    if (m_random() % 6 == 0) m_program.on(m_program.thread("thread"));
    if (m_random() % 4 == 0) sayAgain();
    const bool grows = m_round++ % 6 < 3;
    for (auto i = m_random() % 60; i > 0; --i) event(grows);
  }

 private:
  void event(bool grows) {
    m_program.at(m_now += m_random() % 1000);
    if (!m_live.empty() && m_random() % 100 < (grows ? 35U : 65U)) {
      std::swap(m_live[m_random() % m_live.size()], m_live.back());
      m_program.free(m_live.back());
      m_live.pop_back();
      return;
    }
    const auto stack = m_program.stack(
        {"f" + std::to_string(m_random() % 40), "g" + std::to_string(m_random() % 5), "main"});
    const std::uint64_t size = 8 * (1 + m_random() % 6);
    const std::uint32_t heap = m_random() % 5 == 0 ? m_heaps[m_random() % m_heaps.size()] : 0;
    m_live.push_back(heap == 0 ? m_program.allocate(size, stack) : m_program.allocateIn(heap, size, stack));
  }
  void sayAgain() {
    m_program.flush();
    v1::RecordRequest words, names, symbols;
    words.mutable_module_names()->add_module(0);
    words.mutable_module_names()->add_missing(
        static_cast<v1::ModuleNames::Missing>(m_random() % v1::ModuleNames::Missing_ARRAYSIZE));
    m_program.send(words);
    v1::Threads::Renamed& renamed = *names.mutable_threads()->add_renamed();
    renamed.set_thread(0);
    renamed.set_name("main " + std::to_string(m_random()));
    m_program.send(names);
    for (const std::string& text : {std::string(), "other " + std::to_string(m_random())})
      symbols.mutable_symbols()->add_text(text);
    const std::uint32_t frame = m_program.frame("f" + std::to_string(m_random() % 40));
    m_program.flush();
    symbols.mutable_symbols()->add_frame(frame);
    symbols.mutable_symbols()->add_function(1);
    symbols.mutable_symbols()->add_file(0);
    symbols.mutable_symbols()->add_line(7);
    symbols.mutable_symbols()->add_inlined(false);
    m_program.send(symbols);
  }

  test::RecordedProgram& m_program;
  std::mt19937 m_random;
  unsigned m_round = 0;
  std::uint64_t m_now = 0;
  std::vector<std::uint32_t> m_heaps{1};
  std::vector<test::RecordedProgram::Block> m_live;
};

TEST_F(Differences, OfALiveSessionLeadToAllThatThereIs) {
  start(false);
  relay.emplace(channel, program.hello());
  ASSERT_TRUE(relay->accepted());
  file = waitFor(Kind::Opened).file;
  AtRandom random(program, 7);
  std::mt19937 choice(11);
  std::vector<Client> clients(3);
  int told = 0, defined = 0;
  std::map<std::string, std::vector<model::PairCounters>> snapshots;
  for (int round = 0; round < 80; ++round) {
    random.play();
    if (round % 20 == 7) {
      program.flush();
      v1::RecordRequest mark;
      mark.mutable_mark()->set_name("round " + std::to_string(round));
      mark.mutable_mark()->set_snapshot(true);
      program.send(mark);
    }
    sendNew();
    if (round % 30 == 20) restart();
    Client& client = clients[choice() % clients.size()];
    client.refresh(*query);
    expectThatItHasAll(client);
    if (round % 20 == 7) snapshots.emplace("round " + std::to_string(round), client.pairs);
    if (client.onlyChanges) {
      told += client.pairsTold;
      defined += static_cast<int>(client.pairs.size());
    }
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(told, 0);
  EXPECT_LT(told, defined / 2) << "what has not changed is not told";
  for (auto& [name, then] : snapshots) {
    Client client;
    client.refreshCounts(*query, name);
    client.refreshDefinitions(*query);
    EXPECT_EQ(client.mark.mark(), name);
    EXPECT_EQ(client.liveBytes(), client.mark.live_bytes());
    EXPECT_EQ(client.summary.live_bytes(), client.mark.live_bytes());
    then.resize(std::max(then.size(), client.pairs.size()));
    client.pairs.resize(then.size());
    EXPECT_EQ(client.pairs, then);
  }
  program.exit(0);
  const auto all = program.messages();
  ASSERT_TRUE(relay->send(all, sent, all.size()));
  ASSERT_TRUE(relay->finish().ok());
  for (Client& client : clients) {
    client.refresh(*query);
    expectThatItHasAll(client);
    EXPECT_FALSE(client.onlyChanges);
    EXPECT_EQ(client.moment.epoch(), 0U) << "it will not change any more";
  }
}

TEST_F(Differences, AreNothingWhereNothingHasChanged) {
  start(false);
  relay.emplace(channel, program.hello());
  ASSERT_TRUE(relay->accepted());
  threeBatches();
  sendNew();
  Client client;
  client.refresh(*query);
  EXPECT_EQ(client.pairsTold, 3);
  client.definitionMessages = 0;
  client.refresh(*query);
  EXPECT_TRUE(client.onlyChanges);
  EXPECT_EQ(client.pairsTold, 0);
  EXPECT_EQ(client.definitionMessages, 1) << "with the position only";
}

TEST_F(Differences, AWrongMomentOrPositionOnlyCostsTheWholeAnswer) {
  start(false);
  relay.emplace(channel, program.hello());
  ASSERT_TRUE(relay->accepted());
  threeBatches();
  sendNew();
  Client client;
  client.refresh(*query);
  client.moment.set_epoch(~0ULL);
  client.refreshCounts(*query, {});
  EXPECT_FALSE(client.onlyChanges);
  EXPECT_EQ(client.pairsTold, 3);
  client.moment.set_collector(1);
  client.refreshCounts(*query, {});
  EXPECT_FALSE(client.onlyChanges);
  client.position.set_frames(~0ULL);
  client.position.set_stack_nodes(~0ULL);
  client.position.set_namings(~0ULL);
  client.refreshDefinitions(*query);
  expectThatItHasAll(client);
}

}  // namespace
}  // namespace heaptap::service
