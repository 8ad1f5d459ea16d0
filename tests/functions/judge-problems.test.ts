import { judgeProblems } from '../../functions/verify-trail/judge-problems';
import type { Needs } from '../../functions/verify-trail/needs';
import type { ControlSettings } from '../../shared/contracts/trailseal/compliance-policy';
import { verifications } from '../../shared/controls';
import { at, inMemory } from '../support/findings';

const CHAIN = { account: '123456789012', region: 'eu-west-1', homeRegion: 'us-east-1', trail: 'main' };
const DIGESTS = 'cloudtrail-digest-chain';

/** The controls that a chain without problems is judged by. */
async function judgedBy(settings: ControlSettings): Promise<string[]> {
  const memory = inMemory(() => at(9));
  const needs = {
    verifications,
    policy: {
      since: at(1),
      hash: '',
      controls: Object.fromEntries(
        verifications.map(({ id }) => [id, id === DIGESTS ? settings : { mode: 'off', parameters: {} }]),
      ),
    },
    chains: {
      chain: async () => ({ chain: CHAIN, seq: 1 }),
      problems: async () => [],
      save: async () => true,
    },
    record: memory,
    now: () => at(9),
  } as unknown as Needs;
  await judgeProblems(CHAIN, { ...needs, record: { ...memory, now: () => at(9) } });
  return [...memory.stored.values()].map(({ finding }) => finding.control);
}

test.each<[is: boolean, name: string, settings: ControlSettings]>([
  [true, 'on', { mode: 'notify', parameters: {} }],
  [false, 'off', { mode: 'off', parameters: {} }],
  [
    false,
    'off for its trail',
    { mode: 'notify', scopes: [{ mode: 'off', resources: ['main'] }], parameters: {} },
  ],
  [
    true,
    'off for another one',
    { mode: 'notify', scopes: [{ mode: 'off', resources: ['us-east-1/other'] }], parameters: {} },
  ],
  [
    true,
    'on for its account and Region alone',
    {
      mode: 'off',
      scopes: [{ mode: 'notify', accounts: [CHAIN.account], regions: ['eu-west-1'] }],
      parameters: {},
    },
  ],
])('a chain is judged (%s) by a control that is %s', async (is, _, settings) => {
  expect(await judgedBy(settings)).toEqual(is ? [DIGESTS] : []);
});
