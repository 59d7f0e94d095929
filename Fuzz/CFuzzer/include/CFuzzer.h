#pragma once
#include <stddef.h>
#include <stdint.h>
/// libFuzzer's driver: see "Using libFuzzer as a library" in LLVM's documentation.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test_one_input)(const uint8_t *, size_t));
