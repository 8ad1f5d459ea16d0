import type {
  Activity,
  Call,
  FindingRemediation,
  Judgement,
  ObservationLinks,
  Transition,
} from '../../contracts/trailseal/finding';
import type { Control } from '../../controls/control';
import { proofCardOf } from '../../proof/card';
import { asReported } from './as-reported';
import type { ActorLink, CallProof, ProofLink } from './link-schemas';
import { isOwn, whoMadeIt } from './own-calls';
import { proofWords } from './proof-words';
import { whoText } from './who';

export type { ActorLink, CallProof, ProofLink };

export interface ActorAndProof {
  readonly actor: ActorLink;
  readonly proof: ProofLink;
}

/**
 * Who, and whether it is true: what an alert about a call, a file, a configuration or another service's word can say.
 * @param evidence the judgement that the alert is about
 * @param remediation what was done about the finding: it may be what is to be explained
 */
export function actorAndProof(
  kind: Control['kind'] | undefined,
  { links, judgement }: Pick<Transition, 'links' | 'judgement'>,
  evidence: Judgement | undefined,
  remediation?: FindingRemediation | undefined,
): ActorAndProof {
  if (kind === 'verification') return ofTheRecordItself;
  if ([judgement, evidence].some((one) => one?.origin === 'operator')) return ofATest;
  if (kind === 'partner') return ofAnothersWord;
  const known = links ?? { actor: 'missing', calls: [], reason: 'not-yet' };
  const activity = evidence?.activity;
  if (activity !== undefined && known.calls.length === 0)
    return {
      actor: { state: 'named', reason: 'the-event-itself', says: whoText(activity), activity },
      proof: { state: 'missing', reason: 'not-watched', says: proofWords('missing', 'not-watched', []) },
    };
  return { actor: actorLink(known, activity !== undefined, remediation), proof: proofLink(known) };
}

type KnownLinks = Pick<ObservationLinks, 'actor' | 'calls' | 'reason' | 'omitted'>;

function actorLink(
  { actor, calls, reason, omitted = 0 }: KnownLinks,
  isTheEventItself: boolean,
  remediation: FindingRemediation | undefined,
): ActorLink {
  const [first] = calls;
  if (actor === 'missing' || first === undefined) {
    const why = reason ?? 'not-yet';
    return { state: 'missing', reason: why, says: nobodyNamed[why] };
  }
  if (actor === 'named') {
    const activity = activityOf(first);
    const because = isOwn(first, remediation)
      ? 'own-remediation'
      : isTheEventItself
        ? 'the-event-itself'
        : 'the-one-call';
    return { state: 'named', reason: because, says: whoMadeIt(activity, remediation), activity };
  }
  const count = calls.length + omitted;
  return {
    state: 'candidates',
    reason: count === 1 ? 'effect-unknown' : 'several-calls',
    says:
      count === 1
        ? 'This call may have done it, and it is not certain that it did:'
        : `One of these ${count} calls may have done it, and which one is not certain:`,
    candidates: calls.map((call) => cleaned(activityOf(call))),
    ...(omitted > 0 ? { omitted } : {}),
  };
}

const activityOf = ({ proof: _, ...activity }: Call): Activity => activity;

/** Five of them have to fit into one message, whatever their callers chose to say. */
const cleaned = ({ actor, ...call }: Activity): Activity => ({
  ...textsCleaned(call),
  actor: textsCleaned(actor),
});

const textsCleaned = <T extends object>(texts: T): T =>
  Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [
      name,
      typeof value === 'string' ? asReported(value) : value,
    ]),
  ) as T;

const nobodyNamed = {
  'not-yet':
    'No API call that explains it is known yet. CloudTrail may take some minutes; Trailseal tells you when one arrives.',
  'not-found':
    'No API call that explains it was found: not among the events that came, not in the verified log files, and not in the event history of CloudTrail.',
} as const satisfies Record<NonNullable<ObservationLinks['reason']>, string>;

function proofLink({ calls }: KnownLinks): ProofLink {
  const { state, reason } = proofCardOf(calls);
  return {
    state,
    reason: reason ?? (state === 'pending' ? 'digest-awaited' : 'in-verified-log'),
    says: proofWords(state, reason, calls),
    ...(calls.length === 0 ? {} : { calls: calls.map(callProof) }),
  };
}

const callProof = ({ eventID, eventName, eventSource, eventTime, proof }: Call): CallProof => ({
  ...textsCleaned({ eventID, eventName, eventSource, eventTime }),
  ...proof,
});

/** The links of an alert about CloudTrail's files. */
const ofTheRecordItself: ActorAndProof = {
  actor: {
    state: 'not-applicable',
    reason: 'about-the-record',
    says: 'Files do not say who wrote or removed them: the S3 data events of the bucket do, where they are logged.',
  },
  proof: {
    state: 'not-applicable',
    reason: 'about-the-record',
    says: 'This alert is about the record itself: verify the bucket yourself by trailseal verify.',
  },
};

const ofATest: ActorAndProof = {
  actor: {
    state: 'not-applicable',
    reason: 'operator-test',
    says: 'An operator sent the event as a test, so nobody did it.',
  },
  proof: {
    state: 'not-applicable',
    reason: 'operator-test',
    says: 'AWS did not report this, so there is no record of it.',
  },
};

const ofAnothersWord: ActorAndProof = {
  actor: {
    state: 'not-applicable',
    reason: 'word-of-another-service',
    says: 'Another service of AWS found this, and its finding tells no call: look there for who is behind it.',
  },
  proof: {
    state: 'not-applicable',
    reason: 'word-of-another-service',
    says: 'This is the word of another service, which signs nothing: no log record stands behind it.',
  },
};

/** The links of an alert about calls that a remediation made: they answer who changed it then, and not who broke it. */
export const ofOwnCalls = (links: ObservationLinks): ActorAndProof => ({
  actor: {
    state: 'not-applicable',
    reason: 'own-calls',
    says: 'This is about calls that a remediation of Trailseal made: who did what it is about stands in the alert of that.',
  },
  proof: proofLink(links),
});
