import type { Json, JsonObject } from '../contracts/aws/configuration-item';
import { shortHash } from '../contracts/short-hash';
import {
  type Approval,
  type ApprovalAsked,
  nextStates,
  type RemediationOutcome,
  type RemediationState,
  type RemediationStep,
} from '../contracts/trailseal/remediation';

/** One remediation of one finding, or one undo of it, from the plan to the end. */
export interface Run {
  readonly findingId: string;
  readonly id: string;
  readonly does: 'fix' | 'undo';
  readonly remediation: string;
  readonly control: string;
  readonly accountId: string;
  /** When the exposure began that it is about. */
  readonly since: string;
  /** Where its approval, and its undo, are asked for: the address of the API. */
  readonly api?: string;
  /** None where there is nothing that could be done. */
  readonly planHash?: string;
  readonly state: RemediationState;
  readonly mode: string;
  readonly steps: readonly RemediationStep[];
  /** Of what AWS answered the members that later calls name, by the number of the call. */
  readonly answers: Readonly<Record<string, JsonObject>>;
  readonly asks?: ApprovalAsked;
  readonly approval?: Approval;
  /** When it began to change something: it counts for the cap of this hour. */
  readonly begunAt?: string;
  /** Why it goes no further: what is there now is still to be read. */
  readonly failing?: string;
  /** When AWS should show the new state everywhere. */
  readonly settledAt?: string;
  /** How often an unconfirmed one was looked at again. */
  readonly looks?: number;
  /** When it is looked at again. */
  readonly lookAt?: string;
  /** Of an undo: the run that it undoes, and who asked for that. */
  readonly of?: string;
  readonly asked?: UndoAsked;
  /** It was tried before for the same exposure. */
  readonly again?: true;
  /** The undo after which nothing was mended yet. */
  readonly afterUndo?: string;
  /** When the latest run before it that changed something began to. */
  readonly begunBefore?: string;
  /** Which one that was. */
  readonly begunRun?: string;
  /** When the undo of it was asked for that was carried out, or refused: that one is used up. */
  readonly undoAnswered?: string;
  /** Outcomes that are still to be reported. */
  readonly outbox: readonly RemediationOutcome[];
  /** When somebody has to look at it who is not asked to. */
  readonly dueAt?: string;
  /** Of its last write. */
  readonly seq: number;
}

/** Somebody wants a run undone. */
export interface UndoAsked {
  /** The caller's ARN, as the API states it. */
  readonly by: string;
  readonly at: string;
  /** Although what is there now is not what was left. */
  readonly forced: boolean;
}

/** What is too large for the row of a run, each in a row of its own. */
export type Part = 'CAPTURE' | 'PLAN' | 'LEFT';

/** The right to work on the remediations of one finding, for some time. */
export interface Lease {
  /** Greater than that of every lease before: tells who held it later. */
  readonly fence: number;
  /** The latest run; it may not have been written: whoever made it the latest has died. */
  readonly run?: string;
  /** The run that was the latest before it. */
  readonly follows?: string;
}

/** One of ours, by AWS's id of the request. */
export interface OwnRequest {
  readonly requestId: string;
  readonly findingId: string;
  readonly run: string;
  readonly call: number;
}

/** For so many runs of a control in an account within an hour. */
export interface CapName {
  readonly control: string;
  readonly accountId: string;
  /** Any instant of the hour. */
  readonly at: string;
}

