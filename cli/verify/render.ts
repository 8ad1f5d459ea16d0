import type { ChainFinding } from '../../shared/proof/trail/chain';
import { type ChainCode, meaningOf, statusCodes } from '../../shared/proof/trail/chain-codes';
import { statuses } from '../../shared/proof/trail/verdict';
import { paintSeverity } from '../severity';
import type { Shell } from '../shell';
import { counted, type TextStyle } from '../table';
import { aligned, printable } from '../terminal';
import { type Advice, adviceLines } from './advice';
import type { ChainStory, Findings } from './findings';
import { number } from './number';
import type { Summary } from './records';
import { isUnicode, legend, type StripStyle, stripLines } from './strip';
import { type Counts, sumOf } from './totals';

const INDENT = '    ';
const LINE_LENGTH = 600;
/** With more chains than these, hours are shown only of those that are not verified from end to end. */
const MOST_STRIPS = 20;

/** What to look at, worst first, then each chain with its hours, then the totals and what they rest on. */
export function renderText(
  summary: Summary,
  findings: Findings,
  advice: Advice,
  style: TextStyle,
  env: Shell['env'],
): string {
  const sections = [
    problemsText(findings, style),
    whatToDo(findings, style),
    chainsText(findings.chains, { ...style, isUnicode: isUnicode(env) }),
    totalsText(summary, findings),
    adviceLines(summary, findings, advice).join('\n'),
  ].filter((section) => section !== '');
  return `${sections.join('\n\n')}\n`;
}

function problemsText({ worst }: Findings, style: TextStyle): string {
  const shown = worst.inOrder();
  const more =
    worst.count > shown.length
      ? [`The worst ${number(shown.length)} of ${number(worst.count)}. All of them: --format ndjson`]
      : [];
  return [...shown.map((finding) => problemText(finding, style)), ...more].join('\n');
}

function problemText(finding: ChainFinding, { paint }: TextStyle): string {
  const { severity, code, says, file, digest, from, to, expected, computed } = finding;
  const place = file ?? digest;
  const details: readonly (readonly [string, string | undefined])[] = [
    ['file', place],
    ['expected', expected],
    ['found', computed],
    ['listed by', file === undefined ? undefined : digest],
  ];
  const head = `${paintSeverity(severity, severity, paint)}  ${paint('bold', code)}${hoursText(from, to)}`;
  return [
    head,
    `${INDENT}${printable(withoutKey(says, file), LINE_LENGTH)}`,
    ...aligned(
      details.flatMap(([name, value]) =>
        value === undefined ? [] : [[`${INDENT}${name}`, printable(value, LINE_LENGTH)]],
      ),
      Number.POSITIVE_INFINITY,
    ).map((line) => paint('dim', line)),
  ].join('\n');
}

/** The file has a line of its own. */
const withoutKey = (says: string, file: string | undefined): string => {
  const key = file?.slice(file.indexOf('/', 's3://'.length) + 1);
  return key ? says.replace(` ${key}`, '') : says;
};

function hoursText(from: string | undefined, to: string | undefined): string {
  if (from === undefined) return '';
  return to === undefined || to === from ? `  ${from}` : `  ${from} to ${to}`;
}

function whatToDo({ codes }: Findings, { paint }: TextStyle): string {
  const told = [...codes].filter((code) => meaningOf(code).severity !== 'informational').sort();
  if (told.length === 0) return '';
  const lines = told.map((code) => [`${INDENT}${code}`, meaningOf(code).whatToDo]);
  return [paint('bold', 'What to do'), ...aligned(lines, Number.POSITIVE_INFINITY)].join('\n');
}

function chainsText(chains: readonly ChainStory[], style: TextStyle & StripStyle): string {
  if (chains.length === 0) return '';
  const { paint } = style;
  const [head = '', ...lines] = aligned(
    [
      ['ACCOUNT', 'REGION', 'TRAIL', 'FROM', 'TO', 'DIGESTS', 'LOG FILES', 'VERDICT'],
      ...chains.map((story) => [
        story.chain.account,
        story.chain.region,
        printable(story.chain.trail, 130),
        minuteText(story.from),
        minuteText(story.to),
        number(sumOf(story.totals.digests)),
        number(sumOf(story.totals.logs)),
        verdictText(story),
      ]),
    ],
    Number.POSITIVE_INFINITY,
  );
  const hasStrip = ({ hours }: ChainStory) => chains.length <= MOST_STRIPS || hours.states.size > 0;
  const body = chains.flatMap((story, index) => [
    paint(verdictText(story) === ALL_VALID ? 'green' : 'red', lines[index] ?? ''),
    ...(hasStrip(story) ? stripLines(story.hours, style) : []),
  ]);
  const shown = chains.filter(hasStrip).map(({ hours }) => hours);
  return [
    paint('dim', head),
    ...body,
    ...(shown.length === 0 ? [] : [`${INDENT}an hour each: ${legend(shown, style)}`]),
  ].join('\n');
}

const ALL_VALID = 'all valid';

/** `1 invalid digest, 2 missing log files, chain-fork` */
export function verdictText({ totals, findings }: Pick<ChainStory, 'totals' | 'findings'>): string {
  const ofFiles = new Set<ChainCode>(
    Object.values(statusCodes).flatMap(({ digest, log }) => [digest ?? [], log ?? []].flat()),
  );
  const others = new Set(findings.map(({ code }) => code).filter((code) => !ofFiles.has(code)));
  const parts = [
    ...notValid(totals.digests, 'digest'),
    ...notValid(totals.logs, 'log file'),
    ...[...others].sort(),
  ];
  return parts.length === 0 ? ALL_VALID : parts.join(', ');
}

const notValid = (counts: Counts, noun: string): string[] =>
  statuses.flatMap((status) => {
    const count = counts[status] ?? 0;
    return status === 'valid' || count === 0
      ? []
      : [`${number(count)} ${status} ${noun}${count === 1 ? '' : 's'}`];
  });

/** `25 digests: all valid; 1,200 log files: 1,199 valid, 1 missing` */
function totalsText({ totals, chains, isComplete, window }: Summary, { folders }: Findings): string {
  const of = (counts: Counts, noun: string) => {
    const sum = sumOf(counts);
    if (sum === 0) return `no ${noun}`;
    const parts = statuses.flatMap((status) =>
      counts[status] === undefined ? [] : [`${number(counts[status])} ${status}`],
    );
    return `${number(sum)} ${noun}${sum === 1 ? '' : 's'}: ${counts.valid === sum ? 'all valid' : parts.join(', ')}`;
  };
  const asked = `${window.from === undefined ? 'Up to' : `From ${window.from} to`} ${window.to}`;
  return [
    `${asked}: ${counted(chains.length, 'chain')}. ${of(totals.digests, 'digest')}; ${of(totals.logs, 'log file')}.`,
    ...(folders.length === 0 || chains.length > 0 ? [] : ['Nothing was verified.']),
    ...(isComplete ? [] : ['Not all that was asked for could be looked at.']),
  ].join('\n');
}

const minuteText = (time: string | undefined): string => time?.replace(':00Z', 'Z') ?? '';
