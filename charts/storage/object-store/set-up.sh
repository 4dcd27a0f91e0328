#!/bin/sh
# Makes users, grants and buckets what the site says they are; as often as it is run.
#
# FILES  identities.json (with @namespace/key@ for keys), policy-<namespace>.json, buckets (a name a line), and of each
#        bucket versioning-, encryption- and lifecycle-<bucket>.xml
# KEYS   <namespace>/accessKey and secretKey
# MASTERS, FILER, S3   where the store is; ACCESS_KEY and SECRET_KEY of whoever may do everything; REGION
set -eu
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "object-store: $*" >&2
  exit 1
}

# Commands of the shell end with 0 even where they fail: what they say tells. The first argument is what each says when
# it is done.
shell() {
  done_says=$1
  weed shell -master="$MASTERS" -filer="$FILER" >"$work/said" 2>&1 || fail "the shell ended with $?: $(cat "$work/said")"
  ! grep -q '^error' "$work/said" || fail "$(grep '^error' "$work/said")"
  [ -z "$done_says" ] || grep -q "$done_says" "$work/said" || fail "the shell did not say «$done_says»: $(cat "$work/said")"
}

# Policies first: users that name one which is not there could do nothing until it is.
for file in "$FILES"/policy-*.json; do
  name=${file##*/policy-}
  echo "s3.policy -put -name=${name%.json} -file=$file"
done | shell ''

: >"$work/keys.sed"
for file in "$KEYS"/*/*; do
  echo "s|@${file#"$KEYS"/}@|$(cat "$file")|" >>"$work/keys.sed"
done
sed -f "$work/keys.sed" "$FILES/identities.json" >"$work/identities.json"
! grep -q '@' "$work/identities.json" || fail "a key is missing: $(grep -o '@[^@]*@' "$work/identities.json" | head -1)"
# Users that are not in it any more go.
echo "s3.iam.import -file $work/identities.json -apply" | shell 'Imported IAM configuration'

printf 'user = "%s:%s"\n' "$ACCESS_KEY" "$SECRET_KEY" >"$work/login"

# put PATH [FILE]: the status of the answer, 000 where there is none.
put() {
  file=${2:-/dev/null}
  sum=$(sha256sum "$file" | cut -d' ' -f1)
  curl --silent --show-error --output "$work/answer" --write-out '%{http_code}' --max-time 60 \
    --config "$work/login" --aws-sigv4 "aws:amz:$REGION:s3" --header "x-amz-content-sha256: $sum" \
    --header 'Content-Type: application/xml' --request PUT --data-binary "@$file" "$S3/$1" || true
}

expect() {
  case " $2 " in
  *" $1 "*) ;;
  *) fail "$3 was answered $1: $(cat "$work/answer" 2>/dev/null)" ;;
  esac
}

while read -r bucket; do
  # 409: it is there already.
  expect "$(put "$bucket")" '200 409' "making the bucket $bucket"
  for what in versioning encryption lifecycle; do
    expect "$(put "$bucket?$what=" "$FILES/$what-$bucket.xml")" '200 204' "the $what of the bucket $bucket"
  done
  echo "bucket $bucket is as it should be"
done <"$FILES/buckets"
