// SPDX-License-Identifier: Apache-2.0
// Checkpoints of least-squares solves as files.
#pragma once

#include <filesystem>
#include <string_view>

#include "heliotrope/minimize/checkpoint.hpp"

namespace heliotrope {

/// Writes a checkpoint; the file appears whole or not at all (OutputFile), so that one that was there is lost only when
/// the new one is complete. Numbers are written as their bits. Size: 17 bytes a number.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Reads what write_checkpoint wrote, bit for bit. Errors, as "name:line: found ..., expected ...": another file, a
/// number that is not one, a file that ends early or is changed (a checksum ends it).
Checkpoint read_checkpoint(const std::filesystem::path& path);
Checkpoint parse_checkpoint(std::string_view name, std::string_view text);

}  // namespace heliotrope
