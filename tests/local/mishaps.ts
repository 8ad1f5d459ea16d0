import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Needs } from '../../functions/remediate-finding/needs';
import { accessKeyOf } from '../../local/access';
import type { Fault as Failure, PassingCall } from '../../local/gate';
import { REGION } from '../shared/remediations/scene';
import type { TestAws } from '../support/local-aws';
import { type RemediationAws, ROLE } from './remediation-aws';

/**
 * What goes wrong at one request.
 *
 * - `killed-before`, `killed-after`: the function ends there, and nothing else happens in this delivery.
 * - `throttled`: AWS says so once, and has done nothing.
 * - `lost`: it worked, and its answer never comes.
 */
export const faults = ['killed-before', 'killed-after', 'throttled', 'lost'] as const;
export type Fault = (typeof faults)[number];

/** One request that reached AWS, or one outcome on its way. */
export interface Step {
  readonly what: string;
  /** Whether anything is different afterwards. */
  readonly changes: boolean;
  /** Whether it is a call of a plan. */
  readonly isCall: boolean;
}

/** A request in a session of the remediation role that was not there to read. */
export interface Request {
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** AWS's ids of it where it worked; none where AWS said no, or does not record it. */
  readonly worked: boolean;
  readonly requestId: string | undefined;
}

class Killed extends Error {
  override readonly name = 'Killed';
}

const reading = /^(Get|List|Describe|Query|BatchGet|Assume)/;
const throttledAs: Readonly<Record<string, Failure>> = {
  dynamodb: { code: 'ThrottlingException', statusCode: 400 },
  ec2: { code: 'RequestLimitExceeded', statusCode: 503 },
  s3: { code: 'SlowDown', statusCode: 503 },
};
const throttled: Failure = { code: 'ThrottlingException', statusCode: 400 };

/** Counts what reaches AWS while a function runs, and has one of it go wrong. */
export class Mishaps {
  readonly steps: Step[] = [];
  /** What the fault met; undefined while it has met nothing. */
  struck: Step | undefined;
  /** The table, for whoever looks on. */
  readonly operatorsTable: DynamoDBDocumentClient;
  readonly #tables: Readonly<Record<'once' | 'asEver', DynamoDBDocumentClient>>;
  readonly #asked: (Omit<Request, 'worked' | 'requestId'> & { readonly records: number; mended: number })[] =
    [];
  readonly #heal: (() => void)[];
  #kill: (() => void) | undefined;
  #isHit = false;
  #at: number | undefined;
  #fault: Fault | undefined;

  constructor(
    readonly world: RemediationAws,
    home: TestAws,
  ) {
    const tableWith = (maxAttempts: number, accessKeyId = accessKeyOf('Remediate')) =>
      DynamoDBDocumentClient.from(
        new DynamoDBClient({
          endpoint: home.url,
          region: REGION,
          credentials: { accessKeyId, secretAccessKey: 'local' },
          maxAttempts,
          // On a busy machine a connection that is kept is closed just when it is used again.
          requestHandler: { httpAgent: { keepAlive: false } },
        }),
        { marshallOptions: { removeUndefinedValues: true } },
      );
    this.#tables = { once: tableWith(1), asEver: tableWith(3) };
    this.operatorsTable = tableWith(3, 'operator');
    this.#heal = [world.aws, home].map((aws) => aws.fail((call) => this.#passes(call)));
  }

  /**
   * Counts from here.
   * @param at the number of the step that the fault meets; none for a rehearsal
   */
  begin(at: number | undefined, fault: Fault | undefined): void {
    this.steps.splice(0);
    this.#at = at;
    this.#fault = fault;
  }

  /** The table, for the function alone. Whoever is dead does not try again. */
  get table(): DynamoDBDocumentClient {
    return this.#fault?.startsWith('killed') ? this.#tables.once : this.#tables.asEver;
  }

