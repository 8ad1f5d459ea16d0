import { portColour } from '../../../../shared/controls/partners/port-colour';

test.each([
  [20, 20, 'red'],
  [21, 21, 'red'],
  [1433, 1433, 'red'],
  [1434, 1434, 'red'],
  [3306, 3306, 'red'],
  [3389, 3389, 'red'],
  [4333, 4333, 'red'],
  [5432, 5432, 'red'],
  [5500, 5500, 'red'],
  [0, 65535, 'red'],
  [5433, 5500, 'red'],
  [3300, 3310, 'red'],
  [25, 25, 'green'],
  [80, 80, 'green'],
  [443, 443, 'green'],
  [465, 465, 'green'],
  [22, 22, 'yellow'],
  [80, 443, 'yellow'],
  [8080, 8080, 'yellow'],
  [5501, 65535, 'yellow'],
  [22, 25, 'yellow'],
])('%i to %i is %s', (from, to, colour) => {
  expect(portColour(from, to)).toBe(colour);
});
