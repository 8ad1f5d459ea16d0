import { ACTIVITY_DETAIL_TYPES } from '../shared/contracts/aws/cloudtrail-record';
import { partners } from '../shared/controls';

/** A kind of event, and the function that takes it: what the rules of functions/<name>/function.yml say. */
export interface EventKind {
  /** `aws.*` is any service of AWS. */
  readonly source: string;
  readonly detailType: string;
  readonly functionName: string;
}

const ANY_SERVICE = 'aws.*';

/** What AWS sends, that is: events of our own bus come from findings, and from nowhere else. */
export const eventKinds: readonly EventKind[] = [
  {
    source: 'aws.config',
    detailType: 'Config Configuration Item Change',
    functionName: 'evaluate-configuration',
  },
  ...Object.keys(ACTIVITY_DETAIL_TYPES).map((detailType) => ({
    source: ANY_SERVICE,
    detailType,
    functionName: 'detect-activity',
  })),
  ...unique(
    partners.flatMap(({ listensTo: { source, detailTypes } }) =>
      detailTypes.map((detailType) => ({ source, detailType, functionName: 'import-finding' })),
    ),
  ),
];

function unique(kinds: readonly EventKind[]): EventKind[] {
  return [...new Map(kinds.map((kind) => [`${kind.source} ${kind.detailType}`, kind])).values()];
}

export const kindOf = (source: string, detailType: string): EventKind | undefined =>
  eventKinds.find(
    (kind) =>
      kind.detailType === detailType &&
      (kind.source === source || (kind.source === ANY_SERVICE && source.startsWith('aws.'))),
  );
