// SPDX-License-Identifier: Apache-2.0
#include "sql/tables/names.h"

#include "proto/words/origin_name.h"
#include "text/unnamed_place.h"

namespace heaptap::sql {

std::string heapName(const DecodedSession& session, model::HeapId heap) {
  std::string name = session.definitions().heapName(heap);
  return name.empty() ? "malloc" : name;
}

std::optional<client::StackLine> placeOf(const DecodedSession& session, model::StackId stack) {
  const client::StackStart start = client::startOf(session.profile(), stack);
  if (start.stack == model::StackId{}) return std::nullopt;
  return client::lineOf(session.profile(), session.definitions().stack(start.stack).frame, start.line);
}

std::string functionOf(const client::StackLine& line) {
  return line.function.empty() ? unnamedPlace(line.module, line.pc) : std::string(line.function);
}

std::string_view originOf(model::Origin origin) {
  return originName(static_cast<v1::Origin>(model::index(origin)));
}

}  // namespace heaptap::sql
