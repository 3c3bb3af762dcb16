// SPDX-License-Identifier: Apache-2.0
// Large test functions against sums that are made term by term, in doubles and their jets, and against differences.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/residuals/large_test_function_table.hpp"
#include "residuals/gradient_differences.hpp"
#include "sanitized.hpp"

using namespace heliotrope;
using heliotrope_test::check_gradient;

namespace {

/// What ElementSum does, one term at a time.
class SlowSum {
 public:
  explicit SlowSum(std::span<const double> x) : x_(x), gradient(x.size()) {}

  template <class Term, std::size_t N>
  void add(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term) {
    value += walk(terms, at, term, true);
  }
  template <class Term, std::size_t N>
  void add_gradient(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term) {
    walk(terms, at, term, true);
  }
  void add(double constant) { value += constant; }
  template <class Term, std::size_t N>
  double value_of(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term) {
    return walk(terms, at, term, false);
  }

 private:
  template <class Term, std::size_t N>
  double walk(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term, bool differentiate) {
    using T = Jet<double, static_cast<int>(N)>;
    double sum = 0.0;
    for (std::int64_t k = 0; k < terms; ++k) {
      T x[N];
      const auto index = [&](std::size_t j) { return static_cast<std::size_t>(at[j].stride * k + at[j].offset); };
      for (std::size_t j = 0; j < N; ++j) x[j] = T::seed(x_[index(j)], static_cast<int>(j));
      const T f = term(static_cast<double>(k), static_cast<const T*>(x));
      sum += f.value();
      for (std::size_t j = 0; j < N && differentiate; ++j) gradient[index(j)] += f.derivative(static_cast<int>(j));
    }
    return sum;
  }

  std::span<const double> x_;

 public:
  double value = 0.0;
  std::vector<double> gradient;
};

std::vector<double> off_the_start(const TestFunction& f, int n) {
  std::vector<double> x = f.start(n);
  for (std::size_t j = 0; j < x.size(); ++j) x[j] += 0.01 * std::cos(static_cast<double>(j));
  return x;
}

double largest(const std::vector<double>& v) {
  double most = 0.0;
  for (const double each : v) most = std::max(most, std::abs(each));
  return most;
}

template <class F>
void check_against_terms() {
  const TestFunction f = large_functions::test_function<F>();
  for (const int multiple : {1, 2, 3, 5, 60, 301}) {  // a block has 256 terms
    const int n = 4 * f.multiple * multiple;
    const std::vector<double> x = off_the_start(f, n);
    std::vector<double> gradient(x.size(), 7.0);
    SlowSum slow(x);
    F::state(n, slow);
    INFO(f.name << ", n = " << n);
    CHECK(f(x, gradient) == Approx(slow.value).epsilon(1e-12));
    CHECK(f(x, {}) == Approx(slow.value).epsilon(1e-12));
    const double scale = largest(slow.gradient);
    int wrong = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (!(std::abs(gradient[j] - slow.gradient[j]) <= 1e-12 * scale)) ++wrong;
    }
    CHECK(wrong == 0);
  }
}

}  // namespace

TEST_CASE("large test functions: sums by blocks of packs are those term by term", "[residuals][test_functions]") {
  using namespace large_functions;
  check_against_terms<ExtendedRosenbrock>();
  check_against_terms<ExtendedPowellSingular>();
  check_against_terms<ExtendedWood>();
  check_against_terms<ExtendedBeale>();
  check_against_terms<ExtendedHimmelblau>();
  check_against_terms<BroydenTridiagonal>();
  check_against_terms<DiscreteBoundaryValue>();
  check_against_terms<PenaltyOne>();
  check_against_terms<Trigonometric>();
  check_against_terms<ChainedRosenbrock>();
  check_against_terms<GeneralisedRosenbrock>();
  check_against_terms<ChainedWood>();
  check_against_terms<ChainedPowellSingular>();
  check_against_terms<FreudensteinRoth>();
  check_against_terms<TointGaussian>();
  check_against_terms<Engval1>();
  check_against_terms<Edensch>();
  check_against_terms<Cosine>();
  check_against_terms<Arwhead>();
  check_against_terms<Liarwhd>();
  check_against_terms<Nondquar>();
  check_against_terms<Tridia>();
  check_against_terms<Dqdrtic>();
  check_against_terms<Bdqrtic>();
  check_against_terms<Quartic>();
  check_against_terms<DixonMaany<'a'>>();
  check_against_terms<DixonMaany<'f'>>();
  check_against_terms<DixonMaany<'l'>>();
}

TEST_CASE("large test functions: gradients agree with differences", "[residuals][test_functions]") {
  for (const TestFunction& f : large_test_functions()) {
    for (const int n : {f.multiple, 12 * f.multiple}) {
      const std::vector<double> x = off_the_start(f, n);
      std::vector<double> gradient(x.size());
      CHECK(f(x, {}) == Approx(f(x, gradient)).epsilon(1e-14));
      check_gradient(f, x);
    }
  }
}

