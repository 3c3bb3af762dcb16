// SPDX-License-Identifier: Apache-2.0
// Values and derivatives of each loss against formulas in long double, the ends of their range, text, composition.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/problem/loss.hpp"
#include "heliotrope/problem/loss_laws.hpp"
#include "problem/losses.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

using Real = long double;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// rho, rho', rho'' as the literature writes them.
struct Expected {
  Real value, first, second;
};
Expected barron_reference(Real alpha, Real c, Real s) {
  const Real k = 2 - alpha, b = c * c, t = std::log1p(s / (b * k));
  const Real value = alpha == 0 ? 2 * b * t : 2 * b * k / alpha * std::expm1(alpha / 2 * t);
  return {value, std::exp((alpha / 2 - 1) * t), (alpha / 2 - 1) / (b * k) * std::exp((alpha / 2 - 2) * t)};
}
Expected tolerant_reference(Real a, Real b, Real s) {
  const Real x = (s - a) / b, e = std::exp(-std::abs(x)), slope = x > 0 ? 1 / (1 + e) : e / (1 + e);
  const Real start = std::exp(-a / b) / (1 + std::exp(-a / b));
  const Real value = s < b ? b * std::log1p(start * std::expm1(s / b))
                           : (x > 0 ? s - a : Real(0)) + b * std::log1p(e) - b * std::log1p(std::exp(-a / b));
  return {value, slope, e / ((1 + e) * (1 + e)) / b};
}

void check_values(const Loss& loss, double s, const Expected& expected, double tolerance) {
  INFO(loss.name() << " at " << s);
  const Rho rho = at(loss, s);
  CHECK(rho.value == Approx(static_cast<double>(expected.value)).epsilon(tolerance).margin(1e-300));
  CHECK(rho.first == Approx(static_cast<double>(expected.first)).epsilon(tolerance).margin(1e-300));
  CHECK(rho.second == Approx(static_cast<double>(expected.second)).epsilon(tolerance).margin(1e-300));
}

const std::vector<double> some_values = {1e-30, 1e-17, 1e-9, 1e-4, 0.03, 0.5, 1.0, 2.0, 7.0, 60.0, 1e3, 1e6, 1e12};

std::vector<Loss> bounded_kinds(double a) {
  return {arctan(a), geman_mcclure(a), welsch(a), barron(-2, a), barron(-infinity, a), barron(-1e5, a)};
}
std::vector<Loss> unbounded_kinds(double a) {
  return {barron(2, a),    barron(1.999999, a), barron(1, a),    barron(0.5, a),
          barron(1e-9, a), barron(0, a),        barron(-0.3, a), composed(huber(a), cauchy(2 * a))};
}

}  // namespace

TEST_CASE("loss kinds: the laws hold at every scale", "[problem][loss][law]") {
  for (double scale : {1e-3, 0.5, 7.0, 1e4}) {
    for (const auto& kinds : {bounded_kinds(scale), unbounded_kinds(scale)}) {
      for (const Loss& loss : kinds) {
        INFO(loss.name());
        CHECK(joined(check_loss_laws(loss, scale)) == "");
      }
    }
    CHECK(joined(check_loss_laws(scaled(0.3, composed(scaled(2, welsch(scale)), arctan(scale))), scale)) == "");
  }
}

TEST_CASE("loss kinds: tolerant breaks two laws and no other", "[problem][loss][law]") {
  for (double scale : {0.1, 1.0, 30.0}) {
    const std::vector<std::string> broken = check_loss_laws(tolerant(scale * scale, 0.2 * scale * scale), scale);
    INFO(joined(broken));
    REQUIRE(broken.size() == 2);
    CHECK(broken[0].find("rho'(0) = 1") == 0);
    CHECK(broken[1].find("rho'' <= 0") == 0);
  }
}

TEST_CASE("loss kinds: values and derivatives by formulas in long double", "[problem][loss][truth]") {
  const Real b = Real(0.8) * Real(0.8);
  for (double s : some_values) {
    const Real u = s / b;
    check_values(arctan(0.8), s, {b * std::atan(u), 1 / (1 + u * u), -2 * u / b / ((1 + u * u) * (1 + u * u))}, 4e-15);
    check_values(geman_mcclure(0.8), s, {s / (1 + u), 1 / ((1 + u) * (1 + u)), -2 / b / ((1 + u) * (1 + u) * (1 + u))},
                 4e-15);
    if (u < 100) check_values(welsch(0.8), s, {-b * std::expm1(-u), std::exp(-u), -std::exp(-u) / b}, 2e-14);
    if (s < 100) check_values(tolerant(3.0, 0.5), s, tolerant_reference(3.0L, 0.5L, s), 1e-13);
  }
}

