import { judgeTail, type Tail } from '../../../../shared/proof/trail/chain-tail';
import { at, chain } from '../../../support/chain-reports';

const digest = 's3://trail-logs/newest';

/** The newest digest ends at 10:00; the next one ends at 11:00. */
const tail: Omit<Tail, 'now' | 'window'> = { chain, newest: { end: at(10), digest }, live: true };

/** Asked at an hour, up to that same hour. */
const asked = (hour: number, more: Partial<Tail> = {}): Tail => ({
  ...tail,
  now: at(hour),
  window: { to: at(hour) },
  ...more,
});

const minutes = (count: number) => count / 60;
const logging = { exists: true, isLogging: true, validationEnabled: true };
const stoppedAt = (hour: number) => ({ ...logging, isLogging: false, stoppedAt: at(hour) });
const delivered = (hour: number) => ({ ...logging, latestDigestDeliveryTime: at(hour) });

test.each<[story: string, tail: Tail, findings: [code: string, severity: string][]]>([
  ['the next is not due yet', asked(10.5), []],
  ['the next may still come', asked(13), []],
  ['2 hours overdue', asked(13 + minutes(1)), [['tail-overdue', 'medium']]],
  ['6 hours overdue', asked(17), [['tail-overdue', 'medium']]],
  ['more than 6 hours overdue', asked(17 + minutes(1)), [['tail-overdue', 'critical']]],
  ['silence of a copy', asked(40, { live: false }), []],
  ['nobody asked for later hours', asked(40, { window: { to: at(9.5) } }), []],
  ['later hours were asked for, but not up to now', asked(40, { window: { to: at(12) } }), []],
  ['and a few more', asked(40, { window: { to: at(12.5) } }), [['tail-overdue', 'medium']]],
  [
    'a trail that was stopped in the next hour',
    asked(40, { state: stoppedAt(10.5) }),
    [['trail-stopped', 'high']],
  ],
  [
    'a trail that was stopped just before',
    asked(10.5, { state: stoppedAt(10) }),
    [['trail-stopped', 'high']],
  ],
  [
    'a trail that was stopped as the next digest was due',
    asked(40, { state: stoppedAt(11.5) }),
    [['trail-stopped', 'high']],
  ],
  [
    'a trail that was stopped when digests had long been missing',
    asked(40, { state: stoppedAt(14) }),
    [
      ['trail-stopped', 'high'],
      ['tail-overdue', 'critical'],
    ],
  ],
  [
    'a trail that was stopped just as the hours that were asked for end',
    asked(40, { window: { to: at(13) }, state: stoppedAt(14) }),
    [
      ['trail-stopped', 'high'],
      ['tail-overdue', 'medium'],
    ],
  ],
  [
    'a trail that was stopped long after the hours that were asked for',
    asked(40, { window: { to: at(9) }, state: stoppedAt(14) }),
    [],
  ],
  ['a trail that is gone', asked(40, { state: { exists: false } }), [['trail-stopped', 'high']]],
  [
    'validation switched off',
    asked(40, { state: { ...logging, validationEnabled: false } }),
    [['trail-stopped', 'high']],
  ],
  ['a trail that logs', asked(11, { state: logging }), []],
  ['a trail of which little is known', asked(11, { state: { exists: true } }), []],
  ['a delivery in the hour of the newest', asked(12.5, { state: delivered(11) }), []],
  [
    'a delivery that was half an hour ago',
    asked(11.75, { state: delivered(11.25) }),
    [['tail-missing', 'critical']],
  ],
  ['a delivery while files were listed', asked(11.5, { state: delivered(11.25) }), []],
  [
    'a delivery just now, after others that must have been',
    asked(12.5, { state: delivered(12.25) }),
    [['tail-missing', 'critical']],
  ],
  [
    'a delivery, of which nothing is there after 7 hours',
    asked(19, { state: delivered(18) }),
    [['tail-missing', 'critical']],
  ],
  [
    'a delivery beyond the hours that were asked for',
    asked(19, { window: { to: at(9) }, state: delivered(18) }),
    [],
  ],
  ['a delivery, judged from a copy', asked(19, { live: false, state: delivered(18) }), []],
  [
    'a delivery in the home Region, judged in another',
    asked(12, { chain: { ...chain, region: 'us-east-1' }, state: delivered(11.25) }),
    [],
  ],
  ['log files of the next hour', asked(12, { logsAfterTail: [at(10.5), at(11.5)] }), []],
  [
    'log files of the hour after that',
    asked(12, { logsAfterTail: [at(10.5), at(11.5 + minutes(1))] }),
    [['tail-missing', 'high']],
  ],
  [
    'log files of the hour after that, in a copy',
    asked(40, { live: false, logsAfterTail: [at(12)] }),
    [['tail-missing', 'high']],
  ],
  [
    'log files of the last minute that was asked for',
    asked(12, { logsAfterTail: [at(12)] }),
    [['tail-missing', 'high']],
  ],
  [
    'log files beyond the hours that were asked for',
    asked(12.5, { window: { to: at(12) }, logsAfterTail: [at(12.1)] }),
    [],
  ],
  [
    'log files, after more than 6 hours',
    asked(18, { logsAfterTail: [at(12)] }),
    [
      ['tail-missing', 'high'],
      ['tail-overdue', 'critical'],
    ],
  ],
])('%s', (_, given, findings) => {
  expect(judgeTail(given).map(({ code, severity }) => [code, severity])).toEqual(findings);
});

