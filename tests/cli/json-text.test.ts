import { jsonLine, jsonText } from '../../cli/json-text';

test('nothing in it moves a terminal, and programs read what was written', () => {
  const value = { 'a\u001b[2J': 'b\u009b31m\u202ec\u2028d\u{e0041}\ufeff監査🔒\n"' };
  for (const text of [jsonText(value), jsonLine(value)]) {
    for (const moving of ['\u001b', '\u009b', '\u202e', '\u2028', '\u{e0041}', '\ufeff']) {
      expect(text).not.toContain(moving);
    }
    expect(text).toContain('監査🔒');
    expect(JSON.parse(text)).toEqual(value);
  }
  expect(jsonLine(value).indexOf('\n')).toBe(jsonLine(value).length - 1);
});
