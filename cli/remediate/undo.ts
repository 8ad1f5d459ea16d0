import { remediations } from '../../shared/remediations';
import type { Run } from '../../shared/remediations/run';
import { Failure } from '../failure';
import type { ExitCode, Shell } from '../shell';
import { columnLines } from '../show/page';
import { reported } from '../show/reported';
import { apiAddress, ask, UndoAccepted } from './approvals-api';
import { endSections, recordOf } from './approve';
import { type Asking, printing } from './asking';
import { exitCodeOf, type Followed, follow, type Pause, pause } from './follow';
import { storedPlan } from './kept-plan';
import { lookNow } from './look-now';
import { type FindingOptions, type Opened, withFinding } from './opened';
import { agreed, type Person, personAt } from './person';
import { signerNamed } from './signer';
import { type UndoPreview, undoPreviewOf } from './undo-preview';
import { undoRecord, undoSections, whatElse } from './undo-sections';
import { undoable } from './which-run';

export interface UndoOptions extends FindingOptions {
  readonly run?: string;
  readonly force?: true;
  readonly yes?: true;
  readonly as?: string;
  readonly resourceProfile?: string;
  /** Left out: where a person looks on. */
  readonly wait?: boolean;
}

/** Shows what the undo of a fix would bring back, and asks for it. */
export async function undo(
  id: string,
  options: UndoOptions,
  shell: Shell,
  person: Person = personAt(shell),
  wait: Pause = pause,
): Promise<ExitCode> {
  return withFinding(id, options, shell, (opened) =>
    printing(options.format, shell, (printer) => undoIn(opened, options, { shell, person, printer, wait })),
  );
}

async function undoIn(
  opened: Opened,
  options: UndoOptions,
  { shell, person, printer, wait }: Asking,
): Promise<ExitCode> {
  const { finding, runs, table } = opened;
  const force = options.force ?? false;
  const run = undoable(await runs.all(finding.id), options.run, finding.id);
  const preview = await previewNow(opened, run, options, shell);
  printer.add('preview', undoRecord(preview), undoSections(preview));
  if (preview.refusal?.code === 'nothing-to-do') return 0;
  if (preview.refusal !== undefined)
    throw new Failure(`It is not undone: ${reported(preview.refusal.says)}`, whatElse(preview));
  const address = apiAddress(run.api, table.target, await table.reader.region());
  const credentials = signerNamed(options.as, table);
  if (
    !(await agreed(
      force ? 'Undo it, and override what was changed since?' : 'Undo it?',
      options.yes ?? false,
      person,
    ))
  ) {
    shell.err.write('Nothing was asked for.\n');
    return 2;
  }
  const accepted = await ask(
    UndoAccepted,
    address,
    { findingId: finding.id, run: run.id, wants: 'undo', body: { force } },
    credentials,
  );
  printer.add('asked', accepted, [
    {
      title: 'Asked for',
      lines: columnLines([
        { cells: ['undo of run'], text: accepted.run },
        { cells: ['as'], text: reported(accepted.askedBy) },
      ]),
    },
  ]);
  if (!(options.wait ?? shell.out.isTerminal)) return 0;
  const asked = await runs.undoAsked(run);
  const followed = await follow(
    async () => {
      const latest = await runs.latest(finding.id);
      return latest?.of === run.id && latest.asked?.at === asked?.at ? latest : undefined;
    },
    ({ state, asks }) => state === 'planned' && asks !== undefined,
    shell,
    shell.stopSignal(),
    wait,
  );
  printer.add('run', recordOf(followed), endSections(followed, finding, shell.now()));
  return waitsItself(followed) ? 0 : exitCodeOf(followed);
}

/** It was asked for, and waits for an approval of its own. */
const waitsItself = ({ run, isEnd }: Followed): boolean =>
  isEnd && run?.state === 'planned' && run.asks !== undefined;

async function previewNow(
  { finding, runs, table }: Opened,
  run: Run,
  { force, resourceProfile }: UndoOptions,
  shell: Shell,
): Promise<UndoPreview> {
  const done = await storedPlan(runs, run);
  const [captured, left] = [await runs.part(run, 'CAPTURE'), await runs.part(run, 'LEFT')];
  const remediation = remediations.find(({ id }) => id === run.remediation);
  if (!remediation)
    throw new Failure(`This version has no remediation ${run.remediation}`, [
      'Use the version that is deployed',
    ]);
  const isReadable = [captured, left].every((state) => remediation.captured.safeParse(state).success);
  if (done === undefined || captured === undefined || left === undefined || !isReadable)
    throw new Failure(`The state before run ${run.id}, or what it left, is not known`, [
      'Whether it is still so can not be told: change it by hand',
    ]);
  const occasion = {
    findingId: finding.id,
    control: run.control,
    parameters: done.parameters,
    at: shell.now().toISOString(),
    since: run.since,
  };
  const place = { ...table.place, ...(resourceProfile === undefined ? {} : { profile: resourceProfile }) };
  const live = await lookNow(
    { remediation, target: done.plan.target, settings: done.settings, occasion },
    place,
  );
  return undoPreviewOf({
    finding,
    run,
    remediation,
    done,
    captured,
    left,
    live,
    occasion,
    forced: force ?? false,
  });
}
