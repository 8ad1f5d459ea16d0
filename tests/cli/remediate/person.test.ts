import { PassThrough } from 'node:stream';
import { agreed, personAt } from '../../../cli/remediate/person';
import { signerNamed } from '../../../cli/remediate/signer';
import { testShell } from '../test-shell';

/** What somebody types, at a terminal or into a pipe. */
const typing = (text: string, isTTY?: boolean) => {
  const input = Object.assign(new PassThrough(), isTTY === undefined ? {} : { isTTY });
  input.end(text);
  return input;
};

test.each<[string, boolean]>([
  ['y\n', true],
  ['Yes\n', true],
  [' y \n', true],
  ['\n', false],
  ['n\n', false],
  ['yes please\n', false],
  ['nay\ny\n', false],
  ['', false],
])('%j is a yes: %s', async (text, isYes) => {
  const shell = testShell({ columns: 80 });
  expect(await personAt(shell, typing(text, true)).agrees('Ask for this?')).toBe(isYes);
  expect(shell.said).toEqual({ out: '', err: 'Ask for this? [y/N] ' });
});

test.each<[string, number | undefined, boolean | undefined, boolean]>([
  ['at a terminal', 80, true, true],
  ['what is written goes elsewhere', undefined, true, false],
  ['what is typed comes from elsewhere', 80, undefined, false],
])('%s: is somebody there', (_name, columns, isTTY, isThere) => {
  const shell = testShell(columns === undefined ? {} : { columns });
  expect(personAt(shell, typing('y\n', isTTY)).isThere).toBe(isThere);
});

test('nobody is taken for a yes', async () => {
  const nobody = personAt(testShell(), typing('y\n'));
  await expect(agreed('Ask for this?', false, nobody)).rejects.toThrow('nobody is at a terminal');
  await expect(agreed('Ask for this?', true, nobody)).resolves.toBe(true);
});

test('only the laptop knows people by their names', () => {
  const people = { ann: { accessKeyId: 'AKIALOCALANN', secretAccessKey: 's' } };
  const target = { stage: 'dev', place: {}, people };
  expect(signerNamed('ann', { place: {}, target: { ...target, laptop: 'laptop' } })).toEqual(people.ann);
  expect(() => signerNamed('ann', { place: {}, target })).toThrow('--as: only local AWS knows people');
});
