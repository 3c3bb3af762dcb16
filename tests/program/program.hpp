// SPDX-License-Identifier: Apache-2.0
// Runs the heliotrope command as a user would.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "io/files.hpp"
#include "json.hpp"

namespace heliotrope_test {

/// How a run of the program ended.
struct Run {
  int exit = -1;  ///< the exit status, or 1000 and the number of the signal that ended it
  std::string out, err;
};

/// A program that runs. `on_line`, if given to finish(), sees every line of its standard output as it comes.
class Program final {
 public:
  explicit Program(const std::vector<std::string>& arguments) {
    std::vector<char*> argv = {const_cast<char*>(HELIOTROPE_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const std::string error_file = folder_ / "stderr";
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      dup2(ends[1], 1);
      dup2(open(error_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
      close(ends[0]);
      close(ends[1]);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    out_ = ends[0];
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void interrupt() const { kill(pid_, SIGINT); }

  Run finish(const std::function<void(std::string_view line)>& on_line = {}) {
    Run run;
    std::size_t seen = 0;
    char bytes[4096];
    for (ssize_t got = 0; (got = read(out_, bytes, sizeof bytes)) > 0;) {
      run.out.append(bytes, static_cast<std::size_t>(got));
      for (std::size_t end = 0; (end = run.out.find('\n', seen)) != std::string::npos; seen = end + 1) {
        if (on_line) on_line(std::string_view(run.out).substr(seen, end - seen));
      }
    }
    close(out_);
    int status = 0;
    waitpid(pid_, &status, 0);
    run.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    run.err = read_bytes(folder_ / "stderr");
    return run;
  }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int out_ = -1;
};

inline Run run(const std::vector<std::string>& arguments) { return Program(arguments).finish(); }

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Names of the files in a folder, so that a test can see that none was left there.
inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace heliotrope_test
