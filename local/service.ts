import type { Caller, Need } from './access';

/** One request, as far as an operation or its record may want to know. */
export interface RequestFacts {
  id: string;
  accessKeyId: string;
  userAgent: string;
}

/** What CloudTrail writes of a call beside who made it and when. */
export interface CallDetails {
  requestParameters: unknown;
  responseElements: unknown;
}

/** One operation of a service. Its input was checked against the SDK's schema before. */
export interface Operation {
  /** The rights that this call needs; throws when it names something that doesn't exist. */
  needs(input: unknown, region: string): Need[];
  /** `region` is the one that the call was signed for. */
  run(input: unknown, caller: Caller, region: string): unknown;
  /** Of an operation that changes something: what is recorded of it. `output` is undefined when it failed. */
  activity?(input: unknown, output: unknown, request: RequestFacts): CallDetails;
  /** The name that CloudTrail has for it, where that isn't the operation's. */
  recordedAs?: string;
  /** CloudTrail says that it changes nothing, and yet it is worth a record. */
  readOnly?: true;
}

/** Binds an operation's input type: the one place where checked JSON becomes a type. */
export function operation<Input>(typed: {
  needs: (input: Input, region: string) => Need[];
  run: (input: Input, caller: Caller, region: string) => unknown;
  activity?: (input: Input, output: unknown, request: RequestFacts) => CallDetails;
  recordedAs?: string;
  readOnly?: true;
}): Operation {
  const { activity, recordedAs, readOnly } = typed;
  return {
    needs: (input, region) => typed.needs(input as Input, region),
    run: (input, caller, region) => typed.run(input as Input, caller, region),
    ...(activity ? { activity: (input, output, request) => activity(input as Input, output, request) } : {}),
    ...(recordedAs === undefined ? {} : { recordedAs }),
    ...(readOnly ? { readOnly } : {}),
  };
}

/** A simulated service: its name in the SigV4 scope, the SDK client whose schemas it obeys, and what it can do. */
export interface Service {
  name: string;
  protocol: 'json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml';
  /** The exports of the SDK client's package. */
  schemas: Readonly<Record<string, unknown>>;
  /** The API version in the XML namespace of a query service. */
  apiVersion?: string;
  /** Of a service that answers in XML by REST. */
  xmlNamespace?: string;
  operations: Readonly<Record<string, Operation>>;
  /** The service's own word for a refused call, where it isn't AccessDeniedException. */
  deniedCode?: string;
  /** The HTTP status of a refused call, where the service's model doesn't say. */
  deniedStatus?: number;
  /** The service that CloudTrail names as the source of its calls, where that isn't its own name. */
  recordedAs?: string;
  /** Where CloudTrail records its calls, whichever Region they were signed for. */
  recordedIn?: string;
  /** The service's own word for a refused input, where it isn't ValidationException. */
  invalidCode?: string;
}
