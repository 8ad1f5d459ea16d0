import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import * as z from 'zod';
import type { Json } from '../../../shared/contracts/aws/configuration-item';
import { addJudgement } from '../../../shared/findings/finding';
import { changeLink } from '../../../shared/proof/change';
import { alertOf, isTold } from '../../../shared/tell/alerts/alert';
import { Alert } from '../../../shared/tell/alerts/alert-schema';
import { notificationOf } from '../../../shared/tell/alerts/notification';
import { at, control, exemptUntil, open, reason, subject, transitionEvent } from '../../support/findings';
import { hostileText } from './hostile-text';
import { alertIn, eventOf, type Story, stories } from './stories';

const kinds = Object.keys(stories) as Story[];

/** The schema as it is published: what a later version adds is allowed. */
const isAlert = new Ajv2020({ strict: false }).compile(z.toJSONSchema(Alert, { io: 'input' }));

const problemsOf = (value: unknown) => (isAlert(value) ? [] : isAlert.errors);

describe('for machines', () => {
  test.each(kinds)('%s is valid by the published schema', (story) => {
    const told: unknown = JSON.parse(notificationOf(alertIn(story)).message.default);
    expect(problemsOf(told)).toEqual([]);
    expect(Alert.parse(told)).toEqual(told);
  });

  test.each(['alertId', 'finding', 'links', 'status', 'whatToDo'])('one without %s is not', (field) => {
    const { [field]: _, ...others } = alertIn('Opened') as unknown as Record<string, unknown>;
    expect(problemsOf(others)).not.toEqual([]);
  });

  test('one with a state that is none is not', () => {
    const alert = alertIn('Opened');
    expect(
      problemsOf({ ...alert, links: { ...alert.links, proof: { ...alert.links.proof, state: 'sure' } } }),
    ).not.toEqual([]);
  });

  test('one with a field of a later version is', () => {
    expect(problemsOf({ ...alertIn('Opened'), addedLater: true })).toEqual([]);
  });

  test('values of any shape are valid', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const judgement = open(at(9), { because: [reason({ value: value as Json })] });
        const alert = alertOf(transitionEvent({ judgement }), { control, mode: 'notify' });
        expect(problemsOf(JSON.parse(JSON.stringify(alert)))).toEqual([]);
      }),
    );
  });

  test('ids come through exactly, whatever they are', () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...kinds), (text, story) => {
        const { message } = notificationOf(
          alertIn(story, { resourceId: text, arn: text, resourceName: text }),
        );
        const told = JSON.parse(JSON.parse(JSON.stringify(message)).default);
        expect(told.resource).toMatchObject({ resourceId: text, arn: text });
        expect(problemsOf(told)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('the same event gives the same alert again', () => {
    for (const story of kinds) expect(notificationOf(alertIn(story))).toEqual(notificationOf(alertIn(story)));
  });

  test.each<[Story, string]>([
    ['Opened', 'open'],
    ['Updated', 'open'],
    ['Reopened', 'open'],
    ['Resolved', 'resolved'],
    ['Exempted', 'exempt'],
    ['Late', 'resolved'],
  ])('after %s the finding is %s', (story, status) => expect(alertIn(story).status).toBe(status));

  test.each([
    ['open', open(at(10))],
    ['open', exemptUntil(at(9), at(8))],
    ['exempt', exemptUntil(at(22), at(10))],
  ])('after an exposure learned of too late it can be %s', (status, judgement) => {
    const alert = alertOf(transitionEvent({ ...stories.Late, judgement }), { control, mode: 'notify' });
    expect(alert.status).toBe(status);
  });

  test('a closing message carries the evidence of what is over', () => {
    for (const story of ['Resolved', 'Deleted', 'Exempted', 'Late'] as const) {
      expect(alertIn(story).because).toMatchObject([{ says: 'port 22 (tcp) is open to 0.0.0.0/0' }]);
    }
  });

  test('frameworks without an item of this control are left out', () => {
    const bare = { ...control, frameworks: { ...control.frameworks, soc2: [], cis: {} } };
    const alert = alertOf(eventOf('Opened'), { control: bare, mode: 'notify' });
    expect(Object.keys(alert.control.frameworks)).toEqual([
      'securityHub',
      'awsConfig',
      'nist80053r5',
      'pciDss4',
    ]);
  });
});

