#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_must_not_compile.sh COMPILER FLAGS TARGETS INCLUDE_FOLDER...
#
# Every file of must_not_compile/ must be refused by the compiler with the message that its `// expect:` line gives (an
# extended regular expression), on each instruction set; TARGETS "baseline" means the first alone. FLAGS may be empty ("").
set -u
compiler=$1 flags=$2 targets=$3
shift 3
includes=
for folder in "$@"; do includes="$includes -I$folder"; done
here=$(cd "$(dirname "$0")" && pwd)
failures=0
count=0

case $(uname -m) in
  x86_64) instruction_sets="-msse2 -mavx2,-mfma -march=x86-64-v4" ;;
  *) instruction_sets="-O1" ;;
esac
if [ "$targets" = baseline ]; then instruction_sets=${instruction_sets%% *}; fi

for set in $instruction_sets; do
  command="$compiler -std=c++20 $flags $(echo "$set" | tr , ' ') $includes -fsyntax-only"
  if ! message=$(echo '#include "heliotrope/derive/pack_math.hpp"' | $command -x c++ - 2>&1); then
    echo "$set: the headers alone are refused: $message"
    exit 1
  fi
  for file in "$here"/must_not_compile/*.cpp; do
    count=$((count + 1))
    expected=$(sed -n 's|^// expect: ||p' "$file")
    if [ -z "$expected" ]; then
      echo "$file: no line '// expect: MESSAGE'"
      failures=$((failures + 1))
    elif message=$($command "$file" 2>&1); then
      echo "$file: compiles with $set, expected: $expected"
      failures=$((failures + 1))
    elif ! echo "$message" | grep -Eq -- "$expected"; then
      echo "$file: refused with $set, but not with: $expected"
      echo "$message" | head -n 5
      failures=$((failures + 1))
    fi
  done
done
echo "$count refusals checked, $failures wrong"
[ "$failures" -eq 0 ] && [ "$count" -gt 0 ]
