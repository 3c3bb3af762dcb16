// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/checkpoint.hpp"

#include <bit>
#include <charconv>
#include <span>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/text_file.hpp"

namespace heliotrope {

namespace {

constexpr std::string_view checkpoint_head = "heliotrope checkpoint 1";
constexpr std::size_t iteration_numbers = 8;

/// FNV-1a of 64 bits.
class Checksum {
 public:
  void add(std::string_view text) {
    for (const char c : text) sum_ = (sum_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t sum_ = 0xcbf29ce484222325u;
};

std::string hexadecimal(std::uint64_t bits) {
  char text[16];
  const auto end = std::to_chars(text, text + 16, bits, 16).ptr;
  return {text, end};
}

std::string in_quotes(std::string_view text) { return std::string("'").append(text).append("'"); }

/// Sections of the form "name count" and a line a number.
class CheckpointWriter {
 public:
  explicit CheckpointWriter(const std::filesystem::path& path) : file_(path) { line(checkpoint_head); }
  void section(std::string_view name, std::span<const double> numbers) {
    line(std::string(name) + " " + std::to_string(numbers.size()));
    for (const double number : numbers) line(hexadecimal(std::bit_cast<std::uint64_t>(number)));
  }
  void commit() {
    file_.text("end " + hexadecimal(checksum_.value()) + "\n");
    file_.commit();
  }
  void line(std::string_view text) {
    for (const std::string_view part : {text, std::string_view("\n")}) {
      checksum_.add(part);
      file_.text(part);
    }
  }

 private:
  OutputFile file_;
  Checksum checksum_;
};

class CheckpointReader {
 public:
  CheckpointReader(std::string_view name, std::string_view text) : name_(name), rest_(text) {
    const std::string_view found = line();
    if (found != checkpoint_head) fail(found, in_quotes(checkpoint_head));
  }
  std::vector<double> section(std::string_view name) {
    const std::string_view head = line();
    const std::string expected = in_quotes(std::string(name) + " COUNT");
    if (head.size() <= name.size() + 1 || head.substr(0, name.size()) != name) fail(head, expected);
    std::uint64_t count = 0;
    const std::string_view digits = head.substr(name.size() + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc() || end != digits.data() + digits.size()) fail(head, expected);
    if (count > rest_.size() / 2) fail(head, "no more numbers than the rest of the file can hold");
    std::vector<double> numbers;
    numbers.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) numbers.push_back(std::bit_cast<double>(bits(line())));
    return numbers;
  }
  std::string text_after(std::string_view word) {
    const std::string_view found = line();
    if (found.substr(0, word.size()) != word) fail(found, in_quotes(std::string(word) + "..."));
    return std::string(found.substr(word.size()));
  }
  void end() {
    const std::uint64_t expected = checksum_.value();
    const std::string_view found = line();
    if (found.substr(0, 4) != "end " || bits(found.substr(4)) != expected) fail(found, "'end' and the file's checksum");
    if (!rest_.empty()) fail(rest_.substr(0, 20), "nothing after the end");
  }
  [[noreturn]] void fail(std::string_view found, const std::string& expected) const {
    throw Error(std::string(name_) + ":" + std::to_string(number_) + ": found '" + std::string(found.substr(0, 40)) +
                "', expected " + expected);
  }

 private:
  std::string_view line() {
    ++number_;
    const std::size_t length = rest_.find('\n');
    if (length == rest_.npos) fail(rest_, "a whole line");
    const std::string_view found = rest_.substr(0, length);
    checksum_.add(rest_.substr(0, length + 1));
    rest_.remove_prefix(length + 1);
    return found;
  }
  std::uint64_t bits(std::string_view text) const {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) fail(text, "hexadecimal digits");
    return value;
  }

  std::string_view name_, rest_;
  std::int64_t number_ = 0;
  Checksum checksum_;
};

std::vector<double> flatten(const std::vector<Iteration>& iterations) {
  std::vector<double> numbers;
  numbers.reserve(iterations.size() * iteration_numbers);
  for (const Iteration& i : iterations) {
    numbers.insert(numbers.end(), {static_cast<double>(i.iteration), i.cost, i.gradient_max, i.step_norm, i.damping,
                                   i.gain_ratio, static_cast<double>(i.accepted), i.seconds});
  }
  return numbers;
}

std::vector<Iteration> iterations_of(const std::vector<double>& numbers) {
  std::vector<Iteration> iterations;
  for (std::size_t i = 0; i + iteration_numbers <= numbers.size(); i += iteration_numbers) {
    const double* const n = numbers.data() + i;
    const bool whole = n[0] >= 0.0 && n[0] <= 2e9;
    iterations.push_back({.iteration = whole ? static_cast<int>(n[0]) : 0,
                          .cost = n[1],
                          .gradient_max = n[2],
                          .step_norm = n[3],
                          .damping = n[4],
                          .gain_ratio = n[5],
                          .accepted = n[6] != 0.0,
                          .seconds = n[7]});
  }
  return iterations;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  CheckpointWriter writer(path);
  std::vector<double> about(checkpoint.about.begin(), checkpoint.about.end());
  writer.section("about", about);
  writer.section("costs", std::vector{checkpoint.cost, checkpoint.linearised_cost, checkpoint.initial_cost,
                                      checkpoint.start_cost, static_cast<double>(checkpoint.flat_iterations)});
  writer.section("decreases", checkpoint.decreases);
  writer.section("strategy", checkpoint.strategy);
  writer.section("model", checkpoint.model);
  writer.line("model_text " + checkpoint.model_text);
  writer.section("iterations", flatten(checkpoint.iterations));
  writer.section("values", checkpoint.values);
  writer.section("scale", checkpoint.scale);
  writer.commit();
}

Checkpoint parse_checkpoint(std::string_view name, std::string_view text) {
  CheckpointReader reader(name, text);
  Checkpoint checkpoint;
  const std::vector<double> about = reader.section("about");
  if (about.size() != checkpoint.about.size()) reader.fail("a section of another size", "8 numbers");
  for (std::size_t i = 0; i < about.size(); ++i) {
    if (!(about[i] >= 0.0 && about[i] < 0x1p53)) reader.fail("a number that is no count", "counts");
    checkpoint.about[i] = static_cast<std::int64_t>(about[i]);
  }
  const std::vector<double> costs = reader.section("costs");
  if (costs.size() != 5) reader.fail("a section of another size", "5 numbers");
  checkpoint.cost = costs[0];
  checkpoint.linearised_cost = costs[1];
  checkpoint.initial_cost = costs[2];
  checkpoint.start_cost = costs[3];
  checkpoint.flat_iterations = costs[4] > 0.0 && costs[4] < 1e9 ? static_cast<std::int64_t>(costs[4]) : 0;
  checkpoint.decreases = reader.section("decreases");
  checkpoint.strategy = reader.section("strategy");
  checkpoint.model = reader.section("model");
  checkpoint.model_text = reader.text_after("model_text ");
  checkpoint.iterations = iterations_of(reader.section("iterations"));
  checkpoint.values = reader.section("values");
  checkpoint.scale = reader.section("scale");
  reader.end();
  return checkpoint;
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_checkpoint(file.name, file.text);
}

}  // namespace heliotrope
