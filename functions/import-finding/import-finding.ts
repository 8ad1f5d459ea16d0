import { parseAwsEvent } from '../../shared/contracts/aws/event';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import type { Compliance, Judgement } from '../../shared/contracts/trailseal/finding';
import { findingRegion } from '../../shared/contracts/trailseal/finding-region';
import { type PolicyInForce, policyVersion } from '../../shared/controls/judge';
import { type AnyPartner, type MappedFinding, mapEvent } from '../../shared/controls/partners/partner';
import { exemptionFor } from '../../shared/findings/exemption';
import type { Subject } from '../../shared/findings/finding';
import { type RecordNeeds, recordJudgement } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { type Home, requireCovered } from '../../shared/policy/coverage';

export interface Needs {
  readonly partners: readonly AnyPartner[];
  readonly policy: PolicyInForce;
  readonly home: Home;
  readonly record: RecordNeeds;
  readonly telemetry: Telemetry;
}

/** What became of one event: for whoever invokes the function by hand. */
export interface Outcome {
  readonly event: string;
  readonly imported: readonly {
    readonly control: string;
    readonly state: string;
    readonly transitions: readonly string[];
  }[];
}

const HOUR_MS = 3_600_000;

const compliances: Readonly<Record<MappedFinding['state'], Compliance>> = {
  open: 'NON_COMPLIANT',
  closed: 'COMPLIANT',
  undetermined: 'INSUFFICIENT_DATA',
};

/**
 * A finding of another service becomes a finding of ours; an update of it joins what it was before.
 *
 * @returns a handler of other services' events as EventBridge sends them
 * @throws PermanentFailure for an event that AWS did not send, that compliance.yml does not cover, or of another shape
 */
export const importFinding =
  ({ partners, policy, home, record, telemetry }: Needs) =>
  async (message: unknown): Promise<Outcome> => {
    const event = parseAwsEvent(message);
    if (!event.source.startsWith('aws.')) {
      throw new PermanentFailure(
        'source-not-aws',
        `event ${event.id}: expected a source of AWS, not ${event.source}`,
      );
    }
    requireCovered(policy, home, event.account, event.region);
    const imported: Outcome['imported'][number][] = [];
    for (const { partner, mapped } of mapEvent(partners, event, policy)) {
      if (mapped.state === 'ignored') {
        telemetry.countBy('FindingsIgnored', 'because', mapped.because);
        continue;
      }
      // An administrator's copy is about a member's resource.
      requireCovered(policy, home, mapped.resource.accountId, event.region);
      telemetry.countBy('FindingsImported', 'control', partner.id);
      const transitions = await recordJudgement(
        subjectOf(partner, mapped),
        { ...judgementOf(partner, mapped, policy), ...event.trailseal },
        record,
      );
      imported.push({
        control: partner.id,
        state: mapped.state,
        transitions: transitions.map(({ kind }) => kind),
      });
    }
    return { event: event.id, imported };
  };

/** Of one resource a service may have many findings: each is one of ours, so that the end of one ends no other. */
const subjectOf = (
  partner: AnyPartner,
  { state, resource, severity, partnerId }: MappedFinding,
): Subject => ({
  control: partner.id,
  // Of one that is over, a service may say how grave it is not.
  severity: state === 'open' ? severity : partner.severity,
  accountId: resource.accountId,
  region: findingRegion(resource.resourceType, resource.region),
  resourceType: resource.resourceType,
  resourceId: resource.resourceId,
  topic: partnerId,
  ...(resource.name === undefined ? {} : { resourceName: resource.name }),
  ...(resource.arn === undefined ? {} : { arn: resource.arn }),
});

function judgementOf(
  partner: AnyPartner,
  { state, resource, says, because, observedAt }: MappedFinding,
  policy: PolicyInForce,
): Judgement {
  const isOpen = state === 'open';
  const exemption = isOpen
    ? exemptionFor(
        policy.exemptions,
        partner.id,
        {
          awsAccountId: resource.accountId,
          awsRegion: resource.region,
          resourceType: resource.resourceType,
          resourceId: resource.resourceId,
          ...(resource.name === undefined ? {} : { resourceName: resource.name }),
          ...(resource.arn === undefined ? {} : { ARN: resource.arn }),
        },
        observedAt,
      )
    : undefined;
  return {
    observedAt,
    // The service's own time orders its updates.
    configurationStateId: '0',
    policyVersion: policyVersion(partner, policy),
    compliance: compliances[state],
    annotation: says,
    because: [...because],
    change: { state: 'none', properties: [], otherPaths: [] },
    ...(isOpen && partner.quietHours !== undefined
      ? { quietUntil: new Date(Date.parse(observedAt) + partner.quietHours * HOUR_MS).toISOString() }
      : {}),
    ...(exemption ? { exemption } : {}),
  };
}
