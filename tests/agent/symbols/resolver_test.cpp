// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/resolver.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/agent/symbols/fixture.h"

namespace heaptap::symbols::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string at(const std::string& function, const std::string& mark, const char* note = "",
               const std::string& source = "shop.cpp") {
  return function + ' ' + source + ':' + std::to_string(lineOf(source, mark)) + note;
}

class ResolverOnShop : public testing::TestWithParam<const char*> {
 protected:
  std::vector<std::string> linesOf(const std::string& label) {
    return readable(resolveIn(m_path, m_addresses.at(label)));
  }
  std::string m_path = fixture(GetParam());
  std::map<std::string, std::uint64_t> m_addresses = reportedAddresses(m_path);
};

TEST_P(ResolverOnShop, UnfoldsInlinedCallsInnermostFirst) {
  EXPECT_THAT(linesOf("chain"), ElementsAre(at("shop::(anonymous namespace)::audit", "audit", " (inlined)"),
                                            at("shop::Basket<long>::add(long)", "add", " (inlined)"),
                                            at("shop::checkout(int)", "checkout")));
}

TEST_P(ResolverOnShop, NamesFunctionsOfAnonymousNamespaces) {
  EXPECT_THAT(linesOf("anonymous"), ElementsAre(at("shop::(anonymous namespace)::restock(int)", "restock")));
}

TEST_P(ResolverOnShop, NamesMembersOfTemplates) {
  EXPECT_THAT(linesOf("member"),
              ElementsAre(at("shop::Basket<long>::total(shop::Basket<long> const*) const", "total")));
  EXPECT_THAT(linesOf("private"), ElementsAre(at("shop::Basket<long>::put()", "put")));
}

TEST_P(ResolverOnShop, NamesLambdas) {
  const auto lines = linesOf("lambda");
  ASSERT_THAT(lines, Not(IsEmpty()));
  EXPECT_THAT(lines.front(), HasSubstr("shop::lambdas(int)::"));
  EXPECT_THAT(lines.front(), HasSubstr("operator()"));
  EXPECT_THAT(lines.front(), HasSubstr("shop.cpp:" + std::to_string(lineOf("shop.cpp", "lambda"))));
  EXPECT_THAT(lines.back(), EndsWith(at("shop::lambdas(int)", "lambdas")));
  const std::string pointer = linesOf("pointer").front();
  EXPECT_THAT(pointer, HasSubstr("shop.cpp:" + std::to_string(lineOf("shop.cpp", "pointer"))));
  const auto nameIn = [](const std::string& line) { return line.substr(0, line.find("shop.cpp:")); };
  EXPECT_NE(nameIn(pointer), nameIn(lines.front())) << "two lambdas of one function";
}

TEST_P(ResolverOnShop, NamesExternCFunctions) {
  EXPECT_THAT(linesOf("extern-c"), ElementsAre(at("plainName", "plainName")));
}

