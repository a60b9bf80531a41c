// SPDX-License-Identifier: Apache-2.0
//
// An input is what a collector answers, as a reader takes it: messages, each after a byte that says of which
// kind it is and its length in four bytes. What is taken is looked at in every way that there is.
#include <cstring>

#include "client/call_tree.h"
#include "client/caller_tree.h"
#include "client/counts_reader.h"
#include "client/definitions_fetch.h"
#include "client/filter.h"
#include "client/function_costs.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "collector/ingest/session_ingest.h"
#include "collector/query/counts_stream.h"
#include "collector/query/definitions_stream.h"
#include "tests/collector/recorded_program.h"
#include "tests/fuzz/subject.h"

namespace heaptap::fuzz {
namespace {

constexpr std::uint8_t kDefinitions = 0;
constexpr std::uint8_t kCounts = 1;

void lookAt(const client::Profile& profile) {
  const auto match = client::FilterMatch::of(profile, {.function = client::TextPattern{"a"}});
  const client::SiteTable table(profile);
  for (const std::uint32_t site : table.select({.limit = 3, .anyOfOrders = true}).sites) {
    (void)table.errors(site);
    (void)table.sizes(site);
    (void)table.origins(site);
    (void)table.slack(site);
    for (const client::FreedAt& freed : table.freedAt(site)) (void)client::stackLines(profile, freed.stack);
    (void)client::stackLines(profile, table.key(site).stack);
    (void)profile.definitions.heapName(table.key(site).heap);
  }
  const client::StackCosts costs(profile, client::Cost::AllocatedBytes, match.value());
  const client::CallTree tree(profile, costs);
  (void)tree.children(client::CallTree::kRoot);
  const client::CallerTree callers(profile, costs);
  for (const client::CallerTree::Node& node : callers.allocating()) (void)callers.callers(node);
  for (const client::FunctionCost& each : client::functionCosts(profile, costs))
    (void)client::neighboursOf(profile, costs, each.function);
}

Verdict read(std::span<const std::uint8_t> input) {
  client::FetchedDefinitions definitions("somewhere");
  client::CountsReader counts("somewhere", nullptr);
  while (input.size() > 1 + sizeof(std::uint32_t)) {
    const std::uint8_t kind = input[0];
    std::uint32_t length = 0;
    std::memcpy(&length, input.data() + 1, sizeof length);
    input = input.subspan(1 + sizeof length);
    length = std::min(length, static_cast<std::uint32_t>(input.size()));
    if (kind == kDefinitions) {
      v1::DefinitionsReply reply;
      if (!reply.ParseFromArray(input.data(), static_cast<int>(length)) || !definitions.add(reply))
        return Verdict::Refused;
    } else {
      v1::CountsReply reply;
      if (!reply.ParseFromArray(input.data(), static_cast<int>(length)) || !counts.add(reply))
        return Verdict::Refused;
    }
    input = input.subspan(length);
  }
  const model::DefinitionsView view = definitions.definitions().view();
  auto answer = counts.finish(view);
  if (!answer) return Verdict::Refused;
  lookAt({.definitions = view,
          .names = client::FrameNames::of(view),
          .counts = answer->counts,
          .summary = std::make_shared<const v1::Summary>(answer->summary)});
  return Verdict::Taken;
}

template <class Reply>
void append(Bytes& stream, std::uint8_t kind, const Reply& reply) {
  const std::string bytes = reply.SerializeAsString();
  const auto length = static_cast<std::uint32_t>(bytes.size());
  std::uint8_t prefix[sizeof length];
  std::memcpy(prefix, &length, sizeof length);
  stream.push_back(kind);
  stream.insert(stream.end(), std::begin(prefix), std::end(prefix));
  stream.insert(stream.end(), bytes.begin(), bytes.end());
}

Bytes answersOn(int events) {
  test::RecordedProgram program;
  program.hello().set_sample_interval(events % 2 == 0 ? 4096 : 0);
  const std::uint32_t textures = program.heap("textures");
  for (int i = 0; i < events; ++i) {
    const auto stack = program.stack({"malloc", "leaf" + std::to_string(i % 9), "main"});
    program.at(static_cast<std::uint64_t>(i) * 100);
    const auto block = i % 5 == 4 ? program.allocateIn(textures, 64, stack) : program.allocate(16, stack);
    if (i % 3 == 2) program.free(block);
  }
  auto session = ingest::SessionIngest::begin(program.hello());
  for (const auto& message : program.messages()) (void)session->apply(message);
  const auto view = std::make_shared<const query::SessionView>(query::viewOf(session->record(), {}));
  Bytes stream;
  query::CountsStream counts({.view = view});
  for (v1::CountsReply reply; counts.next(reply);) append(stream, kCounts, reply);
  query::DefinitionsStream definitions(view, {});
  v1::DefinitionsReply reply;
  for (bool more = true; more;) {
    more = definitions.next(reply);
    append(stream, kDefinitions, reply);
  }
  return stream;
}

std::vector<Bytes> seeds() { return {answersOn(1), answersOn(20), answersOn(201)}; }

}  // namespace

Subject answersSubject() { return {"answers", seeds, read, 10'000}; }

}  // namespace heaptap::fuzz
