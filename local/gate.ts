import type { AccessControl, Caller, Need } from './access';
import { AwsError, Disconnect } from './aws-error';

/** A call on its way in, as a fault rule sees it. */
export interface PassingCall {
  /** As requests are signed: `sqs`, `ec2`, `monitoring` for CloudWatch; `lambda` for an invocation. */
  service: string;
  /** The operation, `SendMessage`. */
  action: string;
  caller: string;
  input: unknown;
}

/** A failure to play. With `after`, the operation takes effect and only its answer is lost. */
export interface Fault {
  code: string;
  message?: string;
  statusCode?: number;
  after?: boolean;
  /** Close the connection instead of answering. */
  disconnect?: boolean;
}

export type FaultRule = (call: PassingCall) => Fault | undefined;

export interface Passage extends Omit<PassingCall, 'caller'> {
  caller: Caller;
  needs: Need[];
  /** AWS makes this call on the caller's behalf. */
  implied?: boolean;
}

/** The one way in: every call is authorized, recorded, and may be made to fail. */
export class Gate {
  readonly #access: AccessControl;
  readonly #rules = new Set<FaultRule>();

  constructor(access: AccessControl) {
    this.#access = access;
  }

  /** Adds a fault rule; the answer takes it away again. */
  fail(rule: FaultRule): () => void {
    this.#rules.add(rule);
    return () => this.#rules.delete(rule);
  }

  async pass<T>(passage: Passage, effect: () => T | Promise<T>): Promise<T> {
    const { service, action, caller, input, needs, implied = false } = passage;
    this.#access.demand(caller, needs, implied);
    const fault = this.#fault({ service, action, caller: caller.name, input });
    if (fault && !fault.after) throw asError(fault);
    const result = await effect();
    if (fault) throw asError(fault);
    return result;
  }

  #fault(call: PassingCall): Fault | undefined {
    for (const rule of this.#rules) {
      const fault = rule(call);
      if (fault) return fault;
    }
    return undefined;
  }
}

function asError(fault: Fault): Error {
  if (fault.disconnect) return new Disconnect(fault.message ?? fault.code);
  return new AwsError(
    fault.code,
    fault.message ?? `${fault.code} (a fault played on purpose)`,
    fault.statusCode ?? 500,
  );
}
