#!/bin/sh
# verify.sh VERSION DIGEST DIR: verify the files of a release in DIR, and its image, as anybody can: checksums, their
# signature, and the attestations at GitHub and in the file. Needs gh (logged in) and cosign.
set -eu
version=$1 digest=$2 dir=$3
repository=${REPOSITORY:-acme/go-release-gate}
image=${IMAGE:-ghcr.io/$repository}
workflow=$repository/.github/workflows/release-own.yml
bundle=$dir/go-release-gate-$version.intoto.jsonl

(cd "$dir" && sha256sum --check --strict --quiet SHA256SUMS)
cosign verify-blob --bundle "$dir/SHA256SUMS.sigstore.json" \
  --certificate-identity "https://github.com/$workflow@refs/heads/main" \
  --certificate-oidc-issuer https://token.actions.githubusercontent.com "$dir/SHA256SUMS"

attested() { # attested SUBJECT OPTIONS...: provenance of a file or an image, by our release workflow on main
  gh attestation verify "$@" --repo "$repository" --signer-workflow "$workflow" --source-ref refs/heads/main
}
sed 's/^[0-9a-f]*  //' "$dir/SHA256SUMS" | while read -r name; do
  attested "$dir/$name"
  attested "$dir/$name" --bundle "$bundle"
done
attested "oci://$image@$digest"
attested "oci://$image@$digest" --bundle "$bundle"
grep -q "\"image\": \"$image@$digest\"" "$dir/release.json"
echo "$version is what release-own.yml made on main"
