// SPDX-License-Identifier: Apache-2.0
#include "tests/support/document_recipes.h"

#include <sstream>

#include "tests/support/temporary_folder.h"

namespace heaptap::test {

std::vector<std::vector<std::string>> recipesOf(const std::filesystem::path& page) {
  std::vector<std::vector<std::string>> recipes;
  bool isRecipe = false;
  std::istringstream text(readFile(page));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("```")) {
      isRecipe = line == "```sh";
      if (isRecipe) recipes.emplace_back();
    } else if (isRecipe && !line.empty()) {
      recipes.back().push_back(line);
    }
  }
  return recipes;
}

}  // namespace heaptap::test
