// SPDX-License-Identifier: Apache-2.0
// The program of the pictures in docs/viewer.md (`./dev pictures`): an order book whose cache grows, which
// forgets what it has read of refused orders, and ends an array with the wrong function. What it does depends
// on no input. NEWER is its next version, for the picture in docs/comparing.md: its orders are smaller, more of
// them are refused, and each is written down.
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "heaptap.h"

namespace orders {

struct Order {
  std::string customer;
  std::vector<int> quantities;
};

using Cache = std::map<int, std::unique_ptr<Order>>;

void rest() {
  const timespec time{0, 2'000'000};
  nanosleep(&time, nullptr);
}

char* readMessage(int number) {
  const std::size_t size = 64U << (number % 6);
  auto* const message = static_cast<char*>(std::malloc(size));
  std::memset(message, 'x', size);
  return message;
}

std::unique_ptr<Order> parseOrder(const char* message, int number) {
  auto order = std::make_unique<Order>();
  order->customer.assign(message, 40 + static_cast<std::size_t>(number % 24));
#ifdef NEWER
  order->quantities.reserve(static_cast<std::size_t>(16 + number % 200));
#endif
  for (int i = 0; i < 16 + number % 200; ++i) order->quantities.push_back(i);
  return order;
}

#ifdef NEWER
bool isRefused(int number) { return number % 19 == 0; }

std::vector<std::string> journal;

void writeJournal(int number, const Order& order) {
  journal.push_back("order " + std::to_string(number) + " of " + order.customer);
}
#else
bool isRefused(int number) { return number % 37 == 0; }
#endif

void handleOrder(Cache& cache, int number) {
  char* const message = readMessage(number);
  if (isRefused(number)) return;  // The leak.
  cache[number] = parseOrder(message, number);
#ifdef NEWER
  writeJournal(number, *cache[number]);
#endif
  std::free(message);
}

std::string printReport(const Cache& cache) {
  std::string report;
  for (const auto& [number, order] : cache) {
    std::string line = "order " + std::to_string(number) + " of " + order->customer;
    report += line + '\n';
  }
  return report;
}

void closeDay() {
  auto* const totals = new double[32]();
  void* volatile hidden = totals;  // From the compiler, which would warn of what follows.
  std::free(hidden);               // The finding: of new[], not of malloc.
}

}  // namespace orders

int main() {
  static const heaptap::NamedHeap quotes("quotes");
  static char pool[64][4096];
  orders::Cache cache;
  heaptap_mark("market opens");
  for (int number = 1; number <= 6'000; ++number) {
    orders::handleOrder(cache, number);
    if (number % 100 == 0) quotes.allocated(pool[number / 100 % 64], sizeof pool[0]);
    if (number == 4'000) heaptap_mark("noon");
    if (number > 4'000 && number % 2 == 0) cache.erase(number - 3'999);
    if (number % 20 == 0) orders::rest();
  }
  for (int i = 0; i < 5; ++i) {
    heaptap_mark("report");
    if (orders::printReport(cache).empty()) return EXIT_FAILURE;
    for (int j = 0; j < 10; ++j) orders::rest();
    orders::closeDay();
  }
  return EXIT_SUCCESS;
}
