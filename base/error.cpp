// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cerrno>
#include <system_error>
#include <utility>

namespace heaptap {

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
