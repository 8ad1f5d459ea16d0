import type { Letter } from '../../../cli/redrive/letter';
import { isSelected, type Selection } from '../../../cli/redrive/selection';

const at = (text: string) => new Date(`2026-01-31T${text}Z`);
const letter: Letter = {
  id: '1',
  queue: 'trailseal-dev-dead-letters',
  sentAt: at('10:00').getTime(),
  functionName: 'send-alert',
  reason: 'invalid-json',
  error: '',
  body: '',
};

test.each<[string, Selection, boolean]>([
  ['nothing said', {}, true],
  ['since before', { since: at('09:59') }, true],
  ['since that moment', { since: at('10:00') }, true],
  ['since after', { since: at('10:01') }, false],
  ['until before', { until: at('09:59') }, false],
  ['until that moment', { until: at('10:00') }, false],
  ['until after', { until: at('10:01') }, true],
  ['its reason among others', { reasons: ['invalid-event', 'invalid-json'] }, true],
  ['another reason', { reasons: ['invalid'] }, false],
  ['its function', { functions: ['send-alert'] }, true],
  ['another function', { functions: ['send'] }, false],
  ['its function for another reason', { functions: ['send-alert'], reasons: ['unknown'] }, false],
])('%s', (_, selection, selected) => {
  expect(isSelected(letter, selection)).toBe(selected);
});

test('a letter of no known function is selected by none', () => {
  expect(isSelected({ ...letter, functionName: undefined }, { functions: ['undefined'] })).toBe(false);
});
