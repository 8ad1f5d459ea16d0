import { isObject, list } from './json';

/** Condition keys of one request. A key that the request doesn't carry is absent. */
export type ConditionKeys = Readonly<Record<string, string | undefined>>;

/** One statement of a policy, lists unfolded. */
export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  notActions: string[];
  resources: string[];
  notResources: string[];
  principals: { type: string; id: string }[];
  conditions: { operator: string; key: string; values: string[] }[];
}

/** Who asks: a role (with its session), a user or an AWS service. */
export type Principal =
  | { kind: 'user'; arn: string; accountId: string }
  | { kind: 'role'; roleArn: string; sessionArn: string; accountId: string }
  | { kind: 'service'; service: string };

export interface Request {
  principal: Principal;
  action: string;
  resource: string;
  keys: ConditionKeys;
}

/** A decision with its reason, in the words that AWS puts at the end of an access denied message. */
export interface Decision {
  allowed: boolean;
  because: string;
}

const IDENTITY = 'no identity-based policy allows';
const SESSION = 'no session policy allows';
const RESOURCE = 'no resource-based policy allows';

/**
 * Keys that requests to local AWS carry, or that are rightly absent from them (aws:PrincipalOrgID on an
 * account without an organization). A policy naming any other key is refused when it is read: a Deny whose
 * key local AWS never sets would silently not deny.
 */
const KNOWN_KEYS = new Map(
  [
    'aws:SourceArn',
    'aws:SourceAccount',
    'aws:SourceOrgID',
    'aws:SourceOwner',
    'aws:PrincipalArn',
    'aws:PrincipalAccount',
    'aws:PrincipalOrgID',
    'aws:PrincipalIsAWSService',
    'aws:PrincipalServiceName',
    'aws:PrincipalType',
    'aws:SecureTransport',
    'aws:RequestedRegion',
    'aws:ResourceAccount',
    'kms:ViaService',
    'kms:CallerAccount',
    'kms:EncryptionContext:LogGroup',
    'kms:EncryptionContext:aws:logs:arn',
    'kms:EncryptionContext:aws:sqs:arn',
    'kms:EncryptionContext:aws:sns:topicArn',
    'kms:GrantIsForAWSResource',
    's3:prefix',
    's3:delimiter',
    's3:max-keys',
    's3:VersionId',
    's3:x-amz-acl',
    's3:ResourceAccount',
    'events:source',
    'events:detail-type',
    'sns:Protocol',
    'sns:Endpoint',
    'aws:SourceIdentity',
    'sts:ExternalId',
    'sts:RoleSessionName',
    'sts:SourceIdentity',
    'cloudwatch:namespace',
    'ec2:CreateAction',
    'ec2:InstanceID',
    'ec2:InstanceType',
    'ec2:MetadataHttpEndpoint',
    'ec2:MetadataHttpTokens',
    'ec2:NetworkInterfaceID',
    'ec2:Region',
    'ec2:SecurityGroupID',
    'ec2:Subnet',
    'ec2:Vpc',
    'iam:PassedToService',
    'kms:ScheduleKeyDeletionPendingWindowInDays',
    'rds:DatabaseEngine',
    'rds:Vpc',
  ].map((key) => [key.toLowerCase(), key]),
);

/** What stands before the key of a tag, as in aws:ResourceTag/owner. */
const TAG_KEYS = ['aws:ResourceTag', 'aws:RequestTag', 'ec2:ResourceTag', 'rds:db-tag', 'iam:ResourceTag'];

function knownKey(key: string): string | undefined {
  const [family = '', ...tag] = key.split('/');
  const known = TAG_KEYS.find((name) => name.toLowerCase() === family.toLowerCase());
  if (known && tag.join('/') !== '') return `${known}/${tag.join('/')}`;
  return KNOWN_KEYS.get(key.toLowerCase());
}

type Compare = (actual: string, expected: string) => boolean;

