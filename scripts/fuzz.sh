#!/usr/bin/env bash
# Builds each fuzzer with libFuzzer and AddressSanitizer and runs it from its committed corpus.
# usage: fuzz.sh SECONDS FUZZER...
set -euo pipefail

seconds=$1
shift
swift=${SWIFT:-swift}
scratch=.build-fuzz
passed=0
failed=0

for fuzzer in "$@"; do
  BUILD_FUZZERS=1 "$swift" build -c release --product "$fuzzer" --scratch-path "$scratch" \
    -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld -Xcc -fsanitize=address
done

for fuzzer in "$@"; do
  # New inputs go to a working copy: the committed corpus changes only by hand.
  corpus=$(mktemp -d)
  cp -r "Fuzz/Corpus/$fuzzer/." "$corpus/"
  mkdir -p "$scratch/crashes"
  echo "fuzz: $fuzzer for $seconds s"
  # Swift's own crash reporter and AddressSanitizer get in each other's way.
  if SWIFT_BACKTRACE=enable=no "$scratch/release/$fuzzer" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 \
    -print_final_stats=1 -artifact_prefix="$scratch/crashes/$fuzzer-" "$corpus" \
    >"$scratch/$fuzzer.log" 2>&1; then
    grep -E 'stat::number_of_executed_units|stat::average_exec' "$scratch/$fuzzer.log" || true
    passed=$((passed + 1))
  else
    tail -n 40 "$scratch/$fuzzer.log"
    echo "fuzz: $fuzzer failed; the input is in $scratch/crashes"
    failed=$((failed + 1))
  fi
  rm -rf "$corpus"
done

echo "fuzzers: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
