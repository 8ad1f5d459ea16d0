import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { EventProof, Finding } from '../../../shared/contracts/trailseal/finding';
import type { CapturedItem } from '../../../shared/findings/activity-index';
import { type LinkNeeds, linkFinding } from '../../../shared/findings/links';
import { recordJudgement, relinkFinding } from '../../../shared/findings/record';
import { pendingProof } from '../../../shared/findings/witnesses';
import { record } from '../../support/activity-events';
import { at, inMemory, joined, open, subject } from '../../support/findings';

const { finding } = joined([open(at(9))], at(9, 1));
const item: CapturedItem = {
  account: subject.accountId,
  region: subject.region,
  resourceType: subject.resourceType,
  resourceId: subject.resourceId,
  capturedAt: at(9),
  configurationStateId: '1',
  changedPaths: ['configuration.ipPermissions.0'],
  findings: [finding.id],
};
const opening: JsonObject = {
  ...record({
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    eventID: 'the-one',
    eventTime: at(8, 58),
    awsRegion: subject.region,
    recipientAccountId: subject.accountId,
    requestParameters: { groupId: subject.resourceId, ipPermissions: {} },
  }),
};
const proven: EventProof = { state: 'proven', says: 'it is there' };

/** An index and witnesses in memory. */
function world(parts: Partial<LinkNeeds> = {}) {
  const calls: JsonObject[] = [opening];
  const awaited = new Map<string, { findings: string[]; proof: EventProof }>();
  const needs: LinkNeeds = {
    index: {
      calls: async () => [...calls],
      items: async () => [item],
      itemBefore: async () => undefined,
      seek: async () => 'seeking',
    },
    witnesses: {
      async expect({ eventID }, findingId) {
        const known = awaited.get(eventID) ?? { findings: [], proof: pendingProof };
        awaited.set(eventID, { ...known, findings: [...known.findings, findingId] });
        return known.proof;
      },
      async read(name) {
        const known = awaited.get(name.eventID);
        return known && { ...name, record: opening, expectedSince: at(9), seq: 1, ...known };
      },
    },
    isWatched: true,
    now: () => at(10),
    ...parts,
  };
  return { needs, calls, awaited };
}
const linked = async (needs: LinkNeeds, before: Finding = finding): Promise<Finding> => ({
  ...before,
  links: await linkFinding(needs)(before),
});
const callOf = ({ links }: Finding) => links?.[0]?.calls[0];

test('what was proven stays so when compliance.yml names no trail any more', async () => {
  const { needs, awaited } = world();
  const before = await linked(needs);
  awaited.set('the-one', { findings: [finding.id], proof: proven });
  const after = await linked({ ...needs, isWatched: false }, before);
  expect(callOf(after)?.proof).toEqual(proven);
});

test('when compliance.yml comes to name a trail, a finding waits itself, whoever else does already', async () => {
  const { needs, awaited } = world();
  const before = await linked({ ...needs, isWatched: false });
  expect(callOf(before)?.proof).toMatchObject({ reason: 'not-watched' });
  awaited.set('the-one', { findings: ['ANOTHER'], proof: pendingProof });
  const after = await linked(needs, before);
  expect(callOf(after)?.proof).toEqual(pendingProof);
  expect(awaited.get('the-one')?.findings).toEqual(['ANOTHER', finding.id]);
});

test('and so does one of a detection, whose event is not there any more', async () => {
  const { needs, awaited } = world();
  const activity = callOf(await linked({ ...needs, isWatched: false }));
  if (activity === undefined) throw new Error('there is one call');
  const { proof: _, ...call } = activity;
  const detected: Finding = {
    ...joined([open(at(9), { activity: call })], at(9, 1)).finding,
    links: [{ observedAt: at(9), configurationStateId: '1', actor: 'named', calls: [activity] }],
  };
  awaited.set('the-one', { findings: ['ANOTHER'], proof: pendingProof });
  await linked(needs, detected);
  expect(awaited.get('the-one')?.findings).toEqual(['ANOTHER', detected.id]);
});

test('who did it stays known when the index has forgotten the call for its age, and its proof goes on', async () => {
  const { needs, calls, awaited } = world();
  const before = await linked(needs);
  calls.length = 0;
  awaited.set('the-one', { findings: [finding.id], proof: proven });
  const later = new Date(Date.parse(at(9)) + 90 * 86_400_000).toISOString();
  const after = await linked({ ...needs, now: () => later }, before);
  expect(after.links).toMatchObject([{ actor: 'named', calls: [{ eventID: 'the-one', proof: proven }] }]);
  // A call that is no longer the explanation although it can't have been forgotten is none.
  expect((await linked(needs, before)).links).toMatchObject([{ actor: 'missing', calls: [] }]);
});

test('what was learned between reading and writing a finding is in it all the same', async () => {
  const { needs, calls } = world();
  calls.length = 0;
  const memory = inMemory(() => at(10));
  const link = linkFinding(needs);
  let isFirst = true;
  const racing = {
    ...memory,
    link,
    table: {
      ...memory.table,
      async write(...args: Parameters<typeof memory.table.write>) {
        if (isFirst) {
          isFirst = false;
          calls.push(opening);
          await relinkFinding(finding.id, { ...memory, link });
        }
        return memory.table.write(...args);
      },
    },
  };
  const told = await recordJudgement(subject, open(at(9)), racing);
  expect(told.map(({ kind }) => kind)).toEqual(['Opened', 'Attributed']);
  expect(callOf(memory.stored.get(finding.id)?.finding as Finding)?.eventID).toBe('the-one');
});
