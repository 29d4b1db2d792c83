#!/bin/bash
# registries.sh: write the output `lines`: one `host login` a line, for the registry of IMAGE by the way that LOGIN names,
# and those that were GIVEN. Secrets are masked before they are written.
set -euo pipefail
registry=${IMAGE%%/*}
line=

mask() {
  echo "::add-mask::$1"
}

fail() {
  echo "::error::credentials: $1"
  exit 2
}

case $LOGIN in
  none | credentials | '') ;;
  ghcr) line="ghcr.io $ACTOR:$JOB_TOKEN" ;;
  aws)
    token=$(aws ecr get-login-password --region "$AWS_REGISTRY_REGION")
    mask "$token"
    line="$registry AWS:$token"
    ;;
  google)
    mask "$GOOGLE_TOKEN"
    line="$registry oauth2accesstoken:$GOOGLE_TOKEN"
    ;;
  azure)
    [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ] || fail "login azure needs the permission \`id-token: write\`"
    identity=$(curl --silent --show-error --fail --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
      "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=api://AzureADTokenExchange" | python3 -c 'import json, sys; print(json.load(sys.stdin)["value"])')
    mask "$identity"
    az login --service-principal --username "$AZURE_CLIENT" --tenant "$AZURE_TENANT" --federated-token "$identity" \
      --allow-no-subscriptions --output none
    token=$(az acr login --name "${registry%%.*}" --expose-token --output tsv --query accessToken)
    mask "$token"
    line="$registry 00000000-0000-0000-0000-000000000000:$token"
    ;;
  *) fail "login is none of ghcr, aws, google, azure, credentials, none" ;;
esac

mark=$(openssl rand -hex 16)
{
  echo "lines<<$mark"
  printf '%s\n' "$GIVEN"
  if [ -n "$line" ]; then printf '%s\n' "$line"; fi
  echo "$mark"
} >>"$GITHUB_OUTPUT"
