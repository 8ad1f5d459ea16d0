import fc from 'fast-check';
import * as z from 'zod/mini';
import type { ConfigurationItem } from '../../../shared/contracts/aws/configuration-item';
import {
  type ControlSettings,
  type Mode,
  modes,
  type ScopedMode,
} from '../../../shared/contracts/trailseal/compliance-policy';
import { findingRegion } from '../../../shared/contracts/trailseal/finding-region';
import { compliant, defineRule, insufficientData } from '../../../shared/controls/control';
import { judgeItem, type PolicyInForce } from '../../../shared/controls/judge';
import {
  inScope,
  isOffEverywhere,
  modeFor,
  remediates,
  type ScopedResource,
} from '../../../shared/controls/scope';

const group: ScopedResource = {
  awsAccountId: '123456789012',
  awsRegion: 'eu-central-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0123456789abcdef0',
  resourceName: 'web-front',
  ARN: 'arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0',
};

const settings = (mode: Mode, ...scopes: readonly ScopedMode[]): ControlSettings => ({
  mode,
  ...(scopes.length > 0 ? { scopes } : {}),
  parameters: {},
});

describe('the mode for a resource', () => {
  test.each<[name: string, settings: ControlSettings | undefined, mode: Mode]>([
    ['of a control that nothing is said of', undefined, 'notify'],
    ['without scopes', settings('auto'), 'auto'],
    ['in no scope', settings('auto', { mode: 'off', resources: ['db-*'] }), 'auto'],
    ['in a scope, by name', settings('off', { mode: 'approve', resources: ['web-*'] }), 'approve'],
    ['in a scope, by id', settings('off', { mode: 'auto', resources: ['sg-0123456789abcdef0'] }), 'auto'],
    ['in a scope, by ARN', settings('off', { mode: 'dry-run', resources: ['arn:*'] }), 'dry-run'],
    [
      'in two scopes: the first holds',
      settings('notify', { mode: 'off', resources: ['web-*'] }, { mode: 'auto', resources: ['*'] }),
      'off',
    ],
    [
      'in the second scope only',
      settings('notify', { mode: 'off', regions: ['eu-west-1'] }, { mode: 'auto', resources: ['*'] }),
      'auto',
    ],
    [
      'in half of a scope',
      settings('notify', { mode: 'auto', resources: ['web-*'], accounts: ['999999999999'] }),
      'notify',
    ],
  ])('%s', (_, given, mode) => expect(modeFor(given, group)).toBe(mode));

  test('without a name is that of its id and ARN', () => {
    const { resourceName: _, ...bare } = group;
    const given = settings('notify', { mode: 'off', resources: ['web-*', 'undefined'] });
    expect(modeFor(given, bare)).toBe('notify');
    expect(modeFor(given, { ...bare, resourceName: undefined })).toBe('notify');
  });

  // A finding of IAM says `global`, the call that it is of us-east-1: both must have one mode.
  test.each([
    ['us-east-1', 'notify'],
    ['global', 'auto'],
  ])('of what exists once for all Regions: a scope of %s says %s', (region, mode) => {
    const user = { ...group, resourceType: 'AWS::IAM::User' };
    const given = settings('notify', { mode: 'auto', regions: [region] });
    for (const awsRegion of ['us-east-1', 'global'])
      expect(modeFor(given, { ...user, awsRegion })).toBe(mode);
  });
});

test.each<[isOff: boolean, does: boolean, settings: ControlSettings]>([
  [false, false, settings('notify')],
  [true, false, settings('off')],
  [true, false, settings('off', { mode: 'off', resources: ['*'] })],
  [false, false, settings('off', { mode: 'notify', resources: ['*'] })],
  [false, true, settings('off', { mode: 'dry-run', resources: ['*'] })],
  [false, false, settings('notify', { mode: 'off', resources: ['*'] })],
  [false, true, settings('approve', { mode: 'off', resources: ['*'] })],
])('off everywhere (%s), remediates (%s): %j', (isOff, does, given) => {
  expect(isOffEverywhere(given)).toBe(isOff);
  expect(remediates(given)).toBe(does);
});

