import type { FolderOf } from '../../shared/contracts/aws/trail-object-key';
import type { ObjectSource } from '../../shared/proof/trail/source';
import type { Selection } from './options';
import type { Slots } from './slots';

/** Where CloudTrail delivers one Region's files of one account. */
export interface TrailFolder extends FolderOf {
  readonly bucket: string;
  readonly hasDigests: boolean;
  readonly hasLogs: boolean;
}

/** A bucket, or what is below a prefix in it. */
export interface Start {
  readonly bucket: string;
  /** Empty, or ending in `/`. */
  readonly prefix: string;
}

export interface Discovery {
  readonly folders: readonly TrailFolder[];
  /** So many folders were not looked into, as there are more than anyone has prefixes. */
  readonly skipped: number;
}

/** Prefixes before `AWSLogs/` are looked for so deep, and in so many folders of a bucket. */
const DEEPEST = 4;
const MOST_FOLDERS = 500;

/** The folders of each selected account and Region below a start, by listing folders alone. */
export async function discover(
  { bucket, prefix }: Start,
  source: Pick<ObjectSource, 'folders'>,
  selection: Selection,
  slots: Slots,
): Promise<Discovery> {
  const below = async (folder: string) =>
    (await slots.run(() => source.folders(bucket, folder))).map((child) => child.slice(folder.length, -1));
  const walk = new Walk(bucket, below, selection);
  const named = PATH.exec(prefix)?.groups;
  if (named === undefined) return { folders: await walk.prefixes(prefix, 0), skipped: walk.skipped };
  return { folders: await walk.logs(named['prefix'] ?? '', named), skipped: walk.skipped };
}

/** A start below `AWSLogs/` names what is meant of it. Dates say nothing here: there are options for them. */
const PATH =
  /^(?<prefix>(?:.*\/)?)AWSLogs\/(?:(?<organizationId>o-[a-z0-9]+)\/)?(?:(?<account>\d{12})\/)?(?:CloudTrail(?:-Digest)?\/(?:(?<region>[a-z0-9-]+)\/)?)?/;

type Named = Readonly<Record<string, string | undefined>>;

class Walk {
  skipped = 0;
  #looked = 0;

  constructor(
    private readonly bucket: string,
    /** Names of the folders right below a folder. */
    private readonly below: (folder: string) => Promise<string[]>,
    private readonly selection: Selection,
  ) {}

  /** Looks for `AWSLogs/` below a prefix. */
  async prefixes(prefix: string, depth: number): Promise<TrailFolder[]> {
    if (this.#looked >= MOST_FOLDERS || depth > DEEPEST) {
      this.skipped += 1;
      return [];
    }
    this.#looked += 1;
    const names = await this.below(prefix);
    return all(
      names.map((name) =>
        name === 'AWSLogs' ? this.logs(prefix, {}) : this.prefixes(`${prefix}${name}/`, depth + 1),
      ),
    );
  }

  /** All below one `AWSLogs/`, or what is named of it. */
  async logs(prefix: string, { organizationId, account, region }: Named): Promise<TrailFolder[]> {
    if (organizationId === undefined && account === undefined) {
      const names = await this.below(`${prefix}AWSLogs/`);
      return all(
        names.map((name) =>
          /^o-[a-z0-9]+$/.test(name)
            ? this.organization(prefix, name)
            : this.account({ prefix, account: name }, region),
        ),
      );
    }
    const of = { prefix, ...(organizationId === undefined ? {} : { organizationId }) };
    return account === undefined
      ? this.organization(prefix, organizationId ?? '')
      : this.account({ ...of, account }, region);
  }

  private async organization(prefix: string, organizationId: string): Promise<TrailFolder[]> {
    const names = await this.below(`${prefix}AWSLogs/${organizationId}/`);
    return all(names.map((account) => this.account({ prefix, organizationId, account }, undefined)));
  }

  private async account(of: Omit<FolderOf, 'region'>, only: string | undefined): Promise<TrailFolder[]> {
    if (!/^\d{12}$/.test(of.account) || !this.selection.account(of.account)) return [];
    const folder = `${of.prefix}AWSLogs/${of.organizationId === undefined ? '' : `${of.organizationId}/`}${of.account}/`;
    const [digests, logs] = await Promise.all([
      this.below(`${folder}CloudTrail-Digest/`),
      this.below(`${folder}CloudTrail/`),
    ]);
    return [...new Set([...digests, ...logs])]
      .filter((region) => this.selection.region(region) && region === (only ?? region))
      .map((region) => ({
        ...of,
        bucket: this.bucket,
        region,
        hasDigests: digests.includes(region),
        hasLogs: logs.includes(region),
      }));
  }
}

const all = async (parts: readonly Promise<TrailFolder[]>[]): Promise<TrailFolder[]> =>
  (await Promise.all(parts)).flat();
