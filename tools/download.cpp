// SPDX-License-Identifier: Apache-2.0
#include "download.hpp"

#include <system_error>

#include "heliotrope/error.hpp"

#ifndef HELIOTROPE_HAS_CURL
#define HELIOTROPE_HAS_CURL 0
#endif
#if HELIOTROPE_HAS_CURL
#include <curl/curl.h>

#include <cstdio>
#include <memory>
#else
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>
#endif

namespace heliotrope_tool {

using heliotrope::Error;

namespace {

/// How one attempt ended.
struct Attempt {
  long status = 0;        ///< of HTTP; 0: no answer
  std::string failure;    ///< empty: it succeeded
  bool no_range = false;  ///< the server has nothing behind the part, or does not send parts
};

#if HELIOTROPE_HAS_CURL

struct CloseCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

int draw_bar(void* offset, curl_off_t total, curl_off_t now, curl_off_t, curl_off_t) {
  const double before = static_cast<double>(*static_cast<const curl_off_t*>(offset));
  const double all = before + static_cast<double>(total), got = before + static_cast<double>(now);
  if (total <= 0) return 0;
  constexpr int width = 40;
  const int filled = static_cast<int>(width * got / all);
  std::fprintf(stderr, "\r[%.*s%*s] %3.0f %% of %.1f MB", filled, "########################################",
               width - filled, "", 100.0 * got / all, all / 1e6);
  return 0;
}

Attempt attempt(const std::string& url, const std::filesystem::path& part, bool progress) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(part, absent);
  curl_off_t offset = absent ? 0 : static_cast<curl_off_t>(size);
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(part.c_str(), "ab"));
  const std::unique_ptr<CURL, CloseCurl> curl(curl_easy_init());
  if (!file) throw Error(part.string() + ": cannot be written");
  if (!curl) throw Error("libcurl cannot be initialised");
  char message[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, file.get());
  curl_easy_setopt(curl.get(), CURLOPT_RESUME_FROM_LARGE, offset);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, progress ? 0L : 1L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &draw_bar);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &offset);
  const CURLcode code = curl_easy_perform(curl.get());
  if (progress) std::fputs("\n", stderr);
  Attempt ended;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &ended.status);
  ended.no_range = offset > 0 && (code == CURLE_RANGE_ERROR || ended.status == 416);
  if (code != CURLE_OK) ended.failure = message[0] != '\0' ? message : curl_easy_strerror(code);
  return ended;
}

#else

/// Runs a program; its standard output, and its exit status in `status`.
std::string run_program(const std::vector<std::string>& words, int& status) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (pipe(ends) != 0) throw Error("a pipe to curl cannot be made");
  const pid_t child = fork();
  if (child < 0) throw Error("curl cannot be started");
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::string output;
  char bytes[256];
  for (ssize_t got = 0; (got = read(ends[0], bytes, sizeof bytes)) > 0;) {
    output.append(bytes, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  waitpid(child, &status, 0);
  status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return output;
}

Attempt attempt(const std::string& url, const std::filesystem::path& part, bool progress) {
  int exit = 0;
  const std::string output = run_program({"curl", "-q", "--globoff", "--fail", "--location", "--connect-timeout", "30",
                                          "--continue-at", "-", progress ? "--progress-bar" : "--silent", "--write-out",
                                          "%{http_code}", "--output", part.string(), "--url", url},
                                         exit);
  if (exit == 127) {
    throw Error("downloading " + url + " takes curl: found neither libcurl in this build nor the program curl");
  }
  Attempt ended;
  ended.status = std::strtol(output.c_str(), nullptr, 10);
  ended.no_range = exit == 33 || exit == 36 || ended.status == 416;  // CURLE_RANGE_ERROR, CURLE_BAD_DOWNLOAD_RESUME
  if (exit != 0) ended.failure = "curl ended with status " + std::to_string(exit);
  return ended;
}

#endif

}  // namespace

void download(const std::string& url, const std::filesystem::path& part, bool progress) {
  Attempt ended = attempt(url, part, progress);
  if (ended.no_range) {
    std::filesystem::remove(part);
    ended = attempt(url, part, progress);
  }
  if (ended.failure.empty()) return;
  std::string what = url + ": " + ended.failure;
  if (ended.status >= 400) what = url + ": the server answered with status " + std::to_string(ended.status);
  throw Error(what);
}

}  // namespace heliotrope_tool
