#!/usr/bin/env bash
# Writes the programs' completions as the programs themselves describe them, so they are never out
# of date: OUT/bash/PROGRAM for bash-completion and OUT/zsh/_PROGRAM for zsh's site-functions.
# usage: completions.sh FOLDER_WITH_PROGRAMS OUT
set -euo pipefail

programs=$1
output=$2

mkdir -p "$output/bash" "$output/zsh"
for program in spectrad spectractl spectrasim; do
  "$programs/$program" --generate-completion-script bash >"$output/bash/$program"
  "$programs/$program" --generate-completion-script zsh >"$output/zsh/_$program"
  bash -n "$output/bash/$program"
done