TEST_CASE("large test functions: known values at starts and minima", "[residuals][test_functions][paper]") {
  const auto at = [](const char* name, const std::vector<double>& x) {
    const TestFunction* const f = find_test_function(name);
    REQUIRE(f != nullptr);
    std::vector<double> gradient(x.size());
    const double value = (*f)(x, gradient);
    if (!std::isnan(f->minimum(static_cast<int>(x.size()))) && value == f->minimum(static_cast<int>(x.size()))) {
      CHECK(largest(gradient) == 0.0);
    }
    return value;
  };
  const std::size_t n = 12;
  const std::vector<double> zeros(n, 0.0), ones(n, 1.0);
  for (const char* name : {"extended-rosenbrock", "extended-wood", "chained-rosenbrock", "chained-wood", "liarwhd"}) {
    CHECK(at(name, ones) == 0.0);
  }
  for (const char* name :
       {"extended-powell-singular", "chained-powell-singular", "trigonometric", "nondquar", "dqdrtic"}) {
    CHECK(at(name, zeros) == 0.0);
  }
  for (char letter = 'a'; letter <= 'l'; ++letter) CHECK(at((std::string("dixmaan-") + letter).c_str(), zeros) == 1.0);
  CHECK(at("generalised-rosenbrock", ones) == 1.0);
  std::vector<double> x = ones;
  x.back() = 0.0;
  CHECK(at("arwhead", x) == 0.0);
  for (std::size_t j = 0; j < n; ++j) x[j] = std::pow(0.5, static_cast<double>(j));
  CHECK(at("tridia", x) == 0.0);
  for (std::size_t j = 0; j < n; ++j) x[j] = static_cast<double>(j) + 1.0;
  CHECK(at("quartic", x) == 0.0);
  for (std::size_t j = 0; j < n; j += 2) x[j] = 3.0, x[j + 1] = 0.5;
  CHECK(at("extended-beale", x) == 0.0);
  for (std::size_t j = 0; j < n; j += 2) x[j] = 3.0, x[j + 1] = 2.0;
  CHECK(at("extended-himmelblau", x) == 0.0);
  // By hand, at the starts: (2^2 + 2^2)^2 - 4 2 + 3 = 59 a term, and so on.
  const auto start = [&](const char* name) { return at(name, find_test_function(name)->start(static_cast<int>(n))); };
  CHECK(start("engval1") == Approx(59.0 * 11));
  CHECK(start("edensch") == Approx(16.0 + 17.0 * 11));
  CHECK(start("cosine") == Approx(11.0 * std::cos(0.5)));
  CHECK(start("extended-wood") == Approx(3.0 * 19192.0));
  CHECK(start("dixmaan-a") == Approx(1.0 + 12 * 4.0 + 8 * 0.125 * 64.0 + 4 * 0.125 * 4.0));
  CHECK(start("bdqrtic") == Approx(8.0 * (1.0 + 225.0)));
  CHECK(start("toint-gaussian") == Approx(10.0 * (10.0 / 14.0 + 9.0)));
}

TEST_CASE("large test functions: residuals of the small set give the same", "[residuals][test_functions]") {
  using namespace more_garbow_hillstrom;
  const auto compare = [](const char* name, auto function) {
    const int n = 24;
    const TestFunction* const f = find_test_function(name);
    REQUIRE(f != nullptr);
    const std::vector<double> x = off_the_start(*f, n);
    std::vector<double> r(static_cast<std::size_t>(function.residuals(n)));
    function.evaluate(n, x.data(), r.data());
    double sum = 0.0;
    for (const double each : r) sum += each * each;
    INFO(name);
    CHECK((*f)(x, {}) == Approx(sum).epsilon(1e-12));
  };
  compare("extended-rosenbrock", ExtendedRosenbrock());
  compare("extended-powell-singular", ExtendedPowellSingular());
  compare("penalty-1", PenaltyOne());
  compare("trigonometric", Trigonometric());
}

TEST_CASE("logistic regression: generated data are the same when stored; bad data are refused", "[residuals]") {
  const int n = 3000 / heliotrope_test::scale;
  LogisticData data = GeneratedLogistic::data(n);
  const LogisticRegression stored(data);
  std::vector<double> w(static_cast<std::size_t>(n)), a(w.size()), b(w.size());
  for (std::size_t j = 0; j < w.size(); ++j) w[j] = std::sin(static_cast<double>(j));
  CHECK(stored(w, a) == GeneratedLogistic::evaluate(w, b));
  CHECK(a == b);
  // By the formula.
  double value = 0.0;
  for (const double each : w) value += 0.5 * each * each;
  for (std::size_t i = 0; i < data.label.size(); ++i) {
    double z = 0.0;
    for (auto k = data.begin[i]; k < data.begin[i + 1]; ++k) {
      const auto at = static_cast<std::size_t>(k);
      z += data.value[at] * w[static_cast<std::size_t>(data.column[at])];
    }
    value += std::log1p(std::exp(-data.label[i] * z));
  }
  CHECK(stored(w, {}) == Approx(value).epsilon(1e-13));
  std::fill(w.begin(), w.end(), 1e6);
  CHECK(std::isfinite(stored(w, a)));

  data.label[2] = 0.5;
  CHECK_THROWS_WITH(LogisticRegression(data), Catch::Contains("expected -1 or 1"));
  data.label[2] = 1.0;
  data.column[5] = n;
  CHECK_THROWS_WITH(LogisticRegression(data), Catch::Contains("features"));
  data.column[5] = 0;
  CHECK_THROWS_WITH(LogisticRegression(data, -1.0), Catch::Contains("ridge"));
  data.begin.pop_back();
  CHECK_THROWS_WITH(LogisticRegression(data), Catch::Contains("do not fit"));
}

TEST_CASE("test functions: names are unique, the usual sizes are sizes", "[residuals][test_functions]") {
  CHECK(large_test_functions().size() >= 14);
  CHECK(test_functions().size() > unconstrained_test_functions().size() + 20);
  for (const TestFunction& f : test_functions()) {
    CHECK(find_test_function(f.name) == &f);
    CHECK(f.start().size() == static_cast<std::size_t>(f.dimension));
  }
}
