import { type SettingsHistory, settingsHistory } from '../../../shared/aws/settings-history';
import type { ToldSettings } from '../../../shared/aws/trail-service';
import { sampleTemplate } from '../../local/sample-template';
import { startTestAws, stopAll } from '../../support/local-aws';

let history: SettingsHistory;
beforeEach(async () => {
  const { operator } = await startTestAws(sampleTemplate());
  history = settingsHistory('trailseal-test-findings', operator.dynamodb);
});
afterEach(stopAll);

const chain = { account: '111122223333', region: 'us-east-1', homeRegion: 'us-east-1', trail: 'main' };
const logging: ToldSettings = {
  isLogging: true,
  startedAt: '2026-01-01T00:00:00.000Z',
  validationEnabled: true,
  isMultiRegion: true,
  homeRegion: 'us-east-1',
  isOrganization: false,
  includesGlobalServices: true,
  bucket: 'logs',
  selectors: {
    kind: 'basic',
    selectors: [
      {
        readWriteType: 'All',
        includeManagementEvents: true,
        excludeManagementEventSources: ['kms.amazonaws.com'],
      },
    ],
  },
};
const stopped: ToldSettings = { ...logging, isLogging: false, stoppedAt: '2026-01-31T08:55:00.000Z' };
const at = (time: string) => `2026-01-31T${time}:00.000Z`;
const spans = async (from = at('00:00'), to = at('23:59')) =>
  (await history.settings(chain, from, to)).map(
    ({ isLogging, observedFrom, observedTo }) =>
      `${isLogging} ${observedFrom.slice(11, 16)}-${observedTo.slice(11, 16)}`,
  );

async function note(...observed: (readonly [string, ToldSettings])[]) {
  for (const [time, told] of observed) await history.noteSettings(chain, told, at(time));
}

test('what stays the same is one row that grows, with all that was told', async () => {
  await note(['08:00', logging], ['08:30', { ...logging }], ['09:00', logging]);
  expect(await history.settings(chain, at('00:00'), at('23:59'))).toEqual([
    { ...logging, observedFrom: at('08:00'), observedTo: at('09:00') },
  ]);
});

test('each change is a row of its own, also one back', async () => {
  await note(
    ['08:00', logging],
    ['08:30', logging],
    ['09:00', stopped],
    ['09:30', logging],
    ['10:00', logging],
  );
  expect(await spans()).toEqual(['true 08:00-08:30', 'false 09:00-09:00', 'true 09:30-10:00']);
});

test.each([
  ['an optional field that went', { ...logging, startedAt: undefined }],
  ['an error of delivery', { ...logging, latestDeliveryError: 'AccessDenied' }],
  ['another start', { ...logging, startedAt: '2026-01-31T08:10:00.000Z' }],
])('%s is a change', async (_, told) => {
  await note(['08:00', logging], ['08:30', told as ToldSettings]);
  expect(await spans()).toHaveLength(2);
});

test('only what was observed in a time is told of it', async () => {
  await note(['08:00', logging], ['08:30', logging], ['09:00', stopped], ['09:30', stopped]);
  expect(await spans(at('08:30'), at('08:45'))).toEqual(['true 08:00-08:30']);
  expect(await spans(at('08:31'), at('08:59'))).toEqual([]);
  expect(await spans(at('08:10'), at('09:10'))).toHaveLength(2);
  expect(await history.settings({ ...chain, trail: 'other' }, at('00:00'), at('23:59'))).toEqual([]);
});

test('selectors that could not be read once are no change, and no observation', async () => {
  const unread: ToldSettings = JSON.parse(JSON.stringify({ ...logging, selectors: undefined }));
  await note(['08:00', logging], ['08:30', unread]);
  expect(await spans()).toEqual(['true 08:00-08:00']);
  await note(['09:00', logging], ['09:30', { ...unread, isLogging: false }]);
  expect(await spans()).toEqual(['true 08:00-09:00', 'false 09:30-09:30']);
});

test('an observation that comes late, or twice, changes nothing', async () => {
  await note(['08:00', logging], ['09:00', logging], ['08:30', stopped], ['09:00', stopped]);
  expect(await spans()).toEqual(['true 08:00-09:00']);
});
