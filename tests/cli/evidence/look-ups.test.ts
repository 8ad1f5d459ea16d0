import fc from 'fast-check';
import { callsLookUp, configurationLookUp, eventLookUp, proofLookUp } from '../../../cli/evidence/look-ups';
import type { Call, Finding } from '../../../shared/contracts/trailseal/finding';
import { hostileText } from '../../shared/tell/hostile-text';
import { at } from '../../support/findings';
import { digestOf, findingOf, logOf, opening, provenBy, trailWithCall } from './proven-finding';

const made = trailWithCall();
const proof = provenBy(made);
const finding = findingOf(proof);
const call = finding.links?.[0]?.calls[0] as Call;

test('the configuration of the resource then, and the one before', () => {
  expect(configurationLookUp(finding, at(9))).toEqual([
    'aws configservice get-resource-config-history --resource-type=AWS::EC2::SecurityGroup --resource-id=sg-0123456789abcdef0 --later-time 2026-01-31T09:00:01Z --limit 2 --region eu-central-1 |',
    expect.stringContaining('jq '),
  ]);
  expect(configurationLookUp({ ...finding, region: 'global' }, at(9))[0]).toMatch(/--limit 2 \|$/);
});

test('the call, and all calls on the resource', () => {
  expect(eventLookUp(call)[0]).toBe(
    `aws cloudtrail lookup-events --region eu-central-1 --lookup-attributes AttributeKey=EventId,AttributeValue=${opening.eventID} \\`,
  );
  expect(callsLookUp(finding)[0]).toMatch(
    /AttributeValue=sg-0123456789abcdef0 --region eu-central-1 \| jq -c /,
  );
  expect(callsLookUp({ ...finding, region: 'global' })[0]).toContain('--region us-east-1');
});

test('the files of a proof', () => {
  const lines = proofLookUp(call).join('\n');
  for (const place of [logOf(made), digestOf(made)])
    expect(lines).toContain(`s3://${place.bucket}/${place.key}`);
  expect(lines).toContain('index=2');
  expect(lines).toContain('list-public-keys --region eu-central-1 --start-time 2026-01-31T10:00:00Z');
});

const withKey = (file: 'log' | 'digest', key: string): Call => ({
  ...call,
  proof: { ...proof, [file]: { ...proof[file], key } },
});

test.each<[string, readonly string[]]>([
  ['an id that is none', eventLookUp({ ...call, eventID: 'x; id' })],
  ['a Region that is none', eventLookUp({ ...call, awsRegion: '$(id)' })],
  ['a key that CloudTrail does not write', proofLookUp(withKey('log', 'AWSLogs/$(id).json.gz'))],
  ['a key with what does not show', proofLookUp(withKey('digest', `\u202e/${digestOf(made).key}`))],
  [
    'a bucket that is none',
    proofLookUp({ ...call, proof: { ...proof, log: { ...logOf(made), bucket: '../..', sha256: '' } } }),
  ],
  ['a proof that rests on nothing', proofLookUp({ ...call, proof: { state: 'proven', says: '' } })],
  ['a resource whose name does not show', configurationLookUp({ ...finding, resourceId: 'a\nb' }, at(9))],
  ['a finding of a Region that is none', configurationLookUp({ ...finding, region: '; id' }, at(9))],
])('no command for %s', (_name, commands) => {
  expect(commands).toEqual([]);
});

test('what others have chosen stands in quotes, or not at all', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const hostile: Finding = { ...finding, resourceId: text, resourceType: text };
      const commands = [configurationLookUp(hostile, at(9))[0] ?? '', callsLookUp(hostile)[0] ?? ''];
      const unquoted = commands.join(' ').replaceAll(/'(?:[^']|'\\'')*'/g, '');
      expect(unquoted).not.toMatch(/[$`;&<>()\n\u202e]/);
    }),
  );
});