const OPERATORS: Record<string, { compare: Compare; negated?: true }> = {
  StringEquals: { compare: (a, e) => a === e },
  StringNotEquals: { compare: (a, e) => a === e, negated: true },
  StringEqualsIgnoreCase: { compare: (a, e) => a.toLowerCase() === e.toLowerCase() },
  StringLike: { compare: matchesWildcard },
  StringNotLike: { compare: matchesWildcard, negated: true },
  ArnEquals: { compare: matchesArn },
  ArnLike: { compare: matchesArn },
  ArnNotEquals: { compare: matchesArn, negated: true },
  ArnNotLike: { compare: matchesArn, negated: true },
  Bool: { compare: (a, e) => a.toLowerCase() === e.toLowerCase() },
};

/** Reads a policy document; throws on anything that evaluation would have to guess. */
export function readPolicy(document: unknown, where: string): Statement[] {
  if (!isObject(document)) throw new Error(`${where}: not a policy document`);
  return list(document['Statement']).map((statement) => readStatement(statement, where));
}

/** Reads one statement, as AWS::Events::EventBusPolicy also takes it. */
export function readStatement(statement: unknown, where: string): Statement {
  if (!isObject(statement)) throw new Error(`${where}: not a policy statement`);
  const { Effect, Action, NotAction, Resource, NotResource, Principal, Condition, Sid, ...rest } = statement;
  const unknown = Object.keys(rest);
  if (unknown.length > 0)
    throw new Error(`${where}: policy element ${unknown[0]} isn't simulated by local AWS`);
  if (Effect !== 'Allow' && Effect !== 'Deny')
    throw new Error(`${where} ${Sid ?? ''}: Effect must be Allow or Deny`);
  return {
    effect: Effect,
    actions: list(Action).map(String),
    notActions: list(NotAction).map(String),
    resources: list(Resource).map(String),
    notResources: list(NotResource).map(String),
    principals: readPrincipals(Principal),
    conditions: readConditions(Condition, where),
  };
}

/**
 * Decides a request by the caller's own policies and the resource's policy, both in one account: a Deny in
 * either refuses, an Allow in either suffices. For a KMS key the key policy has the last word: the caller's
 * own policies only count as far as it trusts the account (`keyPolicy`). What a session policy doesn't allow is
 * refused, unless the resource's policy allows it to this very session.
 */
export function decide(
  request: Request,
  identity: Statement[],
  resourcePolicy: Statement[],
  kind: 'ordinary' | 'keyPolicy' = 'ordinary',
  session?: Statement[],
): Decision {
  const own = identity.filter((s) => applies(s, request));
  const theirs = resourcePolicy.filter((s) => applies(s, request) && s.principals.length > 0);
  const direct = theirs.filter((s) => s.principals.some((p) => names(p, request.principal)));
  const trusted = theirs.filter((s) => s.principals.some((p) => trustsAccount(p, request.principal)));

  const limits = session?.filter((s) => applies(s, request));
  const isLimited = limits !== undefined && !limits.some(isAllow);

  if (own.some(isDeny))
    return { allowed: false, because: 'with an explicit deny in an identity-based policy' };
  if ([...direct, ...trusted].some(isDeny)) {
    return { allowed: false, because: 'with an explicit deny in a resource-based policy' };
  }
  if (limits?.some(isDeny)) return { allowed: false, because: 'with an explicit deny in a session policy' };
  if (isLimited) {
    const toSession = direct.some(
      (s) => isAllow(s) && s.principals.some((p) => isSession(p, request.principal)),
    );
    if (toSession) return { allowed: true, because: 'a resource-based policy allows' };
    return { allowed: false, because: `because ${SESSION} the ${request.action} action` };
  }
  if (direct.some(isAllow)) return { allowed: true, because: 'a resource-based policy allows' };
  const ownCounts = kind === 'ordinary' || trusted.some(isAllow);
  if (ownCounts && own.some(isAllow)) return { allowed: true, because: 'an identity-based policy allows' };
  const missing = request.principal.kind === 'service' || !ownCounts ? RESOURCE : IDENTITY;
  return { allowed: false, because: `because ${missing} the ${request.action} action` };
}

