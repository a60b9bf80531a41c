// SPDX-License-Identifier: Apache-2.0
#include "cli/report/own_cost_text.h"

#include "cli/report/summary_line.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

std::string timeOr(bool known, std::uint64_t ns) { return known ? formatDuration(ns) : "unknown"; }

}  // namespace

std::string ownCostText(const v1::Summary& summary) {
  if (!summary.has_own_cost()) return {};
  const v1::OwnCost& cost = summary.own_cost();
  std::string text = numberLine("own cost", timeOr(cost.has_agent_cpu_ns(), cost.agent_cpu_ns()),
                                cost.has_agent_cpu_ns() ? "of the program's CPU time, estimated"
                                                        : "of the program's CPU time: no event was timed");
  text += numberLine("", timeOr(cost.has_relay_cpu_ns(), cost.relay_cpu_ns()),
                     "of the relay's, for all that it recorded meanwhile");
  text += numberLine("", timeOr(cost.has_collector_cpu_ns(), cost.collector_cpu_ns()), "of the collector's");
  if (cost.has_max_pool_bytes())
    text += numberLine("", formatBytes(cost.max_pool_bytes()),
                       "of the program's resident memory, left out above");
  const std::uint64_t dropped = summary.dropped_allocations() + summary.dropped_frees();
  text += numberLine("", formatCount(dropped),
                     "events dropped, " + formatCount(cost.truncated_stacks()) + " stacks truncated, " +
                         formatCount(cost.overflowed_stacks()) + " overflowed, " +
                         formatCount(summary.lost_stacks()) + " lost, " +
                         formatCount(summary.guessed_stacks()) + " guessed");
  return text;
}

std::string ownCostLine(const v1::Summary& summary) {
  const v1::OwnCost& cost = summary.own_cost();
  std::string text;
  const auto add = [&text](bool known, const std::string& time, const char* where) {
    if (known) text += (text.empty() ? "" : ", ") + time + " " + where;
  };
  add(cost.has_agent_cpu_ns(), "about " + formatDuration(cost.agent_cpu_ns()), "in the program");
  add(cost.has_relay_cpu_ns(), formatDuration(cost.relay_cpu_ns()), "relay");
  add(cost.has_collector_cpu_ns(), formatDuration(cost.collector_cpu_ns()), "collector");
  return text;
}

}  // namespace heaptap::cli
