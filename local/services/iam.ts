import * as client from '@aws-sdk/client-iam';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { operation, type Service } from '../service';

const PAGE = 100;
const MOST = 1000;

interface AccessKey {
  id: string;
  status: 'Active' | 'Inactive';
  createdAt: number;
  lastUsed?: { at: number; service: string; region: string };
}

interface User {
  id: string;
  name: string;
  path: string;
  createdAt: number;
  arn: string;
  tags: Record<string, string>;
  keys: AccessKey[];
}

/** A user to put in, with its access keys as ListAccessKeys and GetAccessKeyLastUsed show them. */
export interface UserSeed {
  UserName: string;
  UserId?: string;
  Path?: string;
  CreateDate?: Date | string;
  Tags?: Record<string, string>;
  AccessKeys?: {
    AccessKeyId: string;
    Status?: 'Active' | 'Inactive';
    CreateDate?: Date | string;
    LastUsed?: { LastUsedDate: Date | string; ServiceName: string; Region: string };
  }[];
}

/** The users of one account and their access keys. */
export class Users {
  readonly #users = new Map<string, User>();
  readonly #accountId: string;
  readonly #clock: Clock;

  constructor(accountId: string, clock: Clock) {
    this.#accountId = accountId;
    this.#clock = clock;
  }

  /** Makes or replaces a user. */
  putUser({ UserName, UserId, Path = '/', CreateDate: made, Tags = {}, AccessKeys = [] }: UserSeed): void {
    if (!UserName) throw new Error('UserName must be given');
    this.#users.set(UserName, {
      id:
        UserId ??
        `AIDA${UserName.toUpperCase()
          .replace(/[^A-Z0-9]/g, '')
          .padEnd(16, 'A')
          .slice(0, 16)}`,
      name: UserName,
      path: Path,
      createdAt: made ? new Date(made).getTime() : this.#clock.now(),
      arn: `arn:aws:iam::${this.#accountId}:user${Path}${UserName}`,
      tags: Tags,
      keys: AccessKeys.map(({ AccessKeyId, Status = 'Active', CreateDate, LastUsed }) => ({
        id: AccessKeyId,
        status: Status,
        createdAt: CreateDate ? new Date(CreateDate).getTime() : this.#clock.now(),
        ...(LastUsed
          ? {
              lastUsed: {
                at: new Date(LastUsed.LastUsedDate).getTime(),
                service: LastUsed.ServiceName,
                region: LastUsed.Region,
              },
            }
          : {}),
      })),
    });
  }

  all(): User[] {
    return [...this.#users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  named(name: string): User {
    const user = this.#users.get(name);
    if (!user) throw noSuch(`The user with name ${name} cannot be found.`);
    return user;
  }

  /** As if DeleteUser had been called. */
  deleteUser(name: string): void {
    this.#users.delete(name);
  }

  ownerOf(keyId: string): { user: User; key: AccessKey } {
    for (const user of this.#users.values()) {
      const key = user.keys.find(({ id }) => id === keyId);
      if (key) return { user, key };
    }
    throw noKey(keyId);
  }
}

const noSuch = (message: string) => new AwsError('NoSuchEntityException', message, 404);
const noKey = (id: string) => noSuch(`The Access Key with id ${id} cannot be found.`);

interface PageInput {
  Marker?: string;
  MaxItems?: number;
}

interface UpdateInput {
  UserName?: string;
  AccessKeyId: string;
  Status: string;
}