describe('before any digest was seen', () => {
  const { newest: _, ...unseen } = tail;
  const first = (hour: number, more: Partial<Tail>): Tail => ({
    ...unseen,
    now: at(hour),
    window: { to: at(hour) },
    ...more,
  });

  test.each<[story: string, tail: Tail, codes: string[]]>([
    ['silence alone says nothing', first(40, {}), []],
    ['nor do log files', first(40, { logsAfterTail: [at(30)] }), []],
    ['a delivery that was claimed', first(12, { state: delivered(11) }), ['tail-missing']],
    [
      'a delivery before the hours that were asked for',
      first(12, { window: { from: at(11.5), to: at(12) }, state: delivered(11) }),
      [],
    ],
    ['a delivery just now', first(11.25, { state: delivered(11) }), []],
    ['a trail that was stopped', first(40, { state: stoppedAt(3) }), ['trail-stopped']],
  ])('%s', (_, given, codes) => {
    expect(judgeTail(given).map(({ code }) => code)).toEqual(codes);
  });
});

test('what is missing says since when, and by what it shows', () => {
  expect(judgeTail(asked(19, { state: delivered(18) }))).toEqual([
    {
      code: 'tail-missing',
      severity: 'critical',
      says: `GetTrailStatus says that a digest was delivered at ${at(18)}, but the newest that is there ends ${at(10)}`,
      digest,
      from: at(10),
      to: at(18),
    },
  ]);
  const { newest: _, ...unseen } = asked(12, { state: delivered(11) });
  expect(judgeTail(unseen)).toMatchObject([
    { says: `GetTrailStatus says that a digest was delivered at ${at(11)}, but none is there` },
  ]);
  expect(judgeTail(asked(12.5, { logsAfterTail: [at(12)] }))).toMatchObject([
    { says: `1 log file is stamped up to ${at(12)}, but the newest digest ends ${at(10)}` },
  ]);
  expect(judgeTail(asked(12.5, { logsAfterTail: [at(12), at(12.25), at(11)] }))).toMatchObject([
    {
      says: `2 log files are stamped up to ${at(12.25)}, but the newest digest ends ${at(10)}`,
      to: at(12.25),
    },
  ]);
});

test('what is overdue says for how long, and the error that AWS names', () => {
  const state = { ...logging, latestDigestDeliveryError: 'AccessDenied' };
  expect(judgeTail(asked(14.5, { state }))).toEqual([
    {
      code: 'tail-overdue',
      severity: 'medium',
      says: `no digest has come after the one that ends ${at(10)}: it is 3 h 30 min overdue; GetTrailStatus names the error AccessDenied`,
      digest,
      from: at(10),
      to: at(14.5),
    },
  ]);
});

test.each([
  [{ exists: false }, 'the trail does not exist any more'],
  [stoppedAt(10), `the trail is not logging since ${at(10)}`],
  [{ exists: true, isLogging: false }, 'the trail is not logging'],
  [{ exists: true, isLogging: true, validationEnabled: false }, 'log file validation is switched off'],
])('a trail that sends nothing says why: %j', (state, says) => {
  expect(judgeTail(asked(11, { state }))).toMatchObject([{ code: 'trail-stopped', says, to: at(11) }]);
});
