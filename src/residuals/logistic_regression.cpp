// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/logistic_regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "heliotrope/derive/pack_math.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {

constexpr int block = 256;  // samples whose losses are computed together
constexpr int W = Pack::width;
static_assert(block % W == 0);

/// A sample as the loops below see it.
struct Row {
  int count;
  const std::int32_t* column;
  const double* value;
  double label;
};

/// margin[i] = y_i a_i'w becomes the loss log(1 + exp(-margin)), slope its derivative by the margin.
void losses(int count, double* margin, double* slope) {
  for (int i = 0; i < count; i += W) {
    const Pack z = Pack::load(margin + i);
    const Pack e = exp(-abs(z));  // at most 1
    const Pack sum = 1.0 + e;
    const Pack below = select(z > 0.0, Pack(0.0), -z);
    // log(1 + e) without losing a small e
    const Pack tail = select(sum == 1.0, e, log(sum) * select(sum == 1.0, Pack(1.0), e / (sum - 1.0)));
    (below + tail).store(margin + i);
    (select(z > 0.0, -e, Pack(-1.0)) / sum).store(slope + i);
  }
}

/// rows(i) gives sample i; it may reuse the memory of sample i - block.
template <class Rows>
double evaluate(std::int64_t samples, Rows&& rows, double ridge, std::span<const double> w,
                std::span<double> gradient) {
  double value = 0.0;
  for (const double each : w) value += each * each;
  value *= 0.5 * ridge;
  for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] = ridge * w[j];
  Row row[block];
  double margin[block], slope[block];
  for (std::int64_t first = 0; first < samples; first += block) {
    const int count = static_cast<int>(std::min<std::int64_t>(block, samples - first));
    for (int i = 0; i < count; ++i) {
      row[i] = rows(first + i);
      double sum = 0.0;
      for (int k = 0; k < row[i].count; ++k) sum += row[i].value[k] * w[static_cast<std::size_t>(row[i].column[k])];
      margin[i] = row[i].label * sum;
    }
    std::fill(margin + count, margin + block, 0.0);
    losses(count, margin, slope);
    double sum = 0.0;
    for (int i = 0; i < count; ++i) sum += margin[i];
    value += sum;
    if (gradient.empty()) continue;
    for (int i = 0; i < count; ++i) {
      const double scale = row[i].label * slope[i];
      for (int k = 0; k < row[i].count; ++k) {
        gradient[static_cast<std::size_t>(row[i].column[k])] += scale * row[i].value[k];
      }
    }
  }
  return value;
}

/// The mixing function of splitmix64 [Steele2014].
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
double uniform(std::uint64_t bits) { return static_cast<double>(bits >> 32) * 0x1p-32; }

/// The generated samples, a block of which is kept.
class Generated {
 public:
  explicit Generated(std::int64_t features) : features_(static_cast<double>(features)) {}

  Row operator()(std::int64_t i) {
    const auto at = static_cast<std::size_t>(i % block);
    double hidden = 0.0;
    std::uint64_t bits = mix(static_cast<std::uint64_t>(i + 1) * 0x9e3779b97f4a7c15u);
    for (int k = 0; k < GeneratedLogistic::nonzeros; ++k) {
      bits = mix(bits + 0x9e3779b97f4a7c15u);
      const double u = uniform(bits);
      const auto column = static_cast<std::int32_t>(features_ * u * u);
      const double value = static_cast<double>(static_cast<std::int32_t>(bits)) * 0x1p-31;
      column_[at][k] = column;
      value_[at][k] = value;
      hidden += value * ((static_cast<std::uint32_t>(column) * 0x9e3779b9u) >> 31 == 0 ? 1.0 : -1.0);
    }
    const bool flipped = mix(bits) % 10 == 0;
    return {GeneratedLogistic::nonzeros, column_[at], value_[at], (hidden < 0.0) != flipped ? -1.0 : 1.0};
  }

 private:
  double features_;
  std::int32_t column_[block][GeneratedLogistic::nonzeros];
  double value_[block][GeneratedLogistic::nonzeros];
};

}  // namespace

LogisticRegression::LogisticRegression(const LogisticData& data, double ridge) : data_(&data), ridge_(ridge) {
  if (!(ridge >= 0.0)) throw Error("ridge is negative or nan; expected 0 or more");
  const auto rows = static_cast<std::size_t>(data.samples());
  if (data.begin.size() != rows + 1 || data.begin.front() != 0 ||
      !std::is_sorted(data.begin.begin(), data.begin.end()) ||
      static_cast<std::size_t>(data.begin.back()) != data.column.size() || data.column.size() != data.value.size()) {
    throw Error("rows of samples do not fit: " + std::to_string(rows) + " labels, " +
                std::to_string(data.begin.size()) + " row starts, " + std::to_string(data.column.size()) +
                " columns and " + std::to_string(data.value.size()) + " values");
  }
  for (const std::int32_t column : data.column) {
    if (column < 0 || column >= data.features) {
      throw Error("column " + std::to_string(column) + " of " + std::to_string(data.features) + " features");
    }
  }
  for (const double label : data.label) {
    if (label != 1.0 && label != -1.0) throw Error("label " + std::to_string(label) + "; expected -1 or 1");
  }
}

double LogisticRegression::operator()(std::span<const double> w, std::span<double> gradient) const {
  const LogisticData& data = *data_;
  const auto rows = [&](std::int64_t i) {
    const auto begin = static_cast<std::size_t>(data.begin[static_cast<std::size_t>(i)]);
    const auto end = static_cast<std::size_t>(data.begin[static_cast<std::size_t>(i) + 1]);
    return Row{static_cast<int>(end - begin), data.column.data() + begin, data.value.data() + begin,
               data.label[static_cast<std::size_t>(i)]};
  };
  return evaluate(data.samples(), rows, ridge_, w, gradient);
}

void GeneratedLogistic::start(int n, double* w) { std::fill_n(w, n, 0.0); }
double GeneratedLogistic::minimum(int) { return std::numeric_limits<double>::quiet_NaN(); }

double GeneratedLogistic::evaluate(std::span<const double> w, std::span<double> gradient) {
  const auto n = static_cast<std::int64_t>(w.size());
  return heliotrope::evaluate(n, Generated(n), 1.0, w, gradient);
}

LogisticData GeneratedLogistic::data(int n) {
  LogisticData data;
  data.features = n;
  Generated rows(n);
  for (int i = 0; i < n; ++i) {
    const Row row = rows(i);
    data.column.insert(data.column.end(), row.column, row.column + row.count);
    data.value.insert(data.value.end(), row.value, row.value + row.count);
    data.begin.push_back(static_cast<std::int64_t>(data.column.size()));
    data.label.push_back(row.label);
  }
  return data;
}

}  // namespace heliotrope
