import type { AnyDetection } from './detection';

/** What a detection listens to, in words: `ec2.amazonaws.com: DeleteFlowLogs`. */
export function heardBy({ listensTo: { calls = {}, anyCall, readOnly } }: AnyDetection): readonly string[] {
  return [
    ...Object.entries(calls).flatMap(([source, names]) => names.map((name) => `${source}: ${name}`)),
    ...(anyCall === undefined ? [] : [`any call of any service${readOnly ? ', read-only ones too' : ''}`]),
  ];
}
