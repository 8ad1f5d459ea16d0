/** A kind of event, and the function that takes it: what the rules of functions/<name>/function.yml say. */
export interface EventKind {
  readonly source: string;
  readonly detailType: string;
  readonly functionName: string;
}

/** What AWS sends, that is: events of our own bus come from findings, and from nowhere else. */
export const eventKinds: readonly EventKind[] = [
  {
    source: 'aws.config',
    detailType: 'Config Configuration Item Change',
    functionName: 'evaluate-configuration',
  },
];

export const kindOf = (source: string, detailType: string): EventKind | undefined =>
  eventKinds.find((kind) => kind.source === source && kind.detailType === detailType);
