// SPDX-License-Identifier: Apache-2.0
#include "../../tools/sha256.hpp"

#include <string>

#include "catch.hpp"

using heliotrope_tool::Sha256;
using heliotrope_tool::sha256;

TEST_CASE("sha256: the vectors of NIST", "[program][sha256]") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
               "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu") ==
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(sha256(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256: pieces of any size give the digest of the whole", "[program][sha256]") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += static_cast<char>(i * 37);
  for (std::size_t size = 1; size < 140; size += 3) {
    Sha256 digest;
    for (std::size_t at = 0; at < text.size(); at += size) digest.update(std::string_view(text).substr(at, size));
    CHECK(digest.hex() == sha256(text));
  }
}
