import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type ConfigurationItem,
  parseConfigurationItem,
} from '../../shared/contracts/aws/configuration-item';
import { rules, rulesByResourceType } from '../../shared/controls';
import { judgeItem, type RulesByType } from '../../shared/controls/judge';
import { loadCompliancePolicy } from '../policy-loader';
import { type Figure, median, seconds } from './figure';

const ITEMS = 40_000;
const ROUNDS = 7;

/**
 * Parsed items judged per second on one core, in the mix of types that a rule judges as captured items have it,
 * beside a scan that asks every rule of every item.
 */
export async function benchJudging(root: string): Promise<Figure[]> {
  const items = judgedItems(root);
  const policy = {
    ...loadCompliancePolicy(path.join(root, 'compliance.yml')),
    since: '2026-01-01T00:00:00.000Z',
  };
  const everyRule: RulesByType = Object.fromEntries(
    Object.keys(rulesByResourceType).map((type) => [type, rules]),
  );
  const rate = async (by: RulesByType) =>
    ITEMS /
    (await seconds(() => {
      for (let done = 0; done < ITEMS; done += 1)
        judgeItem(by, items[done % items.length] as ConfigurationItem, policy);
    }));
  const own: number[] = [];
  const scan: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    own.push(await rate(rulesByResourceType));
    scan.push(await rate(everyRule));
  }
  return [
    {
      what: 'items judged, one core',
      value: median(own),
      unit: '/s',
      reference: { what: 'asking all rules of each item', value: median(scan) },
      aim: 'at least 3 x, and 20,000/s',
    },
  ];
}

function judgedItems(root: string): ConfigurationItem[] {
  const rows = readFileSync(path.join(root, 'tests/fixtures/config-items/items.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return rows
    .map((row) => JSON.parse(row) as { resourceType: string; item: unknown })
    .filter(({ resourceType }) => Object.hasOwn(rulesByResourceType, resourceType))
    .map(({ item }) => parseConfigurationItem(item, { awsAccountId: '123456789012' }));
}
