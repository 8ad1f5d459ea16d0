import type * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsEvent } from '../../contracts/aws/event';
import type { CompliancePolicy, ControlSettings } from '../../contracts/trailseal/compliance-policy';
import type { Reason, Severity } from '../../contracts/trailseal/finding';
import type { ControlMetadata } from '../control';
import { isOffEverywhere, modeFor } from '../scope';

/** What a finding of another service is about. */
export interface MappedResource {
  readonly accountId: string;
  readonly region: string;
  /** As AWS Config names it; `AWS::::Account` for what it has no type for. */
  readonly resourceType: string;
  readonly resourceId: string;
  readonly arn?: string;
  readonly name?: string;
}

/** Why a finding of another service is none of ours. Stable: metrics count by it. */
export type IgnoredBecause =
  | 'archived'
  | 'suppressed'
  | 'sample'
  | 'own-finding'
  | 'imported-otherwise'
  | 'service-rule'
  | 'not-chosen'
  | 'not-aws';

export interface MappedFinding {
  /** `undetermined`: the service itself can't tell, so what it said before still stands. */
  readonly state: 'open' | 'closed' | 'undetermined';
  readonly resource: MappedResource;
  readonly severity: Severity;
  /** One line for a person. */
  readonly says: string;
  /** Empty unless open. What they say stays the same when the service repeats a finding; values may differ. */
  readonly because: readonly Reason[];
  /** The service's own time for this state of its finding, ISO 8601 in UTC: the latest one holds. */
  readonly observedAt: string;
  /** Names the finding in its service, the same in each update. One resource can have many. */
  readonly partnerId: string;
  /** How often the service has seen it. */
  readonly count?: number;
}

export type Mapped = MappedFinding | { readonly state: 'ignored'; readonly because: IgnoredBecause };

export const ignored = (because: IgnoredBecause): Mapped => ({ state: 'ignored', because });

/** A control that takes another service's word: what this one finds is a finding of ours. */
export interface Partner<Parameters = unknown> extends ControlMetadata {
  readonly kind: 'partner';
  readonly resourceTypes: readonly [string, ...string[]];
  readonly listensTo: {
    /** `aws.guardduty` */
    readonly source: string;
    readonly detailTypes: readonly [string, ...string[]];
    /** What an event must have besides, as an EventBridge pattern. What ends a finding matches too. */
    readonly pattern?: JsonObject;
  };
  readonly parameters: z.ZodMiniType<Parameters>;
  /** Keeps quiet about what another mapping has opened, because that one knows more about it. */
  readonly general?: true;
  /** Hours without an update after which a finding closes by itself, for services that never say that it is over. */
  readonly quietHours?: number;
  /**
   * Pure.
   * @returns undefined for an event that another mapping is for
   * @throws InvalidInput when the event has another shape than its service documents
   */
  map(event: AwsEvent, parameters: Parameters): Mapped | undefined;
}

/** A partner mapping whose parameters only it knows. */
export type AnyPartner = Partner;

export const definePartner = <Parameters>(
  partner: Omit<Partner<Parameters>, 'kind'>,
): Partner<Parameters> => ({ kind: 'partner', ...partner });

export interface PartnerAnswer {
  readonly partner: AnyPartner;
  readonly mapped: Mapped;
}

/**
 * What the mappings that are on for a resource make of an event. Empty: it is for none of them.
 * @throws InvalidInput when the event has another shape than its service documents
 */
export function mapEvent(
  partners: readonly AnyPartner[],
  event: AwsEvent,
  { controls }: Pick<CompliancePolicy, 'controls'>,
): PartnerAnswer[] {
  const answers = partners
    .filter(({ id, listensTo }) => !isOffEverywhere(controls[id]) && isFor(listensTo, event))
    .flatMap((partner): PartnerAnswer[] => {
      const mapped = partner.map(event, controls[partner.id]?.parameters);
      return mapped && isOn(controls[partner.id], mapped) ? [{ partner, mapped }] : [];
    });
  const isTold = answers.some(({ partner, mapped }) => !partner.general && mapped.state === 'open');
  return isTold
    ? answers.filter(({ partner, mapped }) => !partner.general || mapped.state !== 'open')
    : answers;
}

/** What is ignored is about no resource: it counts, and is no finding. */
const isOn = (settings: ControlSettings | undefined, mapped: Mapped): boolean => {
  if (mapped.state === 'ignored') return true;
  const { accountId, region, resourceType, resourceId, name, arn } = mapped.resource;
  const resource = { awsAccountId: accountId, awsRegion: region, resourceType, resourceId };
  return modeFor(settings, { ...resource, resourceName: name, ARN: arn }) !== 'off';
};

const isFor = ({ source, detailTypes }: Partner['listensTo'], event: AwsEvent): boolean =>
  event.source === source && detailTypes.includes(event['detail-type']);

/** The pattern of the EventBridge rule that brings a mapping its events. */
export const eventPattern = ({ listensTo }: AnyPartner): JsonObject => ({
  source: [listensTo.source],
  'detail-type': listensTo.detailTypes,
  ...listensTo.pattern,
});

/** What a mapping takes, in words. */
export const findingsTaken = ({ listensTo: { source, detailTypes } }: AnyPartner): string =>
  `${detailTypes.join(', ')} from ${source}`;

/** One EventBridge rule. */
export interface PartnerRule {
  /** Unique, stable, of letters and digits: `Guardduty`. */
  readonly name: string;
  readonly pattern: JsonObject;
}

/** The rules that bring the mappings their events, one for each service: an event that two of them take comes once. */
export function partnerRules(
  partners: readonly AnyPartner[],
  { controls }: Pick<CompliancePolicy, 'controls'>,
): PartnerRule[] {
  const on = partners.filter(({ id }) => !isOffEverywhere(controls[id]));
  const sources = [...new Set(on.map(({ listensTo }) => listensTo.source))].sort();
  return sources.map((source) => {
    const own = on.filter(({ listensTo }) => listensTo.source === source).map(({ listensTo }) => listensTo);
    const details = own.map(({ pattern }) => pattern?.['detail'] as JsonObject | undefined);
    const [first] = details;
    const filter = details.includes(undefined)
      ? {}
      : { detail: details.length === 1 && first ? first : { $or: details as JsonObject[] } };
    return {
      name: source.replace(/(?:^aws\.|[^a-z0-9])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      pattern: {
        source: [source],
        'detail-type': [...new Set(own.flatMap(({ detailTypes }) => detailTypes))],
        ...filter,
      },
    };
  });
}
