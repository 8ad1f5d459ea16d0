import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type StoredRuns, storedRuns } from '../../shared/aws/remediations-table';
import { signedPost } from '../../shared/aws/signed-request';
import { findingId } from '../../shared/findings/finding';
import { isOver, type Run } from '../../shared/remediations/run';
import type { User } from '../access';
import type { LocalAws } from '../aws';

/** IAM users of the laptop's account who may approve, and nothing else: `trailseal approve ID --as alice`. */
export const APPROVERS = ['alice', 'carla'] as const;
export type Approver = (typeof APPROVERS)[number];

export const addApprovers = (aws: LocalAws): Readonly<Record<Approver, User>> => {
  const may = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }];
  return { alice: aws.people.add('alice', may), carla: aws.people.add('carla', may) };
};

/** What a finding is about. */
export interface Matter {
  readonly control: string;
  readonly resourceType: string;
  readonly resourceId: string;
}

const LOOK_EVERY_MS = 200;
const COMES_WITHIN_MS = 20_000;

/** People who approve what is proposed, and want things undone, by the API that is deployed. */
export class Approvals {
  readonly #runs: StoredRuns;
  readonly #aws: LocalAws;
  readonly #people: Readonly<Record<Approver, User>>;
  readonly #stopped: AbortSignal;

  constructor(aws: LocalAws, people: Readonly<Record<Approver, User>>, stopped: AbortSignal) {
    const [table] = aws.stack.ofType('AWS::DynamoDB::Table');
    if (table === undefined) throw new Error('the stack has no table');
    const client = new DynamoDBClient({
      endpoint: aws.url,
      region: aws.stack.options.region,
      credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
    });
    this.#runs = storedRuns(table.name, DynamoDBDocumentClient.from(client));
    this.#aws = aws;
    this.#people = people;
    this.#stopped = stopped;
  }

  /** Approves what waits for it, and waits for its end. */
  async approve(who: Approver, matter: Matter): Promise<void> {
    const run = await this.#until(matter, ({ state, asks }) => state === 'planned' && asks !== undefined);
    await this.#post(who, run, 'approval', { planHash: run.planHash, nonce: run.asks?.nonce });
    await this.#until(matter, ({ id, state }) => id !== run.id || isOver({ state }));
  }

  /** Wants the latest fix undone. */
  async undo(who: Approver, matter: Matter): Promise<void> {
    const run = await this.#until(matter, ({ state }) => state === 'applied');
    await this.#post(who, run, 'undo', { force: false });
  }

  async #post(
    who: Approver,
    { api, findingId: finding, id }: Run,
    what: string,
    body: object,
  ): Promise<void> {
    const { accessKeyId, secretAccessKey } = this.#people[who];
    const answer = await signedPost({
      url: `${api}/findings/${finding}/runs/${id}/${what}`,
      body: JSON.stringify(body),
      region: this.#aws.stack.options.region,
      credentials: { accessKeyId, secretAccessKey },
    });
    if (answer.status !== 202) throw new Error(`${what} by ${who}: ${answer.status} ${answer.body}`);
  }

  /** @throws when nothing of the kind comes in time: the scenario goes on without */
  async #until(matter: Matter, holds: (run: Run) => boolean): Promise<Run> {
    const { accountId, region } = this.#aws.stack.options;
    const id = findingId({ ...matter, accountId, region, severity: 'high' });
    const deadline = Date.now() + COMES_WITHIN_MS;
    while (Date.now() < deadline && !this.#stopped.aborted) {
      const run = await this.#runs.latest(id);
      if (run && holds(run)) return run;
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.#stopped });
    }
    throw new Error(`nothing waited for ${matter.control} of ${matter.resourceId}`);
  }
}
