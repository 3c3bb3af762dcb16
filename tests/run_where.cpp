// SPDX-License-Identifier: Apache-2.0
// run_where INSTRUCTION_SET PROGRAM [ARGUMENT...]: runs the program where the processor has the instruction set, and
// otherwise exits with 77, which CTest reports as skipped. It is a program of its own, compiled for the baseline:
// the static initialisers of a test program may already need the instruction set.
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace {

bool processor_has(std::string_view instruction_set) {
  if (instruction_set == "baseline") return true;
#if defined(__x86_64__)
  if (instruction_set == "avx2") return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (instruction_set == "avx512") {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("bmi2");
  }
#endif
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: run_where baseline|avx2|avx512 PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  if (!processor_has(argv[1])) {
    std::printf("skipped: this processor lacks %s\n", argv[1]);
    return 77;
  }
  execv(argv[2], argv + 2);
  std::perror(argv[2]);
  return 2;
}
