import type { Finding } from '../../shared/contracts/trailseal/finding';
import { remediations } from '../../shared/remediations';
import { mayNotApprove } from '../../shared/remediations/actors';
import type { Run } from '../../shared/remediations/run';
import { Failure } from '../failure';
import type { ExitCode, Shell } from '../shell';
import { columnLines, type Line, listed, paragraph, type Section } from '../show/page';
import { reported } from '../show/reported';
import { RUN_STATES, runLines, waitsForApproval } from '../show/run-lines';
import { timeText } from '../show/story';
import { Approved, apiAddress, ask } from './approvals-api';
import { type Asking, printing } from './asking';
import { exitCodeOf, type Followed, follow, type Pause, pause } from './follow';
import { type StoredPlan, storedPlan } from './kept-plan';
import { type FindingOptions, type Opened, withFinding } from './opened';
import { agreed, type Person, personAt } from './person';
import { planSections } from './plan-sections';
import { runRecord } from './preview-sections';
import { signerNamed } from './signer';

export interface ApproveOptions extends FindingOptions {
  readonly yes?: true;
  readonly as?: string;
  /** Left out: where a person looks on. */
  readonly wait?: boolean;
}

/** Lets the plan go for which an approval is asked, as whoever calls. */
export async function approve(
  id: string,
  options: ApproveOptions,
  shell: Shell,
  person: Person = personAt(shell),
  wait: Pause = pause,
): Promise<ExitCode> {
  return withFinding(id, options, shell, (opened) =>
    printing(options.format, shell, (printer) =>
      approveIn(opened, options, { shell, person, printer, wait }),
    ),
  );
}

async function approveIn(
  { finding, runs, table }: Opened,
  options: ApproveOptions,
  { shell, person, printer, wait }: Asking,
): Promise<ExitCode> {
  const run = demandWaiting(await runs.latest(finding.id), finding, shell);
  const stored = await storedPlan(runs, run);
  if (stored === undefined)
    throw new Failure(`The plan of run ${run.id} is gone`, [
      `Ask for a new one: trailseal remediate ${finding.id} --apply`,
    ]);
  const address = apiAddress(run.api, table.target, await table.reader.region());
  const credentials = signerNamed(options.as, table);
  printer.add('asks', asksRecord(run, stored, finding), asksSections(run, stored, finding));
  if (!(await agreed('Approve this plan?', options.yes ?? false, person))) {
    shell.err.write('Nothing was approved.\n');
    return 2;
  }
  const approved = await ask(
    Approved,
    address,
    {
      findingId: finding.id,
      run: run.id,
      wants: 'approval',
      body: { planHash: stored.plan.hash, nonce: run.asks.nonce },
    },
    credentials,
  );
  printer.add('approved', approved, [{ title: 'Approved', lines: approvedLines(approved) }]);
  if (!(options.wait ?? shell.out.isTerminal)) return 0;
  const asked = run.steps.at(-1)?.says;
  const followed = await follow(
    () => runs.read(finding.id, run.id),
    // What it says is another thing than before: the function has looked at the approval, and does not take it.
    ({ state, steps }) => state === 'planned' && steps.at(-1)?.says !== asked,
    shell,
    shell.stopSignal(),
    wait,
  );
  printer.add('run', recordOf(followed), endSections(followed, finding, shell.now()));
  return exitCodeOf(followed);
}

type WaitingRun = Run & { readonly asks: NonNullable<Run['asks']> };

function demandWaiting(run: Run | undefined, { id }: Finding, shell: Shell): WaitingRun {
  const asking = `Ask for a plan: trailseal remediate ${id} --apply`;
  if (run === undefined) throw new Failure('Nothing waits for an approval: there is no run', [asking]);
  if (waitsForApproval(run, shell.now())) return run as WaitingRun;
  if (run.state === 'planned' && run.asks !== undefined)
    throw new Failure(`Nobody approved it until ${timeText(run.asks.expiresAt)} UTC, so it has expired`, [
      asking,
    ]);
  throw new Failure(
    `Nothing waits for an approval: the latest run, ${run.id}, is ${RUN_STATES[run.state]}${run.state === 'planned' ? `, mode ${run.mode}` : ''}`,
    [`Where it stands: trailseal show ${id}`, asking],
  );
}

/** What the approval is bound to, and what whoever gives it has to know. */
function asksSections(run: WaitingRun, { plan, lowered }: StoredPlan, finding: Finding): Section[] {
  const names = mayNotApprove(finding, run);
  const exposes = exposedAgain(run);
  return [
    {
      title: `${run.does === 'fix' ? 'The fix' : 'The undo'} ${plan.remediation}, for ${finding.control}`,
      lines: [
        paragraph(
          `${plan.target.resourceType} ${reported(plan.target.id)} in account ${plan.target.accountId}, region ${plan.target.region}`,
        ),
        ...(exposes === undefined
          ? []
          : [
              {
                text: `It exposes again, severity ${finding.severity}: ${exposes}`,
                colour: 'red' as const,
              },
            ]),
      ],
    },
    ...planSections(plan),
    { title: 'Why it waits', lines: lowered.map((why) => listed(reported(why))) },
    {
      title: 'Who may not approve it, unless compliance.yml says actorMayApprove',
      lines: names.map((name) => listed(reported(name))),
    },
    {
      title: 'What an approval is bound to',
      lines: columnLines([
        { cells: ['run'], text: run.id },
        { cells: ['plan'], text: plan.hash },
        { cells: ['until'], text: `${timeText(run.asks.expiresAt)} UTC` },
      ]),
    },
  ];
}

function exposedAgain({ does, remediation }: Run): string | undefined {
  if (does === 'fix') return undefined;
  return remediations.find(({ id }) => id === remediation)?.exposesAgain || undefined;
}

const asksRecord = (run: WaitingRun, { plan, lowered }: StoredPlan, finding: Finding) => ({
  finding: finding.id,
  run: run.id,
  does: run.does,
  severity: finding.severity,
  exposesAgain: exposedAgain(run) ?? null,
  plan,
  lowered,
  mayNotApprove: mayNotApprove(finding, run),
  expiresAt: run.asks.expiresAt,
});

const approvedLines = ({ run, planHash, approver, expiresAt }: Record<string, string>): Line[] =>
  columnLines([
    { cells: ['run'], text: run ?? '' },
    { cells: ['plan'], text: planHash ?? '' },
    { cells: ['as'], text: reported(approver ?? '') },
    { cells: ['until'], text: `${timeText(expiresAt ?? '')} UTC` },
  ]);

/** Where a run that was waited for has come to. */
export function endSections({ run, isEnd }: Followed, { id }: Finding, now: Date): Section[] {
  const seeLater = paragraph(`It goes on by itself. Where it stands: trailseal show ${id}`);
  if (run === undefined) return [{ title: 'Not begun yet', lines: [seeLater] }];
  return [
    {
      title: isEnd ? 'What came of it' : 'It has not ended yet',
      lines: [
        ...runLines(run, now),
        ...(isEnd ? [] : [seeLater]),
        ...(run.state === 'applied' ? [paragraph(`Put it back: trailseal undo ${id}`)] : []),
      ],
    },
  ];
}

export const recordOf = ({ run, isEnd }: Followed) => ({
  ended: isEnd,
  ...(run === undefined ? {} : { run: runRecord(run) }),
});
