import type { ConfigurationItem } from '../../shared/contracts/aws/configuration-item';
import type { Mode, ProtectedTag } from '../../shared/contracts/trailseal/compliance-policy';
import type { AppliedExemption, Compliance, Finding } from '../../shared/contracts/trailseal/finding';
import type { RemediationOutcome } from '../../shared/contracts/trailseal/remediation';
import type { MakingCall, Unknown } from '../../shared/remediations/guards';
import type { AnyRemediation, ResourceTags } from '../../shared/remediations/remediation';
import type { Runs } from '../../shared/remediations/run';
import type { Performer, Session } from './performer';

/** What compliance.yml says of remediations. What can not be found out is `unknown`, and is refused. */
export interface Directions {
  readonly policy: 'valid' | 'missing' | 'invalid' | Unknown;
  mode(finding: Finding): Mode | Unknown;
  /** The remediation that fixes a control, with settings that are valid for it, and how many may be made in an hour. */
  remediation(
    control: string,
  ): { readonly remediation: AnyRemediation; readonly settings: unknown; readonly cap: number } | undefined;
  parameters(control: string): Readonly<Record<string, unknown>>;
  exemption(finding: Finding, now: string): AppliedExemption | 'none' | Unknown;
  readonly protectedTags: readonly ProtectedTag[];
  /** Whether those who made a change may approve what is done about it. */
  readonly actorMayApprove: boolean;
}

/** What is known besides what compliance.yml and the resource say. */
export interface Evidence {
  /** Of the resource as AWS Config has them, for remediations that do not read them. */
  tags(finding: Finding): Promise<ResourceTags | Unknown>;
  chain(finding: Finding): Promise<'whole' | 'broken' | Unknown>;
  /** Those that explain what the finding is about, as far as they are known. */
  makingCalls(finding: Finding): Promise<readonly MakingCall[]>;
}

export interface Needs {
  /** Strongly consistent. */
  readonly findings: { read(id: string): Promise<{ readonly finding: Finding } | undefined> };
  readonly runs: Runs;
  /** Every remediation: what was begun is ended whatever compliance.yml says by then. */
  readonly remediations: readonly AnyRemediation[];
  readonly directions: Directions;
  readonly evidence: Evidence;
  /** `not-judged` where the control is no rule: a detection has nothing to read again. */
  judge(control: string, item: ConfigurationItem): Compliance | 'not-judged';
  performer(session: Session): Performer;
  /** ARN of the role that calls are made in, in an account. */
  ourRole(accountId: string): string;
  /** The address of the API that approvals and undos come by; empty where compliance.yml lets nothing be changed. */
  readonly api: string;
  /** Brings an outcome into its finding. The same outcome may come more than once. */
  report(outcome: RemediationOutcome): Promise<void>;
  /** Has this function come back to a finding. It may come more than once, or be lost: what is due is found. */
  comeBack(findingId: string, seconds: number): Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
  /** Unguessable, and never the same. */
  readonly newNonce: () => string;
  readonly now: () => string;
}

/** Not to be handled just now; the queue brings it back. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** What became of one delivery: for whoever invokes the function by hand. */
export interface Answer {
  readonly findingId: string;
  /** Why nothing was looked at. */
  readonly ignored?:
    | 'no-such-finding'
    | 'test'
    | 'not-open'
    | 'off'
    | 'notify'
    | 'no-remediation'
    | 'nothing-to-propose'
    | 'not-asked';
  /** The latest run, and where it stands. */
  readonly run?: string;
  readonly state?: string;
  /** Kinds of the outcomes that this delivery brought about. */
  readonly outcomes: readonly string[];
}
