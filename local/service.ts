import type { Caller, Need } from './access';

/** One operation of a service. Its input was checked against the SDK's schema before. */
export interface Operation {
  /** The rights that this call needs; throws when it names something that doesn't exist. */
  needs(input: unknown, region: string): Need[];
  /** `region` is the one that the call was signed for. */
  run(input: unknown, caller: Caller, region: string): unknown;
}

/** Binds an operation's input type: the one place where checked JSON becomes a type. */
export function operation<Input>(typed: {
  needs: (input: Input, region: string) => Need[];
  run: (input: Input, caller: Caller, region: string) => unknown;
}): Operation {
  return {
    needs: (input, region) => typed.needs(input as Input, region),
    run: (input, caller, region) => typed.run(input as Input, caller, region),
  };
}

/** A simulated service: its name in the SigV4 scope, the SDK client whose schemas it obeys, and what it can do. */
export interface Service {
  name: string;
  protocol: 'json' | 'query';
  /** The exports of the SDK client's package. */
  schemas: Readonly<Record<string, unknown>>;
  /** The API version in the XML namespace of a query service. */
  apiVersion?: string;
  operations: Readonly<Record<string, Operation>>;
  /** The service's own word for a refused call, where it isn't AccessDeniedException. */
  deniedCode?: string;
  /** The service's own word for a refused input, where it isn't ValidationException. */
  invalidCode?: string;
}
