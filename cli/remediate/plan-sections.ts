import type { DiffLine, Plan, ThreeWayLine } from '../../shared/contracts/trailseal/remediation';
import { sessionPolicy } from '../../shared/remediations/session-policy';
import { diffLines } from '../../shared/remediations/shown';
import { columnLines, type Line, listed, paragraph, type Section } from '../show/page';
import { reported } from '../show/reported';

/** A plan for people: its calls, what they change, and the rights that they take. */
export const planSections = (plan: Plan): Section[] => [
  { title: plan.does === 'fix' ? 'What it would do' : 'What the undo would do', lines: callLines(plan) },
  { title: 'What changes', lines: changedLines(diffLines(plan)) },
  { title: 'To know', lines: plan.notes.map((note) => listed(reported(note))) },
  { title: 'Rights that it takes', lines: rightLines(plan) },
];

const callLines = ({ calls }: Plan): Line[] =>
  calls.map(({ says, service, action, region }, index) => ({
    mark: `${index + 1}. `,
    text: `${reported(says)} (${service} ${action} in ${reported(region, 40)})`,
  }));

/** `-` is gone afterwards, `+` is new, `~` is another value. */
export const changedLines = (lines: readonly DiffLine[]): Line[] =>
  lines.length === 0
    ? [paragraph('Nothing that can be read.')]
    : lines.map(({ path, before, after }): Line => {
        if (before === null && after === null) return paragraph(placeOf(path));
        if (after === null) return { mark: '- ', text: placed(path, before), colour: 'red' };
        if (before === null) return { mark: '+ ', text: placed(path, after), colour: 'green' };
        return { mark: '~ ', text: `${placed(path, before)} → ${reported(after)}`, colour: 'yellow' };
      });

const placeOf = (path: string): string => (path === '' ? 'the whole' : reported(path));

/** What has nothing to say but that it is there stands by its place alone. */
const placed = (path: string, value: string | null): string =>
  value === null || value === '{}' ? placeOf(path) : `${placeOf(path)}: ${reported(value)}`;

/** The three states of what others changed since. */
export const threeWay = (lines: readonly ThreeWayLine[]): Line[] =>
  lines.flatMap(({ path, captured, left, live }): Line[] => [
    { mark: '~ ', text: placeOf(path), colour: 'yellow' },
    ...(captured === null && left === null && live === null ? [] : stateLines({ captured, left, live })),
  ]);

const stateLines = ({ captured, left, live }: Omit<ThreeWayLine, 'path'>): Line[] =>
  columnLines([
    { cells: ['before the fix'], text: stateOf(captured) },
    { cells: ['as it was left'], text: stateOf(left) },
    { cells: ['now'], text: stateOf(live) },
  ]).map((line) => ({ ...line, mark: `  ${line.mark}` }));

const stateOf = (value: string | null): string =>
  value === null ? 'not there' : value === '{}' ? 'there' : reported(value);

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** The very policy that the session of the run gets. */
export const rightsOf = ({ calls }: Pick<Plan, 'calls'>) => {
  const made = sessionPolicy(calls);
  return 'refused' in made ? made : (JSON.parse(made.policy) as { readonly Statement: readonly Statement[] });
};

function rightLines(plan: Plan): Line[] {
  const rights = rightsOf(plan);
  if ('refused' in rights) return [{ text: rights.refused, colour: 'yellow' }];
  return rights.Statement.map(({ Action, Resource }) =>
    listed(`${Action.join(', ')} on ${Resource.map((arn) => asResource(arn)).join(', ')}`),
  );
}

const asResource = (arn: string): string => (arn === '*' ? 'every resource' : arn);
