// SPDX-License-Identifier: Apache-2.0
void freeOneEarlyBlock();

int main() { freeOneEarlyBlock(); }
