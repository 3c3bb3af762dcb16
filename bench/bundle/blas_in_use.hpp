// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>

#include <fstream>
#include <set>
#include <string>

namespace bundle {

/// The file that this process takes dgemm from; empty where nothing loaded has one.
inline std::string blas_in_use() {
  void* dgemm = dlsym(RTLD_DEFAULT, "dgemm_");
  Dl_info info;
  return dgemm && dladdr(dgemm, &info) ? info.dli_fname : "";
}

/// The BLAS and LAPACK libraries that /proc/self/maps names.
inline std::set<std::string> blas_in_maps() {
  std::set<std::string> files;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const auto file = line.find('/');
    if (file == std::string::npos) continue;
    const std::string path = line.substr(file);
    const std::string name = path.substr(path.rfind('/'));
    for (const char* part : {"blas", "lapack", "atlas", "mkl"}) {
      if (name.find(part) != std::string::npos) files.insert(path);
    }
  }
  return files;
}

}  // namespace bundle