TEST_CASE("loss kinds: Barron's family near its singular values", "[problem][loss][truth]") {
  for (double alpha : {2 - 1e-3, 2 - 1e-9, 2 - 1e-15, 1.5, 1 + 1e-12, 1.0, 1 - 1e-12, 0.4, 1e-3, 1e-9, 1e-16, 1e-300,
                       0.0, -1e-300, -1e-9, -1.0, -2.0, -8.0}) {
    for (double s : some_values) check_values(barron(alpha, 0.7), s, barron_reference(alpha, Real(0.7), s), 3e-14);
  }
  // Far down the family ends in Welsch's loss; on the way exponents are large.
  for (double alpha : {-1e4, -1e9, -1e15, -1e17}) {
    for (double s : {1e-30, 1e-9, 0.3, 1.0, 20.0}) {
      check_values(barron(alpha, 0.7), s, barron_reference(alpha, Real(0.7), s), 3e-14);
    }
  }
  for (double s : {1e-30, 1e-9, 0.3, 1.0, 20.0}) {
    const Rho limit = at(barron(-infinity, 0.7), s), near = at(barron(-1e17, 0.7), s),
              beyond = at(barron(-1e19, 0.7), s);
    CHECK(near.value == Approx(limit.value).epsilon(1e-14));
    CHECK(near.first == Approx(limit.first).epsilon(1e-13));
    CHECK(near.second == Approx(limit.second).epsilon(1e-13));
    CHECK(beyond.value == limit.value);
  }
  const Rho square = at(barron(2, 0.7), 5.0);
  CHECK((square.value == 5.0 && square.first == 1.0 && square.second == 0.0));
}

TEST_CASE("loss kinds: the family's members by their own names", "[problem][loss]") {
  for (double s : some_values) {
    const auto same = [&](const Loss& x, const Loss& y) {
      INFO(x.name() << " and " << y.name() << " at " << s);
      CHECK(at(x, s).value == Approx(at(y, s).value).epsilon(1e-14));
      CHECK(at(x, s).first == Approx(at(y, s).first).epsilon(1e-14));
      CHECK(at(x, s).second == Approx(at(y, s).second).epsilon(1e-14));
    };
    same(barron(1, 3), soft_l1(3));
    same(barron(0, 3), cauchy(3 * std::sqrt(2.0)));
    same(barron(-2, 3), geman_mcclure(6));
    if (s < 1e3) same(barron(-infinity, 3), welsch(3 * std::sqrt(2.0)));
  }
}

TEST_CASE("loss kinds: zero, huge and infinite residuals", "[problem][loss][fault]") {
  for (double scale : {1e-3, 1.0, 1e3}) {
    for (const auto& kinds : {bounded_kinds(scale), unbounded_kinds(scale), {tolerant(scale, scale), cauchy(scale)}}) {
      for (const Loss& loss : kinds) {
        INFO(loss.name());
        CHECK(at(loss, 0.0).value == 0.0);
        for (double s : {0.0, 5e-324, 1e-300, 1e150, 1e300, std::numeric_limits<double>::max()}) {
          const Rho rho = at(loss, s);
          INFO("s " << s << ": " << rho.value << " " << rho.first << " " << rho.second);
          CHECK((std::isfinite(rho.value) && std::isfinite(rho.first) && std::isfinite(rho.second)));
          CHECK(rho.value >= 0.0);
        }
        CHECK_FALSE(std::isfinite(at(loss, infinity).value));
        CHECK_FALSE(std::isfinite(at(loss, std::nan("")).value));
      }
    }
  }
  CHECK(at(arctan(2), 1e300).value == Approx(2 * 3.14159265358979));
  CHECK(at(geman_mcclure(2), 1e300).value == 4.0);
  CHECK(at(welsch(2), 1e300).value == 4.0);
  CHECK(at(tolerant(1, 1e-3), 1e300).value == 1e300);
  CHECK(at(tolerant(1, 1e-3), 0.5).value < 1e-100);  // well within: nothing
}

