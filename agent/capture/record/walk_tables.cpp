// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/walk_tables.h"

namespace heaptap::capture {

constinit RuleCache g_rules;
constinit ModuleTable g_modules;
constinit StackTable g_stacks;
constinit PathCache g_paths;
constinit UnloadWatch g_unloads;

}  // namespace heaptap::capture