/** Where runs are kept. All reads are strongly consistent. */
export interface Runs {
  lease(findingId: string, until: string, now: string): Promise<Lease | 'held'>;
  release(findingId: string, fence: number): Promise<void>;
  /**
   * Makes a run the latest of its finding.
   * @param follows the run before it, which counts until this one is written
   * @returns false when the lease is another's by now
   */
  point(findingId: string, fence: number, run: string, follows?: string): Promise<boolean>;
  read(findingId: string, run: string): Promise<Run | undefined>;
  /** @returns false when the stored `seq` is no longer the expected one; undefined expects that there is none */
  write(next: Run, expectedSeq: number | undefined): Promise<boolean>;
  /** @returns false when the holder of a later lease has kept it already */
  keep(run: Pick<Run, 'findingId' | 'id'>, part: Part, value: Json, fence: number): Promise<boolean>;
  part(run: Pick<Run, 'findingId' | 'id'>, part: Part): Promise<Json | undefined>;
  /** Adds an approval; the same one again changes nothing. */
  approve(run: Pick<Run, 'findingId' | 'id'>, approval: Approval): Promise<void>;
  approvals(run: Pick<Run, 'findingId' | 'id'>): Promise<readonly Approval[]>;
  askUndo(run: Pick<Run, 'findingId' | 'id'>, asked: UndoAsked): Promise<void>;
  undoAsked(run: Pick<Run, 'findingId' | 'id'>): Promise<UndoAsked | undefined>;
  /** @returns whether a run is one of the first `most` of its hour: the same whenever it is asked again */
  admit(cap: CapName, run: string, most: number): Promise<boolean>;
  /** The runs that count for an hour. */
  admitted(cap: CapName): Promise<readonly string[]>;
  noteRequest(request: OwnRequest): Promise<void>;
  /** Which of these requests were ours. */
  ours(requestIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Findings whose latest run was due by then, longest overdue first. */
  due(by: string, limit: number): Promise<readonly string[]>;
}

/** 26 characters of base32, as findings and transitions have. */
export const idOf = (...parts: readonly string[]): string => shortHash(parts.join('\n'));

/** @throws when a run in this state can not come to the next: a mistake of ours */
export function stepped(run: Run, step: RemediationStep): Run {
  if (!nextStates[run.state].includes(step.state))
    throw new Error(`run ${run.id} can not come from ${run.state} to ${step.state}`);
  return { ...run, state: step.state, steps: [...run.steps, step] };
}

/** The latest step of a call was begun and not answered: what came of it is put in its place. */
export function answered(run: Run, step: RemediationStep): Run {
  const index = run.steps.findLastIndex(({ call, result }) => call === step.call && result === undefined);
  if (index < 0) throw new Error(`run ${run.id} has not made call ${step.call}`);
  return { ...run, steps: run.steps.with(index, step) };
}

export const stepsOf = (run: Run, call: number): readonly RemediationStep[] =>
  run.steps.filter((step) => step.call === call);

export const isDone = (run: Run, call: number): boolean =>
  stepsOf(run, call).some(({ result }) => result === 'done');

/** It was sent once, and whether it worked is not known. */
export const wasLost = (run: Run, call: number): boolean =>
  stepsOf(run, call).some(({ result }) => result === undefined || result === 'unknown');

/** No further call is made for it. */
export const isOver = ({ state }: Pick<Run, 'state'>): boolean =>
  ['applied', 'unconfirmed', 'failed', 'undone', 'refused'].includes(state);

/** It may have changed something: there is something to undo. */
export const mayHaveChanged = ({ state }: Pick<Run, 'state'>): boolean =>
  ['applied', 'unconfirmed', 'failed'].includes(state);

/** What a new run has to know of those before it: only the latest is looked at. */
export function inherited(
  latest: Run | undefined,
  since: string,
): Pick<Run, 'again' | 'afterUndo' | 'begunBefore' | 'begunRun'> {
  if (latest === undefined) return {};
  const hasBegun = latest.begunAt !== undefined;
  const wasTried = latest.since === since && (latest.again === true || (hasBegun && isOver(latest)));
  const undo = hasBegun ? (latest.does === 'undo' ? latest.id : undefined) : latest.afterUndo;
  const begunBefore = lastBegun(latest);
  const begunRun = begunRunOf(latest);
  return {
    ...(wasTried ? { again: true } : {}),
    ...(undo === undefined ? {} : { afterUndo: undo }),
    ...(begunBefore === undefined ? {} : { begunBefore }),
    ...(begunRun === undefined ? {} : { begunRun }),
  };
}

/** When the latest run, or the latest before it, began that may have changed something. */
export const lastBegun = ({ state, begunAt, begunBefore }: Run): string | undefined =>
  state === 'refused' ? begunBefore : (begunAt ?? begunBefore);

/** The latest that began to change something: one that was refused has not. */
const begunRunOf = ({ id, state, begunAt, begunRun }: Run): string | undefined =>
  state !== 'refused' && begunAt !== undefined ? id : begunRun;

/**
 * Which of CloudTrail's records are of the latest run of a finding that began to change something, and of the one that it
 * undoes.
 * @param latest the run that the finding tells of, begun or not
 */
export async function callsOfRuns(
  runs: Pick<Runs, 'read'>,
  findingId: string,
  latest: string,
): Promise<
  | { readonly runs: readonly string[]; readonly begunAt: string; readonly requestIds: readonly string[] }
  | undefined
> {
  const told = await runs.read(findingId, latest);
  const which = told && begunRunOf(told);
  const begun = which === undefined || which === told?.id ? told : await runs.read(findingId, which);
  if (which === undefined || begun?.begunAt === undefined) return undefined;
  const undone = begun.of === undefined ? undefined : await runs.read(findingId, begun.of);
  return {
    runs: [...(undone ? [undone.id] : []), begun.id],
    begunAt: undone?.begunAt ?? begun.begunAt,
    requestIds: [...(undone?.steps ?? []), ...begun.steps].flatMap(requestIn),
  };
}

/** A second try that was refused, because the first had worked, is not the call that did it. */
const requestIn = ({ requestId, result, error }: RemediationStep): string[] =>
  requestId !== undefined && result === 'done' && error === undefined ? [requestId] : [];
