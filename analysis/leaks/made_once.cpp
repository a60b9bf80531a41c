// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/made_once.h"

#include <algorithm>
#include <array>
#include <string>

#include "text/function_name.h"

namespace heaptap::analysis {
namespace {

constexpr std::array<std::string_view, 11> kSingletonNames{
    "instance",  "getInstance",  "get_instance",  "GetInstance",  "Instance",      "singleton",
    "Singleton", "getSingleton", "get_singleton", "GetSingleton", "sharedInstance"};

}  // namespace

bool makesASingleton(std::string_view function) {
  const std::string spoken = spokenFunctionName(function.substr(0, 2048));
  const auto scope = spoken.rfind("::");
  const std::string_view last = std::string_view(spoken).substr(scope == std::string::npos ? 0 : scope + 2);
  return std::find(kSingletonNames.begin(), kSingletonNames.end(), last) != kSingletonNames.end();
}

std::span<const std::string_view> namesOfSingletons() { return kSingletonNames; }

bool isStaticInitializer(std::string_view function) {
  return function.starts_with("__static_initialization_and_destruction_0") ||
         function.starts_with("_GLOBAL__sub_I_") || function.starts_with("__cxx_global_var_init");
}

}  // namespace heaptap::analysis
