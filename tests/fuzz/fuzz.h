/*
 * One fuzz target: every parser of foreign bytes has one. Under the fuzz preset
 * (clang, libFuzzer) it runs for as long as told; otherwise the same function
 * runs over its seeds and over small damages of each as an ordinary test.
 */
#ifndef ISSUER_TESTS_FUZZ_FUZZ_H
#define ISSUER_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