  end(): void {
    for (const heal of this.#heal) heal();
  }

  /** Whether a delivery may fail so: it is the one that was hit, or it has to wait. */
  explains({ name }: Error): boolean {
    return name === 'Killed' || this.#isHit || (name === 'NotYet' && this.struck !== undefined);
  }

  /** One delivery. @throws Killed where it ends in the middle */
  async during(deliver: (mortal: (needs: Needs) => Needs) => Promise<void>): Promise<void> {
    const life = { isOver: false };
    this.#isHit = false;
    const killed = new Promise<never>((_resolve, reject) => {
      this.#kill = () => {
        life.isOver = true;
        reject(new Killed('the function was killed'));
      };
    });
    try {
      await Promise.race([deliver((needs) => this.#mortal(needs, life)), killed]);
    } finally {
      this.#kill = undefined;
    }
  }

  /** What was asked of AWS in the role of remediations, in order, but for what it read. */
  requests(): Request[] {
    const { records } = this.world.aws;
    return this.#asked.map(({ service, action, input, records: from, mended }, index) => {
      const next = this.#asked[index + 1];
      const done = records.slice(from, next?.records).filter(isDoneInRole);
      if (done.length > 1) throw new Error('two requests at once');
      const invoked = (next?.mended ?? this.world.mended.length) - mended;
      const requestId = done[0]?.['requestID'] as string | undefined;
      return { service, action, input, requestId, worked: done.length + invoked > 0 };
    });
  }

  #passes({ service, action, caller, input }: PassingCall): Failure | undefined {
    if (!this.#kill || caller === 'operator') return undefined;
    const changes = !reading.test(action);
    const isCall = changes && caller.startsWith('trailseal.');
    if (isCall)
      this.#asked.push({
        service,
        action,
        input,
        records: this.world.aws.records.length,
        mended: this.world.mended.length,
      });
    switch (this.#meets({ what: nameOf(service, action, input), changes, isCall })) {
      case 'killed-before':
        this.#kill();
        return { code: 'killed', disconnect: true };
      case 'killed-after':
        this.#kill();
        return { code: 'killed', disconnect: true, after: true };
      case 'throttled':
        return throttledAs[service] ?? throttled;
      case 'lost':
        // Nothing comes at all, or what comes says nothing.
        return this.steps.length % 2 === 0
          ? { code: 'lost', disconnect: true, after: true }
          : { code: 'InternalFailure', statusCode: 500, after: true };
      default:
        return undefined;
    }
  }

  #meets(step: Step): Fault | undefined {
    const isHere = this.steps.length === this.#at;
    this.steps.push(step);
    if (!isHere) return undefined;
    this.struck = step;
    this.#isHit = true;
    return this.#fault;
  }

  /** Whoever was killed never hears of anything again. */
  #mortal(needs: Needs, life: { readonly isOver: boolean }): Needs {
    const never = () => new Promise<never>(() => undefined);
    const lived = async <T>(act: () => Promise<T>): Promise<T> => {
      if (life.isOver) return never();
      try {
        const answer = await act();
        return life.isOver ? never() : answer;
      } catch (error) {
        if (life.isOver) return never();
        throw error;
      }
    };
    const each = <Held extends object>(held: Held): Held =>
      new Proxy(held, {
        get(target, member: string) {
          const own = (target as Record<string, unknown>)[member];
          return typeof own === 'function'
            ? (...input: unknown[]) => lived(() => (own as (...all: unknown[]) => Promise<unknown>)(...input))
            : own;
        },
      });
    return {
      ...needs,
      findings: each(needs.findings),
      runs: each(needs.runs),
      evidence: each(needs.evidence),
      performer: (session) => each(needs.performer(session)),
      report: (outcome) => lived(() => this.#reports(() => needs.report(outcome))),
      comeBack: (findingId, seconds) => lived(() => needs.comeBack(findingId, seconds)),
      wait: (ms) => lived(() => needs.wait(ms)),
    };
  }

  /** Findings are written elsewhere: that is one step. */
  async #reports(report: () => Promise<void>): Promise<void> {
    const fault = this.#meets({ what: 'report', changes: true, isCall: false });
    if (fault === 'killed-before') this.#kill?.();
    else if (fault === 'throttled') throw new Error('the bus is busy');
    else await report();
    if (fault === 'killed-after') this.#kill?.();
    if (fault === 'lost') throw new Error('the bus did not answer');
  }
}

const isDoneInRole = (record: { readonly userIdentity?: unknown; readonly errorCode?: unknown }): boolean => {
  const { sessionContext } = record.userIdentity as { sessionContext?: { sessionIssuer?: { arn?: string } } };
  return record.errorCode === undefined && sessionContext?.sessionIssuer?.arn === ROLE;
};

function nameOf(service: string, action: string, input: unknown): string {
  const { Key, Item } = input as { Key?: Row; Item?: Row };
  const row = (Item ?? Key)?.sk?.S ?? '';
  return [service, action, row.replace(/[A-Z2-7]{26}/g, '…')].join(' ').trim();
}
interface Row {
  readonly sk?: { readonly S?: string };
}
