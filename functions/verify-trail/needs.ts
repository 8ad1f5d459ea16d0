import type { ActivityLookup } from '../../shared/aws/activity-lookup';
import type { ChainsTable } from '../../shared/aws/chains-table';
import type { EvidenceBucket } from '../../shared/aws/evidence-bucket';
import type { LogBucket } from '../../shared/aws/log-bucket';
import type { RecordSearches } from '../../shared/aws/record-searches';
import type { SettingsHistory } from '../../shared/aws/settings-history';
import type { TrailService } from '../../shared/aws/trail-service';
import type { PolicyInForce } from '../../shared/controls/judge';
import type { Verification } from '../../shared/controls/verifications/verification';
import type { ActivityIndex } from '../../shared/findings/activity-index';
import type { RecordNeeds } from '../../shared/findings/record';
import type { Witnesses } from '../../shared/findings/witnesses';
import type { Telemetry } from '../../shared/lambda/telemetry';
import type { Home } from '../../shared/policy/coverage';
import type { Job } from './jobs';

export interface Needs {
  readonly policy: PolicyInForce;
  readonly home: Home;
  readonly verifications: readonly Verification[];
  /** The files of a bucket that compliance.yml names; undefined for any other. */
  readonly sourceOf: (bucket: string) => LogBucket | undefined;
  readonly trails: TrailService;
  readonly chains: ChainsTable;
  readonly settings: SettingsHistory;
  readonly witnesses: Witnesses;
  readonly searches: RecordSearches;
  readonly index: ActivityIndex;
  readonly evidence: EvidenceBucket;
  readonly lookup: ActivityLookup;
  readonly jobs: { send(jobs: readonly Job[]): Promise<void> };
  readonly record: RecordNeeds;
  readonly telemetry: Telemetry;
  readonly now: () => string;
}
