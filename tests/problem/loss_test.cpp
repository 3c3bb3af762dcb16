// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/loss.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/problem/loss_laws.hpp"
#include "problem/losses.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

Loss user_geman_mcclure(double a) {
  return user_loss([a](double s, double rho[3]) {
    const double w = 1.0 / (1.0 + s / (a * a));
    rho[0] = s * w;  // inf / inf is NaN, as it should be
    rho[1] = w * w;
    rho[2] = -2.0 * w * w * w / (a * a);
  });
}

}  // namespace

TEST_CASE("loss: the laws hold for what ships, at every scale", "[problem][loss][law]") {
  for (double scale : {1e-3, 0.5, 1.0, 7.0, 1e4}) {
    for (const Loss& loss : {Loss::trivial(), huber(scale), soft_l1(scale), cauchy(scale), tukey(scale),
                             scaled(0.3, cauchy(scale)), user_geman_mcclure(scale)}) {
      INFO(loss.name());
      CHECK(joined(check_loss_laws(loss, scale)) == "");
    }
  }
}

TEST_CASE("loss: values by hand", "[problem][loss]") {
  const double a = 2.0, b = 4.0;
  CHECK(at(huber(a), 3.0).value == 3.0);
  CHECK(at(huber(a), b).value == b);
  CHECK(at(huber(a), 25.0).value == Approx(2 * a * 5.0 - b));
  CHECK(at(huber(a), 25.0).first == Approx(a / 5.0));
  CHECK(at(huber(a), 25.0).second == Approx(-a / (2 * 125.0)));
  CHECK(at(soft_l1(a), 12.0).value == Approx(2 * b * (std::sqrt(4.0) - 1.0)));
  CHECK(at(soft_l1(a), 12.0).first == Approx(0.5));
  CHECK(at(soft_l1(a), 12.0).second == Approx(-1.0 / (2 * b * 8.0)));
  CHECK(at(cauchy(a), 12.0).value == Approx(b * std::log(4.0)));
  CHECK(at(cauchy(a), 12.0).first == Approx(0.25));
  CHECK(at(cauchy(a), 12.0).second == Approx(-0.0625 / b));
  CHECK(at(tukey(a), 2.0).value == Approx(b / 3 * (1.0 - 0.125)));
  CHECK(at(tukey(a), 2.0).first == Approx(0.25));
  CHECK(at(tukey(a), 2.0).second == Approx(-2.0 / b * 0.5));
  CHECK(at(tukey(a), 5.0).value == Approx(b / 3));
  CHECK(at(tukey(a), 5.0).first == 0.0);
  CHECK(at(tukey(a), 5.0).second == 0.0);
  CHECK(at(Loss::trivial(), 5.0).value == 5.0);
}

TEST_CASE("loss: no digits are lost at small residuals", "[problem][loss]") {
  for (double s : {1e-30, 1e-17, 1e-9, 1e-4}) {
    CHECK(at(cauchy(1.0), s).value == Approx(std::log1p(s)).epsilon(1e-15));
    CHECK(at(soft_l1(1.0), s).value == Approx(std::expm1(0.5 * std::log1p(s)) * 2).epsilon(2e-15));
    CHECK(at(tukey(1.0), s).value == Approx(s - s * s + s * s * s / 3).epsilon(1e-15));
  }
}

TEST_CASE("loss: a residual that is not finite is never hidden", "[problem][loss][fault]") {
  for (const Loss& loss : {Loss::trivial(), huber(1), soft_l1(1), cauchy(1), tukey(1), scaled(2, tukey(3))}) {
    CHECK_FALSE(std::isfinite(at(loss, std::numeric_limits<double>::infinity()).value));
    CHECK_FALSE(std::isfinite(at(loss, std::nan("")).value));
  }
}

TEST_CASE("loss: a batch gives the same bits wherever a value stands", "[problem][loss]") {
  std::vector<double> s(21);
  for (int i = 0; i < 21; ++i) s[i] = 0.01 * i * i;
  for (const Loss& loss : {Loss::trivial(), huber(1.3), soft_l1(0.7), cauchy(1.1), scaled(3, tukey(1.6))}) {
    for (int n : {0, 1, 7, 8, 9, 21}) {
      std::vector<double> rho(22, -1.0), rho1(22, -1.0), rho2(22, -1.0);
      loss.evaluate(s.data(), n, rho.data(), rho1.data(), rho2.data());
      for (int i = 0; i < n; ++i) {
        CHECK(rho[i] == at(loss, s[i]).value);
        CHECK(rho1[i] == at(loss, s[i]).first);
        CHECK(rho2[i] == at(loss, s[i]).second);
      }
      CHECK(rho[n] == -1.0);
    }
  }
}

