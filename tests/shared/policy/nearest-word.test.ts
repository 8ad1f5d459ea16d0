import { nearestWord } from '../../../shared/policy/nearest-word';

test.each<[word: string, candidates: string[], nearest: string | undefined]>([
  ['modde', ['parameters', 'mode'], 'mode'],
  ['MODE', ['mode'], 'mode'],
  ['onwer', ['owner', 'reason'], 'owner'],
  ['s3-bucket-public-acces-block', ['s3-bucket-public-access-block'], 's3-bucket-public-access-block'],
  ['expire', ['expires', 'expirez'], 'expires'],
  ['zones', ['accounts', 'regions'], undefined],
  ['a', ['off'], undefined],
  ['', ['off'], undefined],
  ['mode', [], undefined],
])('%j among %j: %j', (word, candidates, nearest) => {
  expect(nearestWord(word, candidates)).toBe(nearest);
});
