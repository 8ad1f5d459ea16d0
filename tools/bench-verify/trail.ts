import { type MadeTrail, makeTrail } from '../../local/trails/make-trail';

/** How much a bench verifies. */
export interface Load {
  readonly hours: number;
  readonly logsPerHour: number;
  readonly recordsPerLog: number;
}

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const BUCKET = 'bench-trail-logs';
export const TRAIL = 'bench-trail';
export const FROM = '2026-01-01T00:00:00Z';
export const TRAIL_ARN = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${TRAIL}`;

/** A day as a busy account has it. */
export const DAY: Load = { hours: 24, logsPerHour: 50, recordsPerLog: 200 };
/** The files of a month, of less content, so that making them doesn't take longer than to verify them. */
export const MONTH: Load = { hours: 30 * 24, logsPerHour: 50, recordsPerLog: 10 };

/** Distinct contents: more of them take longer to make, and no longer to verify. */
const DISTINCT = 200;

export const trailOf = (load: Load): MadeTrail =>
  makeTrail({
    account: ACCOUNT,
    region: REGION,
    trail: TRAIL,
    bucket: BUCKET,
    from: FROM,
    distinctLogs: DISTINCT,
    ...load,
  });

export const logsOf = ({ hours, logsPerHour }: Load): number => hours * logsPerHour;

/** ISO 8601: when the last digest ends. */
export const endOf = ({ hours }: Pick<Load, 'hours'>): string =>
  `${new Date(Date.parse(FROM) + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