TEST_CASE("loss: identity, names and factors", "[problem][loss]") {
  CHECK(huber(1) == huber(1));
  CHECK_FALSE(huber(1) == huber(2));
  CHECK_FALSE(huber(1) == cauchy(1));
  CHECK_FALSE(huber(1) == scaled(2, huber(1)));
  CHECK(scaled(4, huber(1)) == scaled(2, scaled(2, huber(1))));
  const Loss user = user_geman_mcclure(1), copy = user;
  CHECK(user == copy);
  CHECK_FALSE(user == user_geman_mcclure(1));
  CHECK(Loss().is_trivial());
  CHECK_FALSE(scaled(2, Loss::trivial()).is_trivial());
  CHECK(huber(1.5).name() == "huber:1.5");
  CHECK(scaled(0.5, cauchy(2)).name() == "0.5 * cauchy:2");
  CHECK(at(scaled(0.5, huber(2)), 25.0).value == Approx(8.0));
  CHECK(at(scaled(0.5, user), 1.0).value == Approx(0.25));
}

TEST_CASE("loss: parsing a name and a scale", "[problem][loss]") {
  CHECK(parse_loss("huber:1.5") == huber(1.5));
  CHECK(parse_loss("cauchy") == cauchy(1.0));
  CHECK(parse_loss("soft_l1:2e-1") == soft_l1(0.2));
  CHECK(parse_loss("tukey:4") == tukey(4));
  CHECK(parse_loss("trivial") == Loss::trivial());
  CHECK(parse_loss(huber(0.1).name()) == huber(0.1));
  CHECK(message("hubert:1") ==
        "no loss is named 'hubert': expected trivial, huber, soft_l1, cauchy, tukey, arctan, geman_mcclure or welsch, "
        "and "
        "a scale after a colon, as in huber:1.5; barron:ALPHA,SCALE; tolerant:A,B; or one of another, as in "
        "huber:1(cauchy:2)");
  for (const char* text :
       {"huber:", "huber:x", "huber:1x", "huber:0", "huber:-1", "huber:nan", "huber:inf", "huber: 1"}) {
    CHECK(message(text).find("expected a positive number") != std::string::npos);
  }
  CHECK(message("") != "");
  CHECK(message("trivial:2") != "");
}

TEST_CASE("loss: misuse is told", "[problem][loss][fault]") {
  CHECK_THROWS_AS(huber(0.0), Error);
  CHECK_THROWS_AS(cauchy(-1.0), Error);
  CHECK_THROWS_AS(tukey(std::nan("")), Error);
  CHECK_THROWS_AS(scaled(0.0, huber(1)), Error);
  CHECK_THROWS_AS(user_loss({}), Error);
}

TEST_CASE("loss: the checker finds each kind of fault", "[problem][loss][law]") {
  const auto faulty = [](double value, double slope, double curvature, double at_zero) {
    return joined(check_loss_laws(user_loss([=](double s, double rho[3]) {
                                    rho[0] = at_zero + value * std::log1p(s);
                                    rho[1] = slope / (1.0 + s);
                                    rho[2] = curvature / ((1.0 + s) * (1.0 + s));
                                  }),
                                  1.0));
  };
  CHECK(faulty(1, 1, -1, 0) == "");
  CHECK(faulty(1, 1, -1, 1e-3).find("rho(0) = 0") != std::string::npos);
  CHECK(faulty(2, 2, -2, 0).find("rho'(0) = 1") != std::string::npos);
  CHECK(faulty(1.001, 1, -1, 0).find("rho' is the derivative of rho") != std::string::npos);
  CHECK(faulty(1, 1, -1.001, 0).find("rho'' is the derivative of rho'") != std::string::npos);
  CHECK(faulty(-1, -1, 1, 0).find("rho' >= 0") != std::string::npos);
  CHECK(faulty(-1, -1, 1, 0).find("rho'' <= 0") != std::string::npos);
}
