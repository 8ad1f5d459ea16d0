import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Problem } from '../controls/verifications/problem';
import type { ChainHead } from '../proof/trail/chain-line';
import type { ChainId, KeySource, Place, Reason, Status } from '../proof/trail/verdict';
import { documentClient } from './findings-table';
import { unlessRefused } from './unless-refused';

/** The folder that the files of one account and Region lie in. */
export interface TrailFolder {
  readonly bucket: string;
  /** Empty, or with a `/` at its end: what comes before `AWSLogs/`. */
  readonly prefix: string;
  readonly organizationId?: string;
}

/** What is known of a chain: `C#<account>#<region>#<homeRegion>/<trail>` / `HEAD`. */
export interface ChainState {
  readonly chain: ChainId;
  /** Where its newest digest was seen. */
  readonly folder: TrailFolder;
  /** Raised with each write. */
  readonly seq: number;
  /** From when on it is verified, ISO 8601 in UTC. */
  readonly since: string;
  /** The newest proven digest: the next one has to follow it. */
  readonly head?: ChainHead;
  /** The end of the newest digest that was looked at, proven or not. */
  readonly listedTo?: string;
  /** Up to which hour its files were compared with what digests list. */
  readonly comparedTo?: string;
  /** The problems that findings were last judged by: their hash, how often it changed, and since when it is so. */
  readonly problems?: { readonly hash: string; readonly changes: number; readonly since: string };
}

/** One digest and how far its logs are: `D#<end>`, a backfill `D#<end>#backfill`. */
export interface DigestRow {
  readonly place: Place;
  readonly start?: string;
  readonly end: string;
  readonly backfill: boolean;
  readonly status: Status;
  readonly reason?: Reason;
  readonly provenBy?: 'signature' | 'successor';
  readonly keySource?: KeySource;
  readonly sha256?: string;
  readonly etag?: string;
  readonly versionId?: string;
  /** How many log files it lists, and in how many parts they are verified. */
  readonly logs: number;
  readonly parts: number;
  /** What came of each part that is done. */
  readonly done: Readonly<Record<string, PartResult>>;
  readonly verifiedAt: string;
}

export interface PartResult {
  readonly valid: number;
  readonly otherwise: number;
}

/** A problem of a chain, open until it is taken back: `P#<control>#<code>#<subject>`. */
export interface OpenProblem extends Problem {
  readonly control: string;
  /** What the problem is about: a file, an hour, or the chain itself. */
  readonly subject: string;
  /** The digest that shows it: `s3://bucket/key`. */
  readonly digest?: string;
  readonly foundAt: string;
}

export type ProblemName = Pick<OpenProblem, 'control' | 'code' | 'subject'>;

export interface ChainsTable {
  /** Strongly consistent, as all reads here. */
  chain(chain: ChainId): Promise<ChainState | undefined>;
  /** Chains seen so far, of one account and Region or of all. */
  chains(of?: Pick<ChainId, 'account' | 'region'>): Promise<Pick<ChainState, 'chain' | 'folder'>[]>;
  /**
   * Without the name of a trail it is no chain, but what is said of an account and Region that have none.
   * @returns false when the stored `seq` is no longer the expected one; undefined expects that there is none
   */
  save(next: ChainState, expectedSeq: number | undefined): Promise<boolean>;
  /** Digests with from ≤ end ≤ to, oldest first. */
  digests(chain: ChainId, from: string, to: string): Promise<DigestRow[]>;
  /** Writes what was found out about a digest; parts that are done stay so while its bytes are the same. */
  putDigest(chain: ChainId, row: DigestRow): Promise<void>;
  /** Notes the outcome of one part, once; refused when the digest is another by now. Returns the row as it then is. */
  finishPart(
    chain: ChainId,
    row: DigestRow,
    part: number,
    result: PartResult,
  ): Promise<DigestRow | undefined>;
  problems(chain: ChainId): Promise<OpenProblem[]>;
  open(chain: ChainId, problem: OpenProblem): Promise<void>;
  close(chain: ChainId, problem: ProblemName): Promise<void>;
  /** Remembers for a week that a log file was announced. */
  announce(folder: AnnouncedIn, minute: string, key: string, now: string): Promise<void>;
  /** Keys of log files that were announced with from ≤ minute < to. */
  announced(folder: AnnouncedIn, from: string, to: string): Promise<string[]>;
}

export type AnnouncedIn = TrailFolder & Pick<ChainId, 'account' | 'region'>;

const KEEP_DIGESTS_DAYS = 400;
const KEEP_ANNOUNCEMENTS_DAYS = 8;
/** After `#` and before everything else that a key may hold: the end of a range of sort keys. */
const LAST = '\uffff';

/** One partition lists all chains, so that a schedule finds them without a scan. */
const DIRECTORY = 'CHAINS';

export const chainKey = ({ account, region, homeRegion, trail }: ChainId) =>
  `C#${account}#${region}#${homeRegion}/${trail}`;
const directoryKey = ({ account, region, homeRegion, trail }: ChainId) =>
  `${account}#${region}#${homeRegion}/${trail}`;
