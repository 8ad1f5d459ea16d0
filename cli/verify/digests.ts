import { parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import { absentPredecessors } from '../../shared/proof/trail/chain';
import { DIGEST_LIMIT } from '../../shared/proof/trail/gzip';
import type { KeysAnswer } from '../../shared/proof/trail/public-keys';
import { type ChainId, type Place, uri } from '../../shared/proof/trail/verdict';
import { type DigestReport, verifyDigest } from '../../shared/proof/trail/verify-digest';
import { type BucketFolder, type DigestFile, digestFilesIn } from './digest-files';
import { Names } from './names';
import { isRefusal } from './refusal';
import type { Run } from './run';

/** Digests of one trail, for one account and Region, wherever in the source they are. */
export interface Chain {
  readonly id: ChainId;
  readonly reports: DigestReport[];
  /** Digests (`s3://…`) whose entries were let go, so that memory stays bounded, and how many those were. */
  readonly unheld: Map<string, number>;
  /** How many entries were kept. */
  held: number;
}

export const chainName = ({ account, region, homeRegion, trail }: ChainId): string =>
  `${account} ${region} ${homeRegion} ${trail}`;

/** Reads and verifies digests, each by itself. */
export class DigestReader {
  readonly #chains = new Map<string, Chain>();
  readonly #folders = new Set<string>();
  readonly #read = new Set<string>();
  /** Otherwise log files that no digest lists may be those of another trail. */
  knowsAllTrails = true;
  /** Log files that a digest lists which was read, unless it is a wrong one. */
  readonly listedLogs = new Names();

  constructor(private readonly run: Run) {}

  get chains(): readonly Chain[] {
    return [...this.#chains.values()];
  }

  /** Reads all digests of these folders, and those that the proven ones point to. */
  async read(folders: readonly BucketFolder[]): Promise<void> {
    const files: DigestFile[] = [];
    for (const folder of folders) files.push(...(await this.#filesIn(folder)));
    await this.#readAll(files);
    let absent = this.#absent();
    while (absent.length > 0 && !this.run.stop.aborted) {
      // A chain that came from another bucket, or another prefix, has more digests there than the one pointed to.
      for (const { bucket, name } of absent) absent.push(...(await this.#filesBefore({ bucket, ...name })));
      await this.#readAll(absent);
      absent = this.#absent();
    }
  }

  async #filesIn(folder: BucketFolder): Promise<readonly DigestFile[]> {
    const { bucket, prefix, organizationId = '', account, region } = folder;
    const name = JSON.stringify([bucket, prefix, organizationId, account, region]);
    if (this.#folders.has(name)) return [];
    this.#folders.add(name);
    const { files, hasOthers } = await digestFilesIn(folder, this.run);
    if (hasOthers) this.knowsAllTrails = false;
    return files;
  }

  /** What can't be listed may still be read, or else has its verdict by that. */
  async #filesBefore(folder: BucketFolder): Promise<readonly DigestFile[]> {
    try {
      return await this.#filesIn(folder);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return [];
    }
  }

  /** Digests that others point to, and that were not read yet. */
  #absent(): DigestFile[] {
    const { window } = this.run;
    return this.chains
      .flatMap(({ reports }) => absentPredecessors(reports, window))
      .flatMap(digestFileAt)
      .filter((file) => !this.#read.has(idOf(file)));
  }

  async #readAll(files: readonly DigestFile[]): Promise<void> {
    const { source, slots, stop } = this.run;
    const unread = files.filter((file) => !this.#read.has(idOf(file)));
    const [first] = unread;
    if (first === undefined) return;
    const keys = await this.#keysFor(first.name.region, unread);
    await slots.each(
      unread,
      async ({ bucket, key }) => {
        const place = { bucket, key };
        if (this.#read.has(idOf(place))) return;
        this.#read.add(idOf(place));
        this.#add(verifyDigest(place, await source.read(place, DIGEST_LIMIT), keys));
      },
      stop,
    );
  }

  /** A backfill is signed when it is made, whatever hours it is about. */
  #keysFor(region: string, files: readonly DigestFile[]): Promise<KeysAnswer> {
    const ends = files.map(({ name }) => name.end).sort();
    const last = files.some(({ name }) => name.backfill) ? this.run.now : ends.at(-1);
    return this.run.keys(region, ends[0] ?? '', last ?? '');
  }

  #add(report: DigestReport): void {
    const { account, region, homeRegion, trail } = report.name;
    const id = { account, region, homeRegion, trail };
    const name = chainName(id);
    const chain: Chain = this.#chains.get(name) ?? { id, reports: [], unheld: new Map(), held: 0 };
    this.#chains.set(name, chain);
    if (report.status !== 'invalid') {
      for (const { s3Bucket, s3Object } of report.digest?.logFiles ?? [])
        this.listedLogs.add(s3Bucket, s3Object);
    }
    const entries = report.digest?.logFiles.length ?? 0;
    if (report.digest === undefined || this.run.held.take(entries)) {
      chain.reports.push(report);
      chain.held += entries;
    } else {
      chain.reports.push({ ...report, digest: { ...report.digest, logFiles: [] } });
      chain.unheld.set(uri(report), entries);
    }
  }
}

const idOf = ({ bucket, key }: Place): string => `${bucket}/${key}`;

function digestFileAt(place: Place): DigestFile[] {
  const name = parseTrailKey(place.key);
  return name?.kind === 'digest' ? [{ ...place, name }] : [];
}