test('the mode is that of the first scope that the resource is in, and the same for its finding', () => {
  const text = fc.constantFrom('web-1', 'web-2', 'db-1', '*', 'web-*', '*-1');
  const region = fc.constantFrom('eu-west-1', 'us-east-1', 'global');
  const list = (entry: fc.Arbitrary<string>) => fc.array(entry, { minLength: 1, maxLength: 2 });
  const scope = fc.record(
    { mode: fc.constantFrom(...modes), regions: list(region), resources: list(text) },
    { requiredKeys: ['mode'] },
  );
  const resource = fc.record({
    awsAccountId: fc.constant('123456789012'),
    awsRegion: region,
    resourceType: fc.constantFrom('AWS::IAM::User', 'AWS::EC2::Instance'),
    resourceId: fc.constantFrom('web-1', 'web-2', 'db-1'),
  });
  fc.assert(
    fc.property(fc.array(scope), resource, (scopes, found) => {
      const given = { mode: 'notify', scopes, parameters: {} } as const;
      const filed = { ...found, awsRegion: findingRegion(found.resourceType, found.awsRegion) };
      const mode = modeFor(given, found);
      expect(mode).toBe(modeFor(given, filed));
      const first = scopes.findIndex((one) => inScope(one, filed));
      expect(mode).toBe(first < 0 ? 'notify' : scopes[first]?.mode);
    }),
  );
});

describe('an item', () => {
  const rule = defineRule({
    id: 'web-is-fine',
    version: 1,
    title: 'It is fine',
    severity: 'low',
    rationale: 'It must.',
    whatToDo: ['Make it so.'],
    exemptible: true,
    frameworks: { cis: {}, securityHub: [], awsConfig: [], nist80053r5: [], pciDss4: [], soc2: [] },
    resourceTypes: ['AWS::EC2::SecurityGroup'],
    parameters: z.object({}),
    reads: z.object({}),
    judge: () => compliant,
  });
  const needed = { ...rule, id: 'web-is-there', whenDeleted: insufficientData('it is gone') };
  const item = (parts: Partial<ConfigurationItem>) =>
    ({
      ...group,
      configurationItemStatus: 'OK',
      supplementaryConfiguration: null,
      ...parts,
    }) as ConfigurationItem;
  const judged = (given: ControlSettings, parts: Partial<ConfigurationItem> = {}) => {
    const policy = { controls: { [rule.id]: given, [needed.id]: given } } as unknown as PolicyInForce;
    return judgeItem({ 'AWS::EC2::SecurityGroup': [rule, needed] }, item(parts), policy).map(
      ({ rule: { id } }) => id,
    );
  };
  const both = [rule.id, needed.id];

  test.each<[name: string, settings: ControlSettings, judged: readonly string[]]>([
    ['in a scope that is off is not judged', settings('notify', { mode: 'off', resources: ['web-*'] }), []],
    ['outside of it is', settings('notify', { mode: 'off', resources: ['db-*'] }), both],
    ['in a scope that is on is judged', settings('off', { mode: 'dry-run', resources: ['web-*'] }), both],
    ['outside of it is not', settings('off', { mode: 'auto', resources: ['db-*'] }), []],
  ])('%s', (_, given, expected) => expect(judged(given)).toEqual(expected));

  test('that is gone, with its name, closes what was found of it', () => {
    const gone = { configurationItemStatus: 'ResourceDeleted', resourceName: undefined, ARN: undefined };
    const parts = gone as unknown as Partial<ConfigurationItem>;
    expect(judged(settings('off', { mode: 'notify', resources: ['web-*'] }), parts)).toEqual([rule.id]);
    expect(judged(settings('off', { mode: 'off', resources: ['web-*'] }), parts)).toEqual([]);
    expect(judged(settings('off'), parts)).toEqual([]);
  });
});