const digestKey = ({ end, backfill }: Pick<DigestRow, 'end' | 'backfill'>) =>
  `D#${end}${backfill ? '#backfill' : ''}`;
const problemKey = ({ control, code, subject }: ProblemName) => `P#${control}#${code}#${subject}`;
const announcedKey = ({ bucket, prefix, organizationId = '', account, region }: AnnouncedIn) =>
  `A#${bucket}#${prefix}#${organizationId}#${account}#${region}`;

const expiresAt = (now: string, days: number) => Math.floor(Date.parse(now) / 1000) + days * 86_400;

/** What verification knows, in the findings' table. */
export function chainsTable(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): ChainsTable {
  async function between(pk: string, from: string, to: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  }

  const beginningWith = (pk: string, text: string) => between(pk, text, text + LAST);

  return {
    async chain(chain) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: { pk: chainKey(chain), sk: 'HEAD' },
          ConsistentRead: true,
        }),
      );
      return Item?.['chainState'] as ChainState | undefined;
    },

    async chains(of) {
      const items = await (of
        ? beginningWith(DIRECTORY, `${of.account}#${of.region}#`)
        : between(DIRECTORY, '0', LAST));
      return items.map(({ chain, folder }) => ({
        chain: chain as ChainId,
        folder: folder as TrailFolder,
      }));
    },

    async save(next, expectedSeq) {
      if (expectedSeq === undefined && next.chain.trail !== '') {
        // First the directory: a chain that it lists and that has no state yet is looked at again, and gets one.
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              pk: DIRECTORY,
              sk: directoryKey(next.chain),
              chain: next.chain,
              folder: next.folder,
            },
          }),
        );
      }
      const written = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { pk: chainKey(next.chain), sk: 'HEAD' },
            UpdateExpression: 'SET chainState = :state, seq = :seq',
            ...(expectedSeq === undefined
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : { ConditionExpression: 'seq = :expectedSeq' }),
            ExpressionAttributeValues: {
              ':state': next,
              ':seq': next.seq,
              ...(expectedSeq === undefined ? {} : { ':expectedSeq': expectedSeq }),
            },
          }),
        ),
      );
      return written !== undefined;
    },

    async digests(chain, from, to) {
      const items = await between(chainKey(chain), `D#${from}`, `D#${to}${LAST}`);
      return items.map(digestRow);
    },

    async putDigest(chain, { done, ...row }) {
      const Key = { pk: chainKey(chain), sk: digestKey(row) };
      const values = {
        ':digest': row,
        ':sha256': row.sha256 ?? '',
        ':expiresAt': expiresAt(row.verifiedAt, KEEP_DIGESTS_DAYS),
      };
      const SET = 'SET digest = :digest, sha256 = :sha256, expiresAt = :expiresAt';
      const updated = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key,
            UpdateExpression: SET,
            ConditionExpression: 'sha256 = :sha256 AND attribute_exists(done)',
            ExpressionAttributeValues: values,
          }),
        ),
      );
      if (updated) return;
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key,
          UpdateExpression: `${SET}, done = :done`,
          ExpressionAttributeValues: { ...values, ':done': done },
        }),
      );
    },

    async finishPart(chain, row, part, result) {
      const Key = { pk: chainKey(chain), sk: digestKey(row) };
      const written = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key,
            UpdateExpression: 'SET done.#part = :result',
            ConditionExpression: 'sha256 = :sha256',
            ExpressionAttributeNames: { '#part': String(part) },
            ExpressionAttributeValues: { ':result': result, ':sha256': row.sha256 ?? '' },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return written?.Attributes && digestRow(written.Attributes);
    },

    async problems(chain) {
      const items = await beginningWith(chainKey(chain), 'P#');
      return items.map(({ problem }) => problem as OpenProblem);
    },

    async open(chain, problem) {
      // The first word on it stays while the matter is the same: how long it has been so is no news.
      const { severity, expected = '', computed = '' } = problem;
      const matter = [severity, expected, computed].join('\n');
      await unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { pk: chainKey(chain), sk: problemKey(problem), problem, matter },
            ConditionExpression: 'attribute_not_exists(pk) OR matter <> :matter',
            ExpressionAttributeValues: { ':matter': matter },
          }),
        ),
      );
    },

    async close(chain, problem) {
      await client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: { pk: chainKey(chain), sk: problemKey(problem) },
        }),
      );
    },

    async announce(folder, minute, key, now) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            pk: announcedKey(folder),
            sk: `L#${minute}#${key}`,
            expiresAt: expiresAt(now, KEEP_ANNOUNCEMENTS_DAYS),
          },
        }),
      );
    },

    async announced(folder, from, to) {
      const items = await between(announcedKey(folder), `L#${from}`, `L#${to}`);
      return items.map(({ sk }) => String(sk).slice(`L#${from}#`.length));
    },
  };
}

function digestRow(item: Record<string, unknown>): DigestRow {
  return { ...(item['digest'] as Omit<DigestRow, 'done'>), done: item['done'] as DigestRow['done'] };
}
