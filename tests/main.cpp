// SPDX-License-Identifier: Apache-2.0
// The main function of every test program, with Catch2's implementation. With Catch2 3 both come from its library.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
