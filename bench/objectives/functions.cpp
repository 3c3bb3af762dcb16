// SPDX-License-Identifier: Apache-2.0
#include "functions.hpp"

#include "heliotrope/residuals/large_test_function_table.hpp"

namespace objectives {

std::span<const heliotrope::TestFunction> functions() { return heliotrope::large_functions::table; }

}  // namespace objectives

/// For SciPy, through ctypes: f and its gradient; the number of functions, and their names.
extern "C" {
double objectives_evaluate(int function, long n, const double* x, double* gradient) {
  const auto size = static_cast<std::size_t>(n);
  return objectives::functions()[static_cast<std::size_t>(function)]({x, size}, {gradient, size});
}
int objectives_count() { return static_cast<int>(objectives::functions().size()); }
int objectives_multiple(int function) { return objectives::functions()[static_cast<std::size_t>(function)].multiple; }
const char* objectives_name(int function, int* length) {
  const auto name = objectives::functions()[static_cast<std::size_t>(function)].name;
  *length = static_cast<int>(name.size());
  return name.data();
}
void objectives_start(int function, long n, double* x) {
  objectives::functions()[static_cast<std::size_t>(function)].write_start({x, static_cast<std::size_t>(n)});
}
}
