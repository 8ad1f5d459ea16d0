import { parseMoment } from '../../cli/moment';
import { NOW } from './test-shell';

test.each([
  ['90m', '2026-01-31T22:30:00.000Z'],
  ['24h', '2026-01-31T00:00:00.000Z'],
  ['7d', '2026-01-25T00:00:00.000Z'],
  ['30s', '2026-01-31T23:59:30.000Z'],
  ['2w', '2026-01-18T00:00:00.000Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T10:00Z', '2026-01-31T10:00:00.000Z'],
  ['2026-01-31T10:00:00.5z', '2026-01-31T10:00:00.500Z'],
  ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
])('%s is %s', (text, moment) => {
  expect(parseMoment(text, NOW)?.toISOString()).toBe(moment);
});

test.each([
  'yesterday',
  '',
  '24',
  'h',
  '-24h',
  '1.5h',
  '24 h',
  '24H',
  '2026-02-31',
  '2026-02-31T10:00Z',
  '2026-13-01',
  '2026-01-31T25:00Z',
  // Without an offset it would mean another moment on each machine.
  '2026-01-31T10:00',
  '2026-01-31 10:00Z',
  '999999999w',
])('%j is no moment', (text) => {
  expect(parseMoment(text, NOW)).toBeUndefined();
});
