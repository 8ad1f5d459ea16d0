import { columnLines, pageText, wrapped } from '../../../cli/show/page';
import { type Paint, widthOf } from '../../../cli/terminal';

const plain: Paint = (_, text) => text;

test.each<[string, number, string[]]>([
  ['one two three', 8, ['one two', 'three']],
  ['one two three', Number.POSITIVE_INFINITY, ['one two three']],
  ['a-very-long-word b', 6, ['a-very', '-long-', 'word b']],
  ['監査証跡', 5, ['監査', '証跡']],
  ['', 5, ['']],
])('%j in %s columns', (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines);
});

const sections = [
  { title: 'Nothing', lines: [] },
  { title: 'Steps', lines: [{ mark: '1. ', text: 'Find out who still needs the access' }] },
  {
    title: 'Times',
    lines: columnLines([
      { cells: ['09:00', 'open'], text: 'port 22 is open to the whole of the world' },
      { cells: ['10:00', 'resolved'], text: 'fine' },
    ]),
  },
];

test('lines go on below where their text began', () => {
  expect(pageText(sections, { width: 48, paint: plain })).toBe(`Steps
  1. Find out who still needs the access

Times
  09:00  open      port 22 is open to the whole
                   of the world
  10:00  resolved  fine`);
});

test('where there is no room beside it, text goes below its mark', () => {
  expect(pageText(sections.slice(2), { width: 30, paint: plain })).toBe(`Times
  09:00  open
    port 22 is open to the
    whole of the world
  10:00  resolved  fine`);
});

test.each([12, 20, 40, 80])('fits a terminal of %s columns', (width) => {
  const hostile = {
    title: 'x'.repeat(100),
    lines: [{ mark: '- ', text: `a\u001b[2Jb\u202e${'監'.repeat(90)}` }],
  };
  const text = pageText([...sections, hostile], { width, paint: plain });
  expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(width);
  for (const moving of ['\u001b', '\u202e']) expect(text).not.toContain(moving);
});
