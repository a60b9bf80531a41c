// SPDX-License-Identifier: Apache-2.0
#include "import/address_samples.h"

#include "import/line_reader.h"

namespace heaptap::importing {

std::uint32_t AddressSamples::stackOf(std::string_view addresses) {
  std::vector<std::uint64_t> places;
  while (true) {
    while (addresses.starts_with(' ')) addresses.remove_prefix(1);
    if (addresses.starts_with("0x")) addresses.remove_prefix(2);
    const auto address = takeNumber(addresses, 16);
    if (!address) break;
    places.push_back(*address);
  }
  std::uint32_t stack = 0;
  for (std::size_t i = places.size(); i-- > 0;)
    stack = m_profile.stack(stack, m_libraries.frameOf(places[i]));
  return stack;
}

Result<void> AddressSamples::count(const std::string& where, std::uint64_t period) {
  HeapSums sums(m_profile);
  for (const Sample& each : m_samples)
    if (!sums.add(stackOf(each.addresses), unsampled(each.sample, period)))
      return failure(Code::Corrupt, where, "line " + std::to_string(each.line) + ": a number that cannot be");
  if (period > 1)
    m_profile.remark = "sampled, one in " + std::to_string(period) + " bytes: all numbers are estimates";
  m_profile.isWholeRun = false;  // It is of some moment.
  return {};
}

}  // namespace heaptap::importing