/** The part of the IAM API that looks after users and their access keys. IAM is in one Region. */
export function iamService(users: Users): Service {
  const need = (action: string, { arn, tags }: User) => ({
    action: `iam:${action}`,
    resource: arn,
    keys: {
      'aws:RequestedRegion': 'us-east-1',
      ...Object.fromEntries(
        Object.entries(tags).flatMap(([key, value]) => [
          [`aws:ResourceTag/${key}`, value],
          [`iam:ResourceTag/${key}`, value],
        ]),
      ),
    },
  });
  return {
    name: 'iam',
    protocol: 'query',
    apiVersion: '2010-05-08',
    schemas: client,
    deniedCode: 'AccessDenied',
    deniedStatus: 403,
    invalidCode: 'ValidationError',
    recordedIn: 'us-east-1',
    operations: {
      GetUser: operation<{ UserName?: string }>({
        needs: ({ UserName }) => [need('GetUser', users.named(demandName(UserName)))],
        run: ({ UserName }) => {
          const { id, name, path, arn, createdAt, tags } = users.named(demandName(UserName));
          return {
            User: {
              Path: path,
              UserName: name,
              UserId: id,
              Arn: arn,
              CreateDate: createdAt / 1000,
              Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            },
          };
        },
      }),
      // Without tags, which only GetUser tells.
      ListUsers: operation<PageInput & { PathPrefix?: string }>({
        needs: () => [
          { action: 'iam:ListUsers', resource: '*', keys: { 'aws:RequestedRegion': 'us-east-1' } },
        ],
        run: ({ PathPrefix = '/', ...input }) => {
          const found = users.all().filter(({ path }) => path.startsWith(PathPrefix));
          const { page, ...more } = pageOf(found, input);
          return {
            Users: page.map(({ id, name, path, arn, createdAt }) => ({
              Path: path,
              UserName: name,
              UserId: id,
              Arn: arn,
              CreateDate: createdAt / 1000,
            })),
            ...more,
          };
        },
      }),
      ListAccessKeys: operation<PageInput & { UserName?: string }>({
        needs: ({ UserName }) => [need('ListAccessKeys', users.named(demandName(UserName)))],
        run: ({ UserName, ...input }) => {
          const { name, keys } = users.named(demandName(UserName));
          const { page, ...more } = pageOf(keys, input);
          return {
            AccessKeyMetadata: page.map(({ id, status, createdAt }) => ({
              UserName: name,
              AccessKeyId: id,
              Status: status,
              CreateDate: createdAt / 1000,
            })),
            ...more,
          };
        },
      }),
      UpdateAccessKey: operation<UpdateInput>({
        needs: ({ UserName }) => [need('UpdateAccessKey', users.named(demandName(UserName)))],
        run: ({ UserName, AccessKeyId, Status }) => {
          const key = users.named(demandName(UserName)).keys.find(({ id }) => id === AccessKeyId);
          if (!key) throw noKey(AccessKeyId);
          if (Status !== 'Active' && Status !== 'Inactive') {
            const allowed = 'Member must satisfy enum value set: [Active, Inactive]';
            throw invalid(`1 validation error detected: Value '${Status}' at 'status' failed: ${allowed}`);
          }
          key.status = Status;
        },
        activity: ({ UserName, AccessKeyId, Status }) => ({
          requestParameters: { userName: UserName, accessKeyId: AccessKeyId, status: Status },
          responseElements: null,
        }),
      }),
      GetAccessKeyLastUsed: operation<{ AccessKeyId: string }>({
        needs: ({ AccessKeyId }) => [need('GetAccessKeyLastUsed', users.ownerOf(AccessKeyId).user)],
        run: ({ AccessKeyId }) => {
          const { user, key } = users.ownerOf(AccessKeyId);
          return { UserName: user.name, AccessKeyLastUsed: lastUsed(key) };
        },
      }),
    },
  };
}

/** What was asked for of a list, and where it goes on. */
function pageOf<T>(all: readonly T[], { Marker, MaxItems = PAGE }: PageInput) {
  if (MaxItems < 1 || MaxItems > MOST) throw invalid(`Value '${MaxItems}' at 'maxItems' is out of range`);
  const from = Marker === undefined ? 0 : Number(Buffer.from(Marker, 'base64url').toString());
  if (!Number.isInteger(from)) throw invalid(`Invalid Marker.`);
  const end = from + MaxItems;
  return {
    page: all.slice(from, end),
    IsTruncated: end < all.length,
    ...(end < all.length ? { Marker: Buffer.from(String(end)).toString('base64url') } : {}),
  };
}

const lastUsed = ({ lastUsed: used }: AccessKey) =>
  used
    ? { ServiceName: used.service, Region: used.region, LastUsedDate: used.at / 1000 }
    : { ServiceName: 'N/A', Region: 'N/A' };

/** Whoever calls is a role here, and has no keys of its own that could be meant. */
function demandName(name: string | undefined): string {
  if (name === undefined) throw invalid('Must specify userName when calling with non-User credentials');
  return name;
}

const invalid = (message: string) => new AwsError('ValidationError', message);