TEST_P(ResolverOnShop, GivesAbsolutePaths) {
  for (const auto& [label, address] : m_addresses) {
    for (const SourceLine& line : resolveIn(m_path, address)) {
      // The compiler may have been given a relative path, which is then below its working folder.
      const std::filesystem::path file(line.file);
      EXPECT_TRUE(file.is_absolute()) << label << ": " << file;
      EXPECT_EQ(file.lexically_normal(), HEAPTAP_FIXTURE_SOURCES "/shop.cpp") << label;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dwarf, ResolverOnShop,
                         testing::Values("shop_dwarf4", "shop_dwarf5", "shop_split", "shop_zstd4",
                                         "shop_zstd5"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Resolver, NamesCFunctions) {
  const std::string path = fixture("plain_dwarf5");
  const auto addresses = reportedAddresses(path);
  EXPECT_THAT(readable(resolveIn(path, addresses.at("chain"))),
              ElementsAre(at("innermost", "innermost", " (inlined)", "plain.c"),
                          at("local", "local", "", "plain.c")));
  EXPECT_THAT(readable(resolveIn(path, addresses.at("public"))),
              ElementsAre(at("public_function", "public_function", "", "plain.c")));
}

TEST(Resolver, NamesRustFunctions) {
  if (!fs::exists(fixture("crate"))) GTEST_SKIP() << "no rustc here; Demangle covers the names";
  std::size_t seen = 0;
  for (const Symbol& symbol : codeSymbols(fixture("crate"))) {
    if (symbol.name.find("4work") == std::string::npos) continue;
    ++seen;
    const auto lines = readable(resolveIn(fixture("crate"), symbol.address));
    ASSERT_THAT(lines, Not(IsEmpty()));
    EXPECT_THAT(lines.back(), HasSubstr("crate::Basket<"));
    EXPECT_THAT(lines.back(), HasSubstr(">::work crate.rs:"));
  }
  EXPECT_GT(seen, 0U);
}

TEST(Resolver, KnowsNothingOutsideTheCode) {
  EXPECT_THAT(resolveIn(fixture("shop_dwarf5"), 0), IsEmpty());
  EXPECT_THAT(resolveIn(fixture("shop_dwarf5"), 0x7fff'ffff'ffff), IsEmpty());
  EXPECT_THAT(resolveIn(fixture("shop_dwarf5"), UINT64_MAX), IsEmpty());
}

TEST(Resolver, KnowsNothingOfFilesThatAreNoPrograms) {
  EXPECT_THAT(resolveIn("/dev/null", 0x1000), IsEmpty());
  EXPECT_THAT(resolveIn("/nonexistent", 0x1000), IsEmpty());
  EXPECT_THAT(resolveIn("/", 0x1000), IsEmpty());
  EXPECT_THAT(resolveIn(HEAPTAP_FIXTURE_SOURCES "/shop.cpp", 0x1000), IsEmpty());
  Resolver resolver;
  EXPECT_THAT(resolver.resolve(7, 0x1000), IsEmpty());
}

// ---- files without DWARF ---------------------------------------------------------------------------

Symbol symbolNamed(const std::string& path, const std::string& name) {
  for (const Symbol& symbol : codeSymbols(path)) {
    if (symbol.name == name) return symbol;
  }
  ADD_FAILURE() << path << " has no symbol " << name;
  return {};
}

class ResolverWithoutDwarf : public testing::TestWithParam<const char*> {
 protected:
  std::vector<std::string> linesOf(std::uint64_t address) {
    return readable(resolveIn(fixture(GetParam()), address));
  }
  std::string m_original = fixture("plain_dwarf5");
};

TEST_P(ResolverWithoutDwarf, TakesNamesFromSymbols) {
  const Symbol function = symbolNamed(m_original, "public_function");
  EXPECT_THAT(linesOf(function.address), ElementsAre("public_function :0"));
  EXPECT_THAT(linesOf(function.address + function.size - 1), ElementsAre("public_function :0"));
  EXPECT_THAT(linesOf(symbolNamed(m_original, "local").address), ElementsAre("local :0"));
}

TEST_P(ResolverWithoutDwarf, NamesTheResolverOfAnIndirectFunctionOnlyWhereItsCodeIs) {
  const Symbol implementation = symbolNamed(m_original, "implementation");
  EXPECT_THAT(linesOf(implementation.address), ElementsAre("implementation :0"));
}

TEST_P(ResolverWithoutDwarf, LetsASymbolWithoutSizeReachToTheNext) {
  const std::string nm = outputOf("nm " + m_original + " | grep by_hand_first");
  const std::uint64_t first = std::stoull(nm, nullptr, 16);
  EXPECT_THAT(linesOf(first + 3), ElementsAre("by_hand_first :0"));
  EXPECT_THAT(linesOf(first + 4), ElementsAre("by_hand_second :0"));
  EXPECT_THAT(linesOf(first + 7), ElementsAre("by_hand_second :0"));
  EXPECT_THAT(linesOf(first + 8), Not(Contains(HasSubstr("by_hand")))) << "the section ends there";
}

INSTANTIATE_TEST_SUITE_P(Files, ResolverWithoutDwarf, testing::Values("plain.nodebug", "plain.minidebug"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(Resolver, NamesNothingInAStrippedProgram) {
  const Symbol function = symbolNamed(fixture("plain_dwarf5"), "public_function");
  EXPECT_THAT(resolveIn(fixture("plain.stripped"), function.address), IsEmpty());
}

// ---- symbols beside functions that have none ---------------------------------------------------------

class ResolverOnExports : public testing::TestWithParam<const char*> {
 protected:
  Symbol original(const std::string& name) { return symbolNamed(fixture("exports.original"), name); }
  std::vector<std::string> linesOf(std::uint64_t address) {
    return readable(resolveIn(fixture(GetParam()), address));
  }
  bool isStripped() { return GetParam() != std::string("exports.nodebug"); }
};

TEST_P(ResolverOnExports, NamesExportedFunctions) {
  for (const char* name : {"public_first", "public_second"}) {
    const Symbol function = original(name);
    EXPECT_THAT(linesOf(function.address + 1), ElementsAre(std::string(name) + " :0"));
    EXPECT_THAT(linesOf(function.address + function.size - 1), ElementsAre(std::string(name) + " :0"));
  }
}

TEST_P(ResolverOnExports, GivesAFunctionThatWasStrippedNoNameOfItsNeighbour) {
  for (const char* name : {"secret_behind_hand", "secret_behind_size"}) {
    const Symbol function = original(name);
    for (const std::uint64_t at : {std::uint64_t{0}, function.size / 2, function.size - 1}) {
      if (isStripped())
        EXPECT_THAT(linesOf(function.address + at), IsEmpty()) << name << "+" << at;
      else
        EXPECT_THAT(linesOf(function.address + at), ElementsAre(std::string(name) + " :0"));
    }
  }
}

TEST_P(ResolverOnExports, NamesASymbolWithoutSizeWhereUnwindInformationKnowsTheFunction) {
  const Symbol size = original("too_large");
  EXPECT_THAT(linesOf(size.address), ElementsAre("too_large :0"));
  EXPECT_THAT(linesOf(size.address + 3), ElementsAre("too_large :0"));
  EXPECT_THAT(linesOf(size.address - 1), ElementsAre("described_by_hand :0"));
  EXPECT_THAT(linesOf(size.address - 4), ElementsAre("described_by_hand :0"));
}

INSTANTIATE_TEST_SUITE_P(Files, ResolverOnExports,
                         testing::Values("exports.nodebug", "exports.stripped", "exports.global"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(Resolver, NamesNoSymbolWithoutSizeWhereNothingSaysHowFarItReaches) {
  const Symbol function = symbolNamed(fixture("exports.original"), "secret_behind_hand");
  EXPECT_THAT(resolveIn(fixture("exports.undescribed"), function.address), IsEmpty());
  const Symbol known = symbolNamed(fixture("exports.original"), "public_first");
  EXPECT_THAT(readable(resolveIn(fixture("exports.undescribed"), known.address)),
              ElementsAre("public_first :0"));
}

// ---- separate debug files, and the wrong ones ------------------------------------------------------

TEST(Resolver, FindsDebugFilesByBuildId) {
  Folder folder;
  const std::string id = buildIdOf(fixture("shop_dwarf5"));
  const auto place = folder.path() / ".build-id" / hex(id.substr(0, 1)) / (hex(id.substr(1)) + ".debug");
  fs::create_directories(place.parent_path());
  fs::copy(fixture("shop.debug"), place);

  const auto address = reportedAddresses(fixture("shop_dwarf5")).at("chain");
  Resolver resolver({.debugFolders = {folder.path()}});
  const auto module =
      resolver.addModule({.path = fixture("shop.stripped"), .displayPath = "/usr/bin/shop", .buildId = id});
  EXPECT_EQ(readable(resolver.resolve(module, address)),
            readable(resolveIn(fixture("shop_dwarf5"), address)));
  EXPECT_THAT(resolveIn(fixture("shop.stripped"), address), IsEmpty()) << "the debug file is what has names";
}

TEST(Resolver, FindsDebugFilesByLinkEvenBehindADescriptor) {
  Folder folder;
  fs::create_directories(folder.path() / ".debug");
  fs::copy(fixture("shop_linked"), folder.path() / "shop_linked");
  fs::copy(fixture("shop_linked.debug"), folder.path() / ".debug" / "shop_linked.debug");

  const int descriptor = ::open((folder.path() / "shop_linked").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(descriptor, 0);
  const auto address = reportedAddresses(fixture("shop_dwarf4")).at("chain");
  Resolver resolver;
  const auto module = resolver.addModule({.path = "/proc/self/fd/" + std::to_string(descriptor),
                                          .displayPath = folder.path() / "shop_linked",
                                          .buildId = {}});
  EXPECT_EQ(readable(resolver.resolve(module, address)),
            readable(resolveIn(fixture("shop_dwarf4"), address)));
  ::close(descriptor);
}

TEST(Resolver, RejectsALinkedDebugFileOfAnotherBuild) {
  Folder folder;
  fs::copy(fixture("shop_linked"), folder.path() / "shop_linked");
  fs::copy(fixture("shop.debug"), folder.path() / "shop_linked.debug");  // Another checksum.
  const auto address = reportedAddresses(fixture("shop_dwarf4")).at("chain");
  EXPECT_THAT(resolveIn(folder.path() / "shop_linked", address), IsEmpty());
}

TEST(Resolver, UsesAFileOnlyWithTheBuildIdThatWasLoaded) {
  const std::string path = fixture("shop_dwarf5");
  const auto address = reportedAddresses(path).at("chain");
  const std::string id = buildIdOf(path);
  ASSERT_EQ(id.size(), 20U);
  std::string other = id;
  other.back() = static_cast<char>(other.back() ^ 1);

  Resolver resolver;
  const auto same = resolver.addModule({.path = path, .displayPath = path, .buildId = id});
  const auto replaced = resolver.addModule({.path = path, .displayPath = path, .buildId = other});
  const auto shorter = resolver.addModule({.path = path, .displayPath = path, .buildId = id.substr(0, 8)});
  const auto withoutId =
      resolver.addModule({.path = fixture("shop_nobuildid"), .displayPath = path, .buildId = id});
  EXPECT_EQ(resolver.resolve(same, address).size(), 3U);
  EXPECT_THAT(resolver.resolve(replaced, address), IsEmpty());
  EXPECT_THAT(resolver.resolve(shorter, address), IsEmpty());
  EXPECT_THAT(resolver.resolve(withoutId, address), IsEmpty());
}

}  // namespace
}  // namespace heaptap::symbols::test
