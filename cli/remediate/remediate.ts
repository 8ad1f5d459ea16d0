import { functionQueues } from '../../shared/aws/function-queues';
import { operatorSqs } from '../../shared/aws/operator-place';
import type { RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import { Failure } from '../failure';
import { queueName } from '../send/route';
import type { ExitCode, Shell } from '../shell';
import { paragraph } from '../show/page';
import { reported } from '../show/reported';
import { waitsForApproval } from '../show/run-lines';
import { type Asking, printing } from './asking';
import { directionsHere, remediationFor } from './directions';
import { judgeAgain } from './judge-again';
import { storedPlan } from './kept-plan';
import { lookNow } from './look-now';
import { type FindingOptions, type Opened, withFinding } from './opened';
import { agreed, type Person, personAt } from './person';
import { type Preview, previewOf } from './preview';
import { previewRecord, previewSections, toSwitchOn } from './preview-sections';

export interface RemediateOptions extends FindingOptions {
  readonly apply?: true;
  readonly yes?: true;
  readonly config?: string;
  readonly resourceProfile?: string;
}

/** Shows what would mend a finding, and asks for it if told so. Changes nothing by itself. */
export async function remediate(
  id: string,
  options: RemediateOptions,
  shell: Shell,
  person: Person = personAt(shell),
): Promise<ExitCode> {
  return withFinding(id, options, shell, async (opened) => {
    const preview = await previewNow(opened, options, shell);
    return printing(options.format, shell, async (printer) => {
      printer.add('preview', previewRecord(preview), previewSections(preview, shell.now()));
      if (options.apply) return apply(preview, opened, options, { shell, person, printer });
      if (preview.from === 'now') return 1;
      return isInOrder(preview) ? 0 : 2;
    });
  });
}

/** There is nothing to do; everything else that keeps it from being planned is a failure to know. */
const isInOrder = ({ refusal }: Preview): boolean => refusal?.code === 'nothing-to-do';

async function previewNow(
  { finding, runs, table }: Opened,
  { config, resourceProfile }: RemediateOptions,
  shell: Shell,
): Promise<Preview> {
  const directions = directionsHere(config, shell, table.target);
  const known = remediationFor(finding, directions);
  const located = known.remediation.target(finding);
  if ('cannot' in located) throw new Failure(`${known.remediation.id} can not be made: ${located.cannot}`);
  const { target } = located;
  const at = shell.now().toISOString();
  const occasion = {
    findingId: finding.id,
    control: finding.control,
    parameters: directions.parameters(finding.control),
    at,
    since: finding.exposure?.from ?? finding.judgement?.observedAt ?? '',
  };
  const place = { ...table.place, ...(resourceProfile === undefined ? {} : { profile: resourceProfile }) };
  const live = await lookNow({ ...known, target, occasion }, place);
  const latest = await runs.latest(finding.id);
  const stored = latest && 'unreadable' in live ? await storedPlan(runs, latest) : undefined;
  return previewOf({
    finding,
    known,
    target,
    occasion,
    directions,
    live,
    counted: await runs.admitted({ control: finding.control, accountId: finding.accountId, at }),
    judge: judgeAgain(directions.parameters, shell.now()),
    latest,
    stored: stored?.plan,
  });
}

async function apply(
  preview: Preview,
  { table, finding }: Opened,
  options: RemediateOptions,
  { shell, person, printer }: Omit<Asking, 'wait'>,
): Promise<ExitCode> {
  if (preview.refusal?.code === 'nothing-to-do') return 0;
  demandPossible(preview, shell);
  if (!(await agreed('Ask for this?', options.yes ?? false, person))) {
    shell.err.write('Nothing was asked for.\n');
    return 1;
  }
  const queues = functionQueues(operatorSqs(table.place));
  const name = queueName(table.target.stage, 'remediate-finding');
  const url = await queues.urlOf(name);
  if (url === undefined)
    throw new Failure(`There is no queue ${name} ${table.where}`, [
      'Name the stack: --stage STAGE --region REGION, and the account: --profile NAME',
      'Or deploy it: npx serverless deploy',
    ]);
  const job: RemediateJob = { job: 'remediate', findingId: finding.id, again: true };
  await queues.send(url, JSON.stringify(job));
  const next = whatComesNext(preview);
  printer.add('asked', { finding: finding.id, queue: name, job, next }, [
    { title: 'Asked for', lines: next.map((line) => paragraph(line)) },
  ]);
  return 0;
}

/** @throws Failure where the function would not do it, with what to change */
function demandPossible(
  { mode, finding, inTheWay, plan, from, unreadable, file, latest }: Preview,
  shell: Shell,
): void {
  if (
    latest !== undefined &&
    waitsForApproval(latest, shell.now()) &&
    latest.planHash === plan?.hash &&
    from === 'now'
  )
    throw new Failure('It was asked for already, and waits for an approval', [
      `Approve it: trailseal approve ${finding.id}`,
    ]);
  if (mode === 'unknown')
    throw new Failure('compliance.yml is not known here, so neither is whether it lets this be made', [
      'Name the one that is deployed: --config FILE',
    ]);
  if (mode === 'off' || mode === 'notify' || mode === 'dry-run')
    throw new Failure(`${file} says ${mode} for this resource: nothing is changed`, [
      toSwitchOn(finding.control),
    ]);
  const [first, ...others] = inTheWay;
  if (first !== undefined)
    throw new Failure(`It would be refused: ${reported(first.says)}`, [
      ...others.map(({ says }) => reported(says)),
      ...inTheWay.flatMap(({ instead }) => (instead === undefined ? [] : [reported(instead)])),
    ]);
  if (from !== 'now' || plan === undefined)
    throw new Failure('There is no plan of what is there now, so nothing is asked for', [
      ...(unreadable === undefined ? [] : [reported(unreadable)]),
    ]);
}

function whatComesNext({ holds, finding, mayNotApprove, actorMayApprove }: Preview): string[] {
  const { id } = finding;
  if (holds === 'auto')
    return [
      'The function reads the resource again, and makes the plan that it then has without waiting for anybody, unless it was tried before or a chain of digests is broken.',
      `See what came of it: trailseal show ${id}`,
    ];
  return [
    'The function reads the resource again, stores the plan that it then has, and waits 24 hours for an approval of it.',
    `Approve it: trailseal approve ${id}`,
    ...notApprovers(mayNotApprove, actorMayApprove),
  ];
}

/** Who may not approve, in a sentence. */
export const notApprovers = (names: readonly string[], actorMayApprove: boolean): string[] =>
  names.length === 0 || actorMayApprove
    ? []
    : [
        `These may not approve it, as they made the change or asked for the undo: ${names.map((name) => reported(name)).join(', ')}`,
      ];
