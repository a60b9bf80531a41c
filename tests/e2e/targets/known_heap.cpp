// SPDX-License-Identifier: Apache-2.0
// A heap that can be counted by hand:
//   10 leaked blocks of 100 bytes from one site, 3 of 5000 from another,
//   50 temporaries of 64 bytes, and a peak of 1,000,000 bytes above what is live then.
#include <stdlib.h>

#include "sink.h"

namespace shop {

void leakTen() {
  for (int i = 0; i < 10; ++i) {
    use(malloc(100));  // line: ten
  }
}

class Stock {
 public:
  void leakThree() {
    for (int i = 0; i < 3; ++i) use(calloc(50, 100));  // line: three
  }
};

void churn() {
  for (int i = 0; i < 50; ++i) {
    free(use(malloc(64)));  // line: temporary
  }
}

void peak() {
  void* kept[10];
  for (void*& block : kept) block = use(malloc(100'000));  // line: peak
  for (void* block : kept) free(block);
}

}  // namespace shop

int main() {
  shop::leakTen();
  shop::churn();
  shop::peak();
  shop::Stock().leakThree();
}
