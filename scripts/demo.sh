#!/usr/bin/env bash
# The main job on real parts: synthetic donors → virtual scanner (USB/IP) → spectrad → socket client.
# usage: demo.sh FOLDER_WITH_PROGRAMS
set -euo pipefail

programs=$1
bundle=${DEMO_BUNDLE:-bundles/blood-synthetic}
seed=${DEMO_SEED:-20261121}
donors=${DEMO_DONORS:-60}
scans=${DEMO_SCANS:-8}

work=$(mktemp -d)
started=()
finish() {
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  for process in "${started[@]}"; do wait "$process" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
fail() {
  echo "demo: $*" >&2
  for log in "$work"/*.log; do sed "s|^|$(basename "$log"): |" "$log" >&2; done
  exit 1
}
wait_for() { # FILE PATTERN SECONDS
  for _ in $(seq 1 $(($3 * 20))); do
    grep -q "$2" "$1" 2>/dev/null && return 0
    sleep 0.05
  done
  return 1
}

echo "demo: $donors synthetic donors, $scans scans each (seed $seed); nothing here is real blood"
"$programs/spectrasim" synthesize blood --seed "$seed" --donors "$donors" --scans "$scans" \
  -o "$work/donors.scans.ndjson" 2>"$work/synthesize.log" || fail "no donors were made"

# The daemon first: it waits for its scanner, and no line is missed.
source_address="usbip+unix://$work/usbip.sock/1-1"
touch "$work/spectrad.conf"
"$programs/spectrad" --config "$work/spectrad.conf" --source "$source_address" --bundle "$bundle" \
  --socket "$work/predictions.sock" --set sample.scans="$scans" --set sample.silenceSeconds=0.05 \
  --set acquisition.statusPollMilliseconds=0 --set control.socket="$work/io.spectrad" \
  --set store.folder="$work/store" >"$work/spectrad.out" 2>"$work/spectrad.log" &
started+=($!)
wait_for "$work/spectrad.log" "ready" 20 || fail "the daemon did not start"
"$programs/spectractl" watch --socket "$work/predictions.sock" --json >"$work/lines" 2>"$work/watch.log" &
started+=($!)
wait_for "$work/lines" '"type":"hello"' 20 || fail "the daemon does not answer"

echo "demo: scanner $source_address"
"$programs/spectrasim" --replay "$work/donors.scans.ndjson" --unix "$work/usbip.sock" \
  --speed max --sample-gap 0.15 >"$work/spectrasim.out" 2>"$work/spectrasim.log" &
started+=($!)
wait_for "$work/spectrasim.out" "ready" 20 || fail "the simulator did not start"

# People see the first donors' predictions as they come; the check below reads every line.
timeout 20 "$programs/spectractl" watch --socket "$work/predictions.sock" \
  --count $((3 * (scans + 1))) 2>/dev/null || true
echo "demo: … and so on; waiting for the last donor"

for _ in $(seq 1 1000); do
  finals=$(grep -c '"final":true' "$work/lines" || true)
  [ "$finals" -ge "$donors" ] && break
  sleep 0.05
done
[ "$finals" -eq "$donors" ] || fail "$finals of $donors donors have a final line"
grep -q "$source_address" "$work/spectrad.log" || fail "the scans did not come over USB/IP"

jq -c 'select(.type == "recording" | not) | {sample, labels}' "$work/donors.scans.ndjson" |
  jq -s 'reduce .[] as $scan ([]; if length > 0 and .[-1].sample == $scan.sample then . else . + [$scan] end)' \
    >"$work/labels.json"

# The k-th final line of a scanner answers its k-th recorded sample.
jq -rs --slurpfile donors "$work/labels.json" '
  [.[] | select(.type == "prediction" and .final)] as $finals
  | [range($finals | length) as $k | $finals[$k].targets[]
     | {target: .name, answer: .class, label: $donors[0][$k].labels[.name]}]
  | group_by(.target)
  | map({target: .[0].target,
         accuracy: (group_by(.label)
           | map((map(select(.answer == .label)) | length) / length) | add / length)})
  | (.[] | "demo: \(.target): balanced accuracy \(.accuracy * 1000 | round / 1000)"),
    "MEAN \(map(.accuracy) | add / length)"
' "$work/lines" >"$work/score" || fail "the lines could not be scored"
grep -v '^MEAN' "$work/score"
mean=$(sed -n 's/^MEAN //p' "$work/score")
printf 'demo: %d donors, %d predictions, balanced accuracy over all targets %.3f (synthetic donors)\n' \
  "$donors" "$(grep -c '"type":"prediction"' "$work/lines")" "$mean"
jq -en "$mean > 0.5" >/dev/null || fail "balanced accuracy $mean, expected more than 0.5"
echo "demo: good"
