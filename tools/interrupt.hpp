// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heliotrope_tool {

/// While it lives, the first Ctrl-C (SIGINT) is only noted, and the second ends the program at once with status 130.
class InterruptGuard final {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// From here on Ctrl-C does nothing: files are being written, which is short and would leave half of one.
  void ignore();

  /// Whether Ctrl-C came.
  static bool requested();
};

}  // namespace heliotrope_tool
