import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { Run, SentAlert } from './simulation';

/** A finding whose last state is another under the other policy. */
export interface Difference {
  readonly finding: Finding;
  readonly base: FinalState;
  readonly other: FinalState;
}

/** `none`: nothing was found there, or the control does not judge it. */
export type FinalState = Finding['state'] | 'none';

export interface Comparison {
  /** Sent under the other policy only. */
  readonly gained: readonly SentAlert[];
  /** Sent under the first policy only. */
  readonly lost: readonly SentAlert[];
  readonly findings: readonly Difference[];
}

/** What another policy makes of the same events. */
export function compare(base: Run, other: Run): Comparison {
  const [ofBase, ofOther] = [toldBy(base), toldBy(other)];
  return {
    gained: [...ofOther].filter(([key]) => !ofBase.has(key)).map(([, sent]) => sent),
    lost: [...ofBase].filter(([key]) => !ofOther.has(key)).map(([, sent]) => sent),
    findings: differences(base.findings, other.findings),
  };
}

export const isSame = ({ gained, lost, findings }: Comparison): boolean =>
  gained.length + lost.length + findings.length === 0;

/** Each alert once, by what it tells: its id also depends on the policy. */
const toldBy = ({ alerts }: Run): Map<string, SentAlert> =>
  new Map(alerts.filter(({ again }) => !again).map((sent) => [keyOf(sent), sent]));

const keyOf = ({ alert: { finding, messageType, observedAt, late, exposure } }: SentAlert): string =>
  JSON.stringify([finding.id, messageType, observedAt, late, exposure]);

function differences(base: readonly Finding[], other: readonly Finding[]): Difference[] {
  const [ofBase, ofOther] = [byId(base), byId(other)];
  const all = new Map([...ofBase, ...ofOther]);
  return [...all.values()]
    .map((finding) => ({
      finding,
      base: finalState(ofBase.get(finding.id)),
      other: finalState(ofOther.get(finding.id)),
    }))
    .filter((difference) => difference.base !== difference.other);
}

const byId = (findings: readonly Finding[]): Map<string, Finding> =>
  new Map(findings.map((finding) => [finding.id, finding]));

/** What has always held is as good as not judged. */
const finalState = (finding: Finding | undefined): FinalState =>
  finding === undefined || (finding.state === 'resolved' && finding.exposure === undefined)
    ? 'none'
    : finding.state;