TEST_CASE("loss kinds: composition follows the chain rule", "[problem][loss]") {
  const Loss f = scaled(3, cauchy(2)), g = scaled(0.5, soft_l1(1.5)), both = composed(f, g);
  for (double s : some_values) {
    const Rho inner = at(g, s), outer = at(f, inner.value), whole = at(both, s);
    CHECK(whole.value == outer.value);
    CHECK(whole.first == Approx(outer.first * inner.first));
    CHECK(whole.second == Approx(outer.second * inner.first * inner.first + outer.first * inner.second));
  }
  CHECK(both.factor() == 1.5);
  CHECK(both == composed(scaled(3, cauchy(2)), scaled(0.5, soft_l1(1.5))));
  CHECK_FALSE(both == composed(g, f));
  CHECK_FALSE(both == f);
  const Loss thrice = composed(arctan(1), composed(huber(2), welsch(3)));
  CHECK(thrice.name() == "arctan:1(huber:2(welsch:3))");
  CHECK(parse_loss(thrice.name()) == thrice);
  // Longer than the chunk in which parts are evaluated: the same bits.
  std::vector<double> s(77), rho(78, -1.0), rho1(77), rho2(77);
  for (int i = 0; i < 77; ++i) s[i] = 0.05 * i * i;
  both.evaluate(s.data(), 77, rho.data(), rho1.data(), rho2.data());
  for (int i = 0; i < 77; ++i) CHECK((rho[i] == at(both, s[i]).value && rho2[i] == at(both, s[i]).second));
  CHECK(rho[77] == -1.0);
}

TEST_CASE("loss kinds: text", "[problem][loss]") {
  for (const Loss& loss : {arctan(0.5), geman_mcclure(2), welsch(0.1), barron(-1.5, 0.2), barron(-infinity, 3),
                           tolerant(0, 2), tolerant(1.5, 1e-3), composed(huber(1), barron(0, 2))}) {
    INFO(loss.name());
    CHECK(parse_loss(loss.name()) == loss);
  }
  CHECK(barron(-infinity, 3).name() == "barron:-inf,3");
  CHECK(tolerant(1.5, 0.25).name() == "tolerant:1.5,0.25");
  CHECK(parse_loss("barron:1") == barron(1, 1));
  CHECK(parse_loss("welsch") == welsch(1));
  CHECK_FALSE(barron(1, 1) == barron(1.5, 1));
  CHECK_FALSE(barron(1, 1) == soft_l1(1));
  for (const char* text : {"barron", "barron:", "barron:x", "barron:3", "barron:nan", "barron:1;2"}) {
    CHECK(message(text).find("expected a number of at most 2") != std::string::npos);
  }
  for (const char* text : {"barron:1,", "barron:1,0", "barron:1,2,3", "welsch:", "arctan:-1", "geman_mcclure:1,2"}) {
    CHECK(message(text).find("expected a positive number") != std::string::npos);
  }
  for (const char* text :
       {"tolerant", "tolerant:1", "tolerant:-1,1", "tolerant:1,0", "tolerant:1,inf", "tolerant:1,2,3"}) {
    CHECK(message(text).find("expected tolerant:A,B") != std::string::npos);
  }
  CHECK(message("huber:1(cauchy:2").find("nothing closes") != std::string::npos);
  CHECK(message("huber:1()").find("no loss is named ''") != std::string::npos);
  CHECK(message("(huber:1)").find("no loss is named ''") != std::string::npos);
}

TEST_CASE("loss kinds: misuse is told", "[problem][loss][fault]") {
  CHECK_THROWS_AS(arctan(0.0), Error);
  CHECK_THROWS_AS(welsch(-1.0), Error);
  CHECK_THROWS_AS(geman_mcclure(infinity), Error);
  CHECK_THROWS_AS(barron(2.5, 1.0), Error);
  CHECK_THROWS_AS(barron(std::nan(""), 1.0), Error);
  CHECK_THROWS_AS(barron(1.0, 0.0), Error);
  CHECK_THROWS_AS(tolerant(-1.0, 1.0), Error);
  CHECK_THROWS_AS(tolerant(1.0, 0.0), Error);
}
