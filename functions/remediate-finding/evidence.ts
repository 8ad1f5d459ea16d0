import type { ChainsTable } from '../../shared/aws/chains-table';
import type { ResourceTagsHistory } from '../../shared/aws/resource-tags';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { ActorSummary, Finding } from '../../shared/contracts/trailseal/finding';
import { breaking } from '../../shared/controls/verifications/problem';
import type { ActivityIndex } from '../../shared/findings/activity-index';
import { keysOf } from '../../shared/findings/links';
import type { Witnesses } from '../../shared/findings/witnesses';
import type { Home } from '../../shared/policy/coverage';
import { globalRegion } from '../../shared/proof/activity/resources-named';
import type { MakingCall } from '../../shared/remediations/guards';
import { makingCallOf } from '../../shared/remediations/own-requests';
import type { Evidence } from './needs';

export interface EvidenceNeeds {
  readonly tags: ResourceTagsHistory;
  readonly chains: Pick<ChainsTable, 'chains' | 'problems'>;
  readonly witnesses: Pick<Witnesses, 'read'>;
  readonly index: Pick<ActivityIndex, 'calls'>;
  readonly home: Home;
}

/** What the table and AWS Config know besides the resource itself. What they don't is `unknown`. */
export const evidenceFrom = ({ tags, chains, witnesses, index, home }: EvidenceNeeds): Evidence => ({
  // AWS Config tells only of its own account.
  tags: async (finding) => (finding.accountId === home.accountId ? await tags.latest(finding) : 'unknown'),

  async chain({ accountId, region }) {
    const found = await chains.chains({
      account: accountId,
      region: region === 'global' ? globalRegion(home.region) : region,
    });
    if (found.length === 0) return 'unknown';
    for (const { chain } of found) {
      const problems = await chains.problems(chain);
      if (breaking(problems).length > 0) return 'broken';
    }
    return 'whole';
  },

  async makingCalls(finding) {
    const made: MakingCall[] = [];
    for (const { eventID, eventTime, actor } of callsOf(finding)) {
      const record = await recordOf(finding, { eventID, eventTime }, { witnesses, index });
      made.push(record ? makingCallOf(record) : issuerOf(actor));
    }
    return made;
  },
});

interface Made {
  readonly eventID: string;
  readonly eventTime: string;
  readonly actor: ActorSummary;
}

/** Those that are named, or candidates, for what the finding shows now. */
function callsOf({ judgement, links = [] }: Finding): Made[] {
  const latest = links.filter(({ observedAt }) => observedAt === judgement?.observedAt);
  return [...(judgement?.activity ? [judgement.activity] : []), ...latest.flatMap(({ calls }) => calls)];
}

/** The record itself, which alone says under which id the request was sent. */
async function recordOf(
  finding: Finding,
  { eventID, eventTime }: Pick<Made, 'eventID' | 'eventTime'>,
  { witnesses, index }: Pick<EvidenceNeeds, 'witnesses' | 'index'>,
): Promise<JsonObject | undefined> {
  const witness = await witnesses.read({ account: finding.accountId, eventTime, eventID });
  if (witness && Object.keys(witness.record).length > 0) return witness.record;
  const justBefore = new Date(Date.parse(eventTime) - 1).toISOString();
  const filed = await index.calls(keysOf(finding), justBefore, eventTime);
  return filed.find((record) => record['eventID'] === eventID);
}

/** Without the record the request is not known to be ours, and is refused where our role made it. */
const issuerOf = ({ issuer }: ActorSummary): MakingCall => (issuer === undefined ? {} : { issuer });
