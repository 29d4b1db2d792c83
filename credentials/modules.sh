#!/bin/bash
# modules.sh: write the outputs `lines` (one `host[/owner] login` a line: those GIVEN, and TOKEN_n for OWNER_n at
# HOST_URL) and `gitconfig`, the same as a configuration of git. What is derived from a secret is masked first.
set -euo pipefail
host=${HOST_URL#https://}
lines=$GIVEN
for number in 1 2 3 4; do
  owner=OWNER_$number token=TOKEN_$number
  if [ -n "${!token}" ]; then lines+=$'\n'"$host/${!owner} ${!token}"; fi
done

gitconfig=
while read -r prefix login; do
  if [ -z "$prefix" ] || [ -z "$login" ]; then continue; fi
  case $login in *:*) ;; *) login=x-access-token:$login ;; esac
  basic=$(printf '%s' "$login" | base64 | tr -d '\n')
  echo "::add-mask::$basic"
  gitconfig+="[http \"https://${prefix#https://}/\"]"$'\n\t'"extraHeader = Authorization: Basic $basic"$'\n'
done <<<"$lines"

mark=$(openssl rand -hex 16)
{
  printf 'lines<<%s\n%s\n%s\n' "$mark" "$lines" "$mark"
  printf 'gitconfig<<%s\n%s\n%s\n' "$mark" "$gitconfig" "$mark"
} >>"$GITHUB_OUTPUT"
