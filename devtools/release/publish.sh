#!/bin/sh
# publish.sh VERSION DIR NOTES: show the release vVERSION on GitHub with the files in DIR and the text in the file NOTES.
#
# A published release may be immutable: all files go to a draft, are read back and compared, and only then it is
# published. A draft that an earlier run has left is made anew; what is published stays as it is. The tag must be there.
# Needs gh with GH_TOKEN and GH_REPO.
set -eu
version=$1 dir=$2 notes=$3
tag=v$version
here=$(dirname "$0")
python=${PYTHON3:-python3}

"$python" "$here/assets.py" check --version "$version" "$dir"
drafted=$(gh release view "$tag" --json isDraft --jq .isDraft 2>/dev/null || echo none)
case $drafted in
  false)
    echo "$tag is published already"
    exit 0
    ;;
  true) gh release delete "$tag" --yes ;;
esac

case $version in
  *-*) set -- --prerelease --latest=false ;;
  *) set -- ;;
esac
gh release create "$tag" --draft --verify-tag --title "$tag" --notes-file "$notes" "$@" "$dir"/*

back=$(mktemp -d)
trap 'rm -rf "$back"' EXIT
gh release download "$tag" --dir "$back"
"$python" "$here/assets.py" check --version "$version" "$back"
diff -r "$dir" "$back" >/dev/null || {
  echo "the draft of $tag has other files than $dir: nothing was published; run this again" >&2
  exit 1
}
gh release edit "$tag" --draft=false
echo "$tag is published"
