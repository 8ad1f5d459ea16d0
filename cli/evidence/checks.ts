import { type ComparedField, comparedFields } from '../../shared/proof/seal/same-event';

/**
 * What proves the record of a call, as commands for bash with gunzip, jq, sha256sum and openssl. Shell variables say
 * what they work on: `$log`, `$digest` (beside it `$digest.metadata.json`), `$file` (`bucket/key` of the log file),
 * `$index`, `$event` and `$keys`, which is an answer of ListPublicKeys. None of them holds any other text of ours or of
 * others. Each check prints what it found, and fails with its last command.
 */
export interface Check {
  readonly title: string;
  readonly commands: readonly string[];
}

/** How a public key is encoded: CloudTrail documents the first, and has published one of the second. */
export type KeyEncoding = 'pkcs1' | 'spki';

export const hashCheck: Check = {
  title: 'The SHA-256 of the log file stands in the digest',
  commands: [
    'log_hash=$(gunzip -c "$log" | sha256sum)',
    `gunzip -c "$digest" | jq -e --arg file "$file" --arg hash "\${log_hash%% *}" \\`,
    `  'any(.logFiles[]; .s3Bucket + "/" + .s3Object == $file and .hashAlgorithm == "SHA-256" and .hashValue == $hash)'`,
  ],
};

/** The four lines that CloudTrail signs: what a digest says of itself, its hash, and the signature before. */
const SIGNED =
  '[.digestEndTime, .digestS3Bucket + "/" + .digestS3Object, $hash, .previousDigestSignature // "null"]';

const READ_KEY: Readonly<Record<KeyEncoding, string>> = {
  pkcs1:
    'openssl rsa -RSAPublicKey_in -inform DER -in "$work/key.der" -pubout -out "$work/key.pem" 2> /dev/null',
  spki: 'openssl pkey -pubin -inform DER -in "$work/key.der" -pubout -out "$work/key.pem" 2> /dev/null',
};

export const signatureCheck = (encoding: KeyEncoding): Check => ({
  title: 'The digest is signed with the key that it names',
  commands: [
    'work=$(mktemp -d)',
    'digest_hash=$(gunzip -c "$digest" | sha256sum)',
    `gunzip -c "$digest" | jq -j --arg hash "\${digest_hash%% *}" \\`,
    `  '${SIGNED} | join("\\n")' > "$work/signed"`,
    // Hex alone gets through: what printf is given is nobody's format.
    `printf "$(jq -r '[.signature | match("[0-9a-f]{2}"; "g").string | "\\\\x" + .] | join("")' \\`,
    '  "$digest.metadata.json")" > "$work/signature"',
    'fingerprint=$(gunzip -c "$digest" | jq -r .digestPublicKeyFingerprint)',
    `jq -r --arg fingerprint "$fingerprint" \\`,
    `  'first(.PublicKeyList[] | select(.Fingerprint == $fingerprint)).Value' "$keys" |`,
    '  openssl base64 -d -A > "$work/key.der"',
    READ_KEY[encoding],
    'openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" "$work/signed"',
  ],
});

/** A right signature of another time is none: whoever got hold of an old key could go on signing. */
export const keyCheck: Check = {
  title: 'The key has its fingerprint, and was in force when the digest was signed, give or take two hours',
  commands: [
    'md5=$(openssl dgst -md5 -r "$work/key.der")',
    `signed_at=$(jq -r '."backfill-generation-timestamp" // ""' "$digest.metadata.json")`,
    `gunzip -c "$digest" | jq -e --arg md5 "\${md5%% *}" --arg signed_at "$signed_at" --slurpfile keys "$keys" \\`,
    `  'def seconds: sub("[.][0-9]+"; "") | sub("[+]00:00$"; "Z") | fromdateiso8601;`,
    '   (if $signed_at == "" then .digestEndTime else $signed_at end | seconds) as $at',
    '   | .digestPublicKeyFingerprint == $md5 and any($keys[0].PublicKeyList[]; .Fingerprint == $md5',
    `       and (.ValidityStartTime | seconds) - 7200 <= $at and $at <= (.ValidityEndTime | seconds) + 7200)'`,
  ],
};

/** Of the record in the log file: the event's own, or a late correction of it. */
const LOGGED = [
  `gunzip -c "$log" | jq -e --argjson index "$index" --slurpfile event "$event" \\`,
  "  '.Records[$index] as $logged | $event[0] as $used",
  '   | ($logged.eventID == $used.eventID or $logged.addendum.originalEventID == $used.eventID)',
];

const fieldsText = (fields: readonly ComparedField[]): string[] => {
  const half = Math.ceil(fields.length / 2);
  return [fields.slice(0, half), fields.slice(half)].map(
    (some) => `     ${some.map((field) => `"${field}"`).join(', ')}`,
  );
};

/** @param fields that have to be equal: all ten, but for what CloudTrail cut or corrected */
export const recordCheck = (fields: readonly ComparedField[] = comparedFields): Check => ({
  title: `The record in the log file equals the event that was used${
    fields.length === comparedFields.length ? ', in ten fields' : `, in ${fields.length} of ten fields`
  }`,
  commands: [
    ...LOGGED,
    '   and all(',
    ...fieldsText(fields).map((line, index) => `${line}${index === 0 ? ',' : ';'}`),
    "     . as $field | $logged[$field] == $used[$field])'",
  ],
});

/** @param fields that are others in the log file */
export const otherContentCheck = (fields: readonly ComparedField[]): Check => ({
  title: 'The log file holds this event with other content than the event that was used',
  commands: [
    ...LOGGED,
    `   and any(${fields.map((field) => `"${field}"`).join(', ')};`,
    "     . as $field | $logged[$field] != $used[$field])'",
  ],
});

/**
 * That the session of a run was opened for the plan that is here, on the word of whom the record names: the tags of the
 * session say both. Works on `$run` and `$plan` besides. A tag takes fewer characters than a name of AWS may have.
 */
export const approvalCheck: Check = {
  title: 'The record names this run, this plan by its hash, and as its approver',
  commands: [
    `plan_hash=$(jq -jcS '.plan | del(.hash)' "$plan" | sha256sum)`,
    `gunzip -c "$log" | jq -e --argjson index "$index" --arg run "$run" --arg hash "\${plan_hash%% *}" \\`,
    "  --slurpfile stored finding.json '(.Records[$index].requestParameters.tags",
    '     | map({(.key): .value}) | add) as $tags',
    '   | ($stored[0].runs[] | select(.id == $run).approval) as $approval',
    '   | if $tags["trailseal:run"] == $run and $tags["trailseal:plan"] == $hash and $approval.planHash == $hash',
    '     and $tags["trailseal:approver"] ==',
    '       ($approval.approver | gsub("[^\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]"; "-"))[:256]',
    '     then $tags["trailseal:approver"] else false end\'',
  ],
};

/** That the finding names this very call. */
export const findingCheck: Check = {
  title: 'The finding names this event',
  commands: [
    `jq -e --slurpfile event "$event" '[.finding.links[]?.calls[], .finding.remediation.calls.calls[]?] |`,
    '  any(.eventID == $event[0].eventID',
    '  and .eventName == $event[0].eventName and .eventSource == $event[0].eventSource',
    "  and .awsRegion == $event[0].awsRegion)' finding.json",
  ],
};
