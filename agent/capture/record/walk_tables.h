// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/capture/tables/module_table.h"
#include "agent/capture/unwind/path_cache.h"
#include "agent/capture/unwind/rule_cache.h"
#include "agent/capture/unwind/stack_table.h"
#include "agent/capture/unwind/stack_walker.h"
#include "agent/capture/unwind/unload_watch.h"

namespace heaptap::capture {

// The process's own tables of code and stacks, which all its threads walk with. Constant-initialised and
// never destroyed; each says itself what threads may do with it.
extern constinit RuleCache g_rules;
extern constinit ModuleTable g_modules;
extern constinit StackTable g_stacks;
extern constinit PathCache g_paths;
extern constinit UnloadWatch g_unloads;

/// Those that a walk needs.
inline WalkTables walkTables() { return {g_rules, g_modules, g_stacks, g_paths}; }

}  // namespace heaptap::capture
