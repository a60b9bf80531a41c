// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

namespace heaptap {
namespace {

constexpr std::array<std::pair<Code, std::string_view>, 14> kNames{{
    {Code::Internal, "Internal"},
    {Code::Usage, "Usage"},
    {Code::NotFound, "NotFound"},
    {Code::AlreadyExists, "AlreadyExists"},
    {Code::NotPermitted, "NotPermitted"},
    {Code::NotWritable, "NotWritable"},
    {Code::StorageFull, "StorageFull"},
    {Code::NotASession, "NotASession"},
    {Code::SchemaTooNew, "SchemaTooNew"},
    {Code::ProtocolTooNew, "ProtocolTooNew"},
    {Code::Corrupt, "Corrupt"},
    {Code::CannotTrace, "CannotTrace"},
    {Code::CannotExecute, "CannotExecute"},
    {Code::Unavailable, "Unavailable"},
}};
static_assert(kNames.size() == static_cast<std::size_t>(Code::Unavailable) + 1);

}  // namespace

std::string_view nameOf(Code code) { return kNames[static_cast<std::size_t>(code)].second; }

std::optional<Code> codeNamed(std::string_view name) {
  for (const auto& [code, known] : kNames)
    if (known == name) return code;
  return std::nullopt;
}

std::string Error::line() const {
  std::string text;
  if (!where.empty()) text += where + ": ";
  text += what;
  if (!remedy.empty()) text += "; " + remedy;
  return text;
}

tl::unexpected<Error> failure(Code code, std::string where, std::string what, std::string remedy) {
  return tl::unexpected(Error{code, std::move(where), std::move(what), std::move(remedy)});
}

tl::unexpected<Error> systemFailure(Code code, std::string where, std::string what, std::string remedy) {
  const int number = errno;
  return failure(code, std::move(where), std::move(what) + ": " + std::generic_category().message(number),
                 std::move(remedy));
}

}  // namespace heaptap
