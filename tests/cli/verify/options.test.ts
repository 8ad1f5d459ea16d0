import { selectionOf, type VerifyOptions, windowOf } from '../../../cli/verify/options';

const now = new Date('2026-02-01T00:00:00.789Z');

test.each([
  [{}, { to: '2026-02-01T00:00:00Z' }],
  [{ start: '24h' }, { from: '2026-01-31T00:00:00Z', to: '2026-02-01T00:00:00Z' }],
  [
    { start: '2026-01-01', end: '2026-01-02T03:00:00+01:00' },
    { from: '2026-01-01T00:00:00Z', to: '2026-01-02T02:00:00Z' },
  ],
])('window of %j', (options, window) => {
  expect(windowOf(options, now)).toEqual(window);
});

test.each([
  [{ start: 'yesterday' }, '--start yesterday: expected a time such as'],
  [{ end: '2026-02-30' }, '--end 2026-02-30: expected a time such as'],
  [{ start: '1d', end: '2d' }, '--start 2026-01-31T00:00:00Z is after --end 2026-01-30T00:00:00Z'],
  [{ start: '2027-01-01' }, '--start 2027-01-01T00:00:00Z is after now 2026-02-01T00:00:00Z'],
])('no window of %j', (options, says) => {
  expect(() => windowOf(options, now)).toThrow(says);
});

const select = (options: Partial<VerifyOptions>) => selectionOf({ format: 'text', ...options });
const trail = { trail: 'main', homeRegion: 'us-east-1' };

test.each([
  [undefined, true],
  [['main'], true],
  [['other', 'main'], true],
  [['mai'], false],
  [['arn:aws:cloudtrail:us-east-1:111122223333:trail/main'], true],
  [['arn:aws:cloudtrail:eu-west-1:111122223333:trail/main'], false],
  [['arn:aws-cn:cloudtrail:us-east-1:111122223333:trail/main'], true],
])('--trail %j', (names, isSelected) => {
  const selection = select(names === undefined ? {} : { trail: names });
  expect(selection.trail(trail)).toBe(isSelected);
  expect(selection.isNarrow).toBe(names !== undefined);
});

test('an ARN of something else is no trail', () => {
  expect(() => select({ trail: ['arn:aws:s3:::bucket'] })).toThrow('expected an ARN such as');
});

test('accounts and Regions', () => {
  const { account, region } = select({ account: ['111122223333'], region: ['eu-west-1', 'eu-west-2'] });
  expect([account('111122223333'), account('444455556666')]).toEqual([true, false]);
  expect([region('eu-west-2'), region('eu-west-3')]).toEqual([true, false]);
});