/** Whether the statement speaks about this action on this resource, whatever its conditions say. */
export function covers(statement: Statement, action: string, resource: string): boolean {
  const { actions, notActions, resources, notResources } = statement;
  const byAction =
    notActions.length > 0
      ? !notActions.some((pattern) => matchesAction(action, pattern))
      : actions.some((pattern) => matchesAction(action, pattern));
  const byResource =
    notResources.length > 0
      ? !notResources.some((pattern) => matchesWildcard(resource, pattern))
      : resources.length === 0 || resources.some((pattern) => matchesWildcard(resource, pattern));
  return byAction && byResource;
}

/** `*` stands for any run of characters, `?` for one. */
export function matchesWildcard(actual: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(actual);
}

/** Whether the action pattern of a policy means this action. */
export const matchesAction = (action: string, pattern: string): boolean =>
  matchesWildcard(action.toLowerCase(), pattern.toLowerCase());

function applies(statement: Statement, request: Request): boolean {
  return (
    covers(statement, request.action, request.resource) &&
    statement.conditions.every((condition) => holds(condition, request.keys))
  );
}

function holds({ operator, key, values }: Statement['conditions'][number], keys: ConditionKeys): boolean {
  const actual = keys[key];
  if (operator === 'Null') return values.some((value) => (value === 'true') === (actual === undefined));
  const ifExists = operator.endsWith('IfExists');
  const { compare, negated } = OPERATORS[operator.replace(/IfExists$/, '')] ?? never(operator);
  if (actual === undefined) return ifExists || negated === true;
  const equal = values.some((value) => compare(actual, value));
  return negated ? !equal : equal;
}

/** Components are compared one by one, so that `*` never swallows a colon of an ARN's head. */
function matchesArn(actual: string, pattern: string): boolean {
  const parts = (arn: string) => {
    const [head, rest] = [arn.split(':').slice(0, 5), arn.split(':').slice(5).join(':')];
    return [...head, rest];
  };
  const [left, right] = [parts(actual), parts(pattern)];
  return right.every((component, i) => matchesWildcard(left[i] ?? '', component));
}

function readPrincipals(principal: unknown): Statement['principals'] {
  if (principal === undefined) return [];
  if (principal === '*') return [{ type: 'AWS', id: '*' }];
  if (!isObject(principal)) throw new Error(`Not a principal: ${JSON.stringify(principal)}`);
  return Object.entries(principal).flatMap(([type, ids]) =>
    list(ids).map((id) => ({ type, id: String(id) })),
  );
}

function readConditions(condition: unknown, where: string): Statement['conditions'] {
  if (condition === undefined) return [];
  if (!isObject(condition)) throw new Error(`${where}: Condition must be an object`);
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (operator !== 'Null' && !(operator.replace(/IfExists$/, '') in OPERATORS)) {
      throw new Error(`${where}: condition operator ${operator} isn't simulated by local AWS`);
    }
    if (!isObject(keys)) throw new Error(`${where}: Condition ${operator} must be an object`);
    return Object.entries(keys).map(([key, values]) => {
      const known = knownKey(key);
      if (!known) throw new Error(`${where}: condition key ${key} isn't simulated by local AWS`);
      return { operator, key: known, values: list(values).map(String) };
    });
  });
}

function names({ type, id }: { type: string; id: string }, principal: Principal): boolean {
  if (id === '*') return true;
  if (principal.kind === 'service') return type === 'Service' && id === principal.service;
  if (principal.kind === 'user') return type === 'AWS' && id === principal.arn;
  return type === 'AWS' && (id === principal.roleArn || id === principal.sessionArn);
}

const isSession = ({ type, id }: { type: string; id: string }, principal: Principal): boolean =>
  principal.kind === 'role' && type === 'AWS' && id === principal.sessionArn;

function trustsAccount({ type, id }: { type: string; id: string }, principal: Principal): boolean {
  if (principal.kind === 'service' || type !== 'AWS') return false;
  return id === principal.accountId || id === `arn:aws:iam::${principal.accountId}:root`;
}

const isDeny = (statement: Statement) => statement.effect === 'Deny';
const isAllow = (statement: Statement) => statement.effect === 'Allow';

function never(operator: string): never {
  throw new Error(`Condition operator ${operator} isn't simulated by local AWS`);
}
