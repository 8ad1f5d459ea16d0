import type { Control } from '../../controls/control';

/** What differs in what is told of a control by what it judges. */
export interface KindWords {
  /** What the time of a judgement is the time of. */
  readonly observed: string;
  /** In place of a difference, where none can be told. */
  readonly unchanged: string;
}

const words: Readonly<Record<Control['kind'], KindWords>> = {
  rule: {
    observed: 'Observed by AWS Config',
    unchanged: 'AWS Config sent no comparison with the configuration before.',
  },
  verification: {
    observed: 'Verified',
    unchanged: 'Nothing was configured: files that CloudTrail delivered were verified.',
  },
  detection: {
    observed: 'Last happened',
    unchanged: 'This is about a call: what it asked for stands above, what it changed AWS Config reports.',
  },
  partner: {
    observed: 'Last reported',
    unchanged: 'This is the word of another service, which tells no change.',
  },
};

/** A control that this version no longer has is told of as a rule. */
export const wordsOf = (kind: Control['kind'] | undefined): KindWords => words[kind ?? 'rule'];

/** A message type in a word, where many are counted. */
export const kindWord = (messageType: string): string =>
  messageType === 'RemediationProposed' ? 'proposed' : messageType.toLowerCase();