test('people hear of what was exposed, and of nothing else', () => {
  expect(isTold(eventOf('Opened'))).toBe(true);
  const { exposure: _, ...quiet } = eventOf('Exempted').transition;
  expect(isTold({ ...eventOf('Exempted'), transition: quiet })).toBe(false);
});

test('of the calls of an exempt finding only a contradiction is told', () => {
  const told = (kind: 'Attributed' | 'Sealed' | 'Unproven' | 'Contradicted') => {
    const detail = transitionEvent({ kind }, { state: 'exempt' });
    const { exposure: _, ...transition } = detail.transition;
    const exempt = { ...detail, transition };
    notificationOf(alertOf(exempt, { control, mode: 'notify' }));
    return isTold(exempt);
  };
  expect((['Attributed', 'Sealed', 'Unproven', 'Contradicted'] as const).filter(told)).toEqual([
    'Contradicted',
  ]);
});

describe('for filter policies', () => {
  test('the attributes say what an alert is about', () => {
    expect(notificationOf(alertIn('Opened')).attributes).toEqual({
      severity: 'high',
      control: 'sg-no-world-admin-ipv4',
      account: '123456789012',
      region: 'eu-central-1',
      service: 'ec2',
      status: 'open',
      messageType: 'Opened',
      alertId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    });
  });

  test.each([
    ['AWS::S3::Bucket', 's3'],
    ['AWS::::Bucket', 'unknown'],
    ['Custom', 'unknown'],
    ['', 'unknown'],
  ])('a %s belongs to the service %s', (resourceType, service) => {
    expect(notificationOf(alertIn('Opened', { resourceType })).attributes['service']).toBe(service);
  });

  test('none is empty, or of characters that SNS refuses', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { attributes } = notificationOf(
          alertIn('Opened', { region: text, resourceType: `AWS::${text}` }),
        );
        for (const value of Object.values(attributes)) expect(value).toMatch(/^[\x20-\x7e]{1,256}$/);
      }),
    );
  });
});

test('a whole message stays below what SNS takes, whatever was found', () => {
  const long = '\u0001"ä🔥'.repeat(2000);
  const paths = Array.from({ length: 100 }, (_, index) => `configuration.${index}.${long}`);
  const change = changeLink(
    paths.map((path) => ({ path, changeType: 'UPDATE' as const, before: { [long]: long }, after: long })),
    ['configuration'],
  );
  const judgement = open(at(9), {
    annotation: long,
    because: Array.from({ length: 100 }, (_, index) =>
      reason({ says: `${index}${long}`, value: long, path: long, expected: long }),
    ),
    change,
  });
  const id = '\u0001🔥'.repeat(256); // resource ids have at most 768 characters
  const about = { ...subject, resourceId: id, resourceName: long, arn: `arn:aws:x:::${id}` };
  const [transition] = addJudgement(undefined, about, judgement, at(10)).transitions;
  const { history: _, ...finding } = addJudgement(undefined, about, judgement, at(10)).finding;
  if (transition === undefined) throw new Error('nothing was opened');
  const event = {
    schemaVersion: '1' as const,
    transition: { ...transition, seq: 1, recordedAt: at(10) },
    finding,
  };
  const { message, subject: title, attributes } = notificationOf(alertOf(event, { control, mode: 'notify' }));
  const bytes = Buffer.byteLength(JSON.stringify(message) + title + JSON.stringify(attributes));
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThan(128 * 1024);
});
