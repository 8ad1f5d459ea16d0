import { recordSearches } from '../../../shared/aws/record-searches';
import { sampleTemplate } from '../../local/sample-template';
import { startTestAws, stopAll } from '../../support/local-aws';

afterEach(stopAll);

const NOW = '2026-01-31T10:00:00.000Z';
const name = { account: '111122223333', eventTime: '2026-01-31T08:05:00.000Z', eventID: 'e' };
const counted = { scanned: 2, invalid: 0, missing: 1, unverifiable: 0 };

test('how far a record was searched for is remembered, for each by itself', async () => {
  const { operator } = await startTestAws(sampleTemplate());
  const searches = recordSearches('trailseal-test-findings', operator.dynamodb);
  expect(await searches.read(name)).toEqual({});
  const likely = { a: { sha256: 'aa', likely: { ...counted, at: NOW } } };
  await searches.write(name, likely, NOW);
  expect(await searches.read(name)).toEqual(likely);
  expect(await searches.read({ ...name, eventID: 'f' })).toEqual({});
  expect(await searches.read({ ...name, account: '444455556666' })).toEqual({});
  const all = { ...likely, b: { sha256: 'bb', all: { ...counted, next: 3 } } };
  await searches.write(name, all, NOW);
  expect(await searches.read(name)).toEqual(all);
});
