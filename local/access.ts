import { randomBytes } from 'node:crypto';
import { AwsError } from './aws-error';
import type { CallLog } from './calls';
import type { Clock } from './clock';
import {
  type ConditionKeys,
  type Decision,
  decide,
  type Principal,
  readPolicy,
  readStatement,
  type Statement,
} from './iam';
import { isObject, list } from './json';
import { type Session, Sessions } from './sessions';
import type { Resource, Stack } from './template';

/** The secret of whoever is known by an access key id alone: functions and the operator. */
export const LOCAL_SECRET = 'local';

/** The access key id that may do everything: a person with the account's administrator role. */
export const OPERATOR_KEY = 'operator';

/** The access key id by which a function's calls are told apart. */
export const accessKeyOf = (logicalId: string): string => `LOCAL${logicalId}`;

export interface Role {
  logicalId: string;
  name: string;
  arn: string;
  statements: Statement[];
  /** Who may assume it. */
  trust: Statement[];
}

/** An IAM user with keys of its own. */
export interface User {
  kind: 'user';
  name: string;
  arn: string;
  statements: Statement[];
  accessKeyId: string;
  secretAccessKey: string;
}

export type Caller =
  | { kind: 'operator'; name: 'operator' }
  | User
  /** A function, or whoever assumed the role: then the session has its name. */
  | { kind: 'role'; name: string; role: Role; session?: Session }
  | {
      kind: 'service';
      name: string;
      sourceArn: string /** The stack's own unless given. */;
      sourceAccount?: string;
    };

/** A customer's KMS key, or one that AWS keeps (`alias/aws/sqs`) and that services can't be let into. */
export interface EncryptionKey {
  arn: string;
  policy: Statement[];
  keptByAws: boolean;
}

/** One right that a call needs. */
export interface Need {
  action: string;
  resource: string;
  keys?: ConditionKeys;
  /** The resource's own policy, where it has one. */
  policy?: Statement[];
  /** `keyPolicy` where the resource's policy has the last word, as that of a KMS key has. */
  decidedBy?: 'keyPolicy';
  /** The key that protects the resource, and what the call does with it. */
  encryption?: { key: EncryptionKey | undefined; actions: string[]; via: string };
}

/** Who may do what, by the roles, resource policies and key policies of the template. */
export class AccessControl {
  readonly #stack: Stack;
  readonly #log: CallLog;
  readonly sessions: Sessions;
  readonly #functions = new Map<string, Caller & { kind: 'role' }>();
  readonly #roles = new Map<string, Role>();
  readonly #users = new Map<string, User>();
  readonly #keys = new Map<string, EncryptionKey>();

  constructor(stack: Stack, log: CallLog, clock: Clock) {
    this.#stack = stack;
    this.#log = log;
    this.sessions = new Sessions(clock);
    for (const role of stack.ofType('AWS::IAM::Role')) this.#roles.set(role.arn, readRole(role, stack));
    for (const fn of stack.ofType('AWS::Lambda::Function')) {
      const role = this.#roles.get(String(fn.properties['Role']));
      if (!role)
        throw new Error(`${fn.logicalId}: its role ${String(fn.properties['Role'])} isn't in the template`);
      this.#functions.set(fn.logicalId, { kind: 'role', name: fn.name, role });
    }
    this.#readKeys();
  }

  /**
   * Whose access key this is.
   * @param token of a session's credentials
   * @throws ExpiredToken when the session is over
   */
  callerWith(accessKeyId: string, token?: string): Signer | undefined {
    if (accessKeyId === OPERATOR_KEY) return { kind: 'operator', name: 'operator' };
    const session = this.sessions.with(accessKeyId, token);
    const role = session && this.roleNamed(session.roleArn);
    if (session && role) return { kind: 'role', name: session.name, role, session };
    const user = this.#users.get(accessKeyId);
    if (user) return user;
    return [...this.#functions].find(([logicalId]) => accessKeyOf(logicalId) === accessKeyId)?.[1];
  }

  /**
   * Makes an IAM user who may do what these statements of a policy allow.
   * @throws when there is a user of this name
   */
  addUser(name: string, statements: readonly object[]): User {
    const accessKeyId = `AKIALOCAL${name.toUpperCase()}`;
    if (!/^[a-z][a-z0-9]*$/.test(name) || name === 'operator' || this.#users.has(accessKeyId))
      throw new Error(`${name} can not be the name of another user`);
    const user: User = {
      kind: 'user',
      name,
      arn: `arn:aws:iam::${this.#stack.options.accountId}:user/${name}`,
      statements: statements.map((statement) => readStatement(statement, name)),
      accessKeyId,
      secretAccessKey: randomBytes(30).toString('base64'),
    };
    this.#users.set(accessKeyId, user);
    return user;
  }

  roleNamed(arn: string): Role | undefined {
    return this.#roles.get(arn);
  }

  /** A service that acts under a role it was given, as a rule's target with RoleArn does. */
  callerUnder(roleArn: string): Caller {
    const role = this.#roles.get(roleArn);
    if (!role) throw new Error(`Role ${roleArn} isn't in the template`);
    return { kind: 'role', name: role.name, role };
  }

  functionCallers(): (Caller & { kind: 'role' })[] {
    return [...this.#functions.values()];
  }

  functionCaller(name: string): Caller & { kind: 'role' } {
    const caller = [...this.#functions.values()].find((fn) => fn.name === name);
    if (!caller) throw new Error(`The template has no function ${name}`);
    return caller;
  }

  /** The key behind a key id, key ARN or alias; undefined when the resource names none. */
  keyNamed(id: unknown): EncryptionKey | undefined {
    if (id === undefined || id === '') return undefined;
    const name = String(id).replace(/^arn:aws:kms:[^:]*:[^:]*:(key\/)?/, '');
    if (name.startsWith('alias/aws/')) {
      const { region, accountId } = this.#stack.options;
      return { arn: `arn:aws:kms:${region}:${accountId}:${name}`, policy: [], keptByAws: true };
    }
    const key = this.#keys.get(name);
    if (!key) throw new Error(`KMS key ${String(id)} isn't in the template`);
    return key;
  }

  /** As `keyNamed`. A key that isn't in the template is another account's, which lets this account decide. */
  anyKeyNamed(arn: string): EncryptionKey | undefined {
    const known = [...this.#keys.values()].some((key) => key.arn === arn);
    if (known || !arn.startsWith('arn:')) return this.keyNamed(arn);
    const { accountId } = this.#stack.options;
    const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
    const statement = { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' };
    return { arn, policy: readPolicy({ Statement: statement }, arn), keptByAws: false };
  }

  /** Whether the caller has a right, without a call being made or recorded. */
  allows(caller: Caller, need: Need): boolean {
    return this.#decide(caller, need, need.decidedBy).allowed;
  }

  /** Records the call and everything it needs; throws what AWS answers when a right is missing. */
  demand(caller: Caller, needs: Need[], implied = false): void {
    for (const need of needs) {
      const decision = this.#decide(caller, need, need.decidedBy);
      this.#record(caller, need.action, need.resource, decision, implied);
      if (!decision.allowed) throw denied(caller, need.action, need.resource, decision);
      this.#demandKey(caller, need);
    }
  }

  #demandKey(caller: Caller, { encryption }: Need): void {
    if (!encryption?.key) return;
    const { key, actions, via } = encryption;
    if (caller.kind === 'operator' || (key.keptByAws && caller.kind !== 'service')) return;
    const { region, accountId } = this.#stack.options;
    // A delivering service calls KMS without saying for which resource or account: a key policy that asks for
    // aws:SourceArn or aws:SourceAccount locks it out.
    const keys =
      caller.kind === 'service'
        ? { 'aws:SourceArn': undefined, 'aws:SourceAccount': undefined, 'aws:SourceOwner': undefined }
        : { 'kms:ViaService': `${via}.${region}.amazonaws.com`, 'kms:CallerAccount': accountId };
    for (const action of actions) {
      const decision = key.keptByAws
        ? { allowed: false, because: `because ${caller.name} can't use a key that AWS keeps` }
        : this.#decide(caller, { action, resource: key.arn, policy: key.policy, keys }, 'keyPolicy');
      this.#record(caller, action, key.arn, decision, true);
      if (!decision.allowed) throw new KeyDenied(describe(caller, action, key.arn, decision));
    }
  }

  #decide(caller: Caller, need: Need, kind: 'ordinary' | 'keyPolicy' = 'ordinary'): Decision {
    if (caller.kind === 'operator') return { allowed: true, because: 'the operator may do everything' };
    const { accountId, region } = this.#stack.options;
    const keys: ConditionKeys = {
      'aws:SecureTransport': 'true',
      'aws:RequestedRegion': region,
      'aws:ResourceAccount': accountId,
      ...(caller.kind === 'service'
        ? {
            'aws:SourceArn': caller.sourceArn,
            'aws:SourceAccount': caller.sourceAccount ?? accountId,
            'aws:SourceOwner': caller.sourceAccount ?? accountId,
            'aws:PrincipalIsAWSService': 'true',
            'aws:PrincipalServiceName': caller.name,
          }
        : {
            'aws:PrincipalArn': caller.kind === 'user' ? caller.arn : caller.role.arn,
            'aws:PrincipalAccount': accountId,
            'aws:PrincipalType': caller.kind === 'user' ? 'User' : 'AssumedRole',
            'aws:PrincipalIsAWSService': 'false',
            'aws:SourceIdentity': caller.kind === 'role' ? caller.session?.sourceIdentity : undefined,
          }),
      ...need.keys,
    };
    const identity =
      caller.kind === 'role' ? caller.role.statements : caller.kind === 'user' ? caller.statements : [];
    const request = {
      principal: principalOf(caller, accountId),
      action: need.action,
      resource: need.resource,
      keys,
    };
    const session = caller.kind === 'role' ? caller.session?.policy : undefined;
    return decide(request, identity, need.policy ?? [], kind, session);
  }

  #record(caller: Caller, action: string, resource: string, decision: Decision, implied: boolean): void {
    this.#log.record({
      caller: caller.name,
      action,
      resource,
      allowed: decision.allowed,
      ...(implied ? { implied } : {}),
      ...(decision.allowed ? {} : { because: decision.because }),
    });
  }

  #readKeys(): void {
    for (const key of this.#stack.ofType('AWS::KMS::Key')) {
      const policy = readPolicy(key.properties['KeyPolicy'], `${key.logicalId} KeyPolicy`);
      this.#keys.set(key.name, { arn: key.arn, policy, keptByAws: false });
    }
    for (const alias of this.#stack.ofType('AWS::KMS::Alias')) {
      const target = this.keyNamed(alias.properties['TargetKeyId']);
      if (target) this.#keys.set(alias.name, target);
    }
  }
}

/** Refused by the key, not by the resource: SQS and SNS have an error of their own for it. */
export class KeyDenied extends AwsError {
  constructor(message: string) {
    super('KMSAccessDenied', message, 400);
  }
}

/** The assumed-role ARN by which AWS names a session. */
export function sessionArn(caller: Caller & { kind: 'role' }): string {
  const accountId = caller.role.arn.split(':')[4];
  return `arn:aws:sts::${accountId}:assumed-role/${caller.role.name}/${caller.name}`;
}

export type Signer = Exclude<Caller, { kind: 'service' }>;

/** How AWS names a caller, as in GetCallerIdentity. */
export function identityOf(caller: Signer, accountId: string): { arn: string; userId: string } {
  if (caller.kind === 'role') return { arn: sessionArn(caller), userId: `AROALOCAL:${caller.name}` };
  const userId = caller.kind === 'user' ? `AIDALOCAL${caller.name.toUpperCase()}` : 'AIDALOCAL';
  return { arn: `arn:aws:iam::${accountId}:user/${caller.name}`, userId };
}

/** What a caller signs with. */
export function secretOf(caller: Signer): string {
  if (caller.kind === 'user') return caller.secretAccessKey;
  return caller.kind === 'role' ? (caller.session?.secret ?? LOCAL_SECRET) : LOCAL_SECRET;
}

function principalOf(caller: Exclude<Caller, { kind: 'operator' }>, accountId: string): Principal {
  switch (caller.kind) {
    case 'service':
      return { kind: 'service', service: caller.name };
    case 'user':
      return { kind: 'user', arn: caller.arn, accountId };
    case 'role':
      return { kind: 'role', roleArn: caller.role.arn, sessionArn: sessionArn(caller), accountId };
  }
}

function denied(caller: Caller, action: string, resource: string, decision: Decision): AwsError {
  return new AwsError('AccessDeniedException', describe(caller, action, resource, decision), 400);
}

function describe(caller: Caller, action: string, resource: string, { because }: Decision): string {
  const who = caller.kind === 'role' ? sessionArn(caller) : caller.kind === 'user' ? caller.arn : caller.name;
  return `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
}

function readRole(role: Resource, stack: Stack): Role {
  const { logicalId, name, arn, properties } = role;
  const trust = readPolicy(properties['AssumeRolePolicyDocument'], `${logicalId} AssumeRolePolicyDocument`);
  const lambda = { type: 'Service', id: 'lambda.amazonaws.com' };
  const isUsed = stack.ofType('AWS::Lambda::Function').some((fn) => fn.properties['Role'] === arn);
  const trusted = trust.some(
    (s) => s.effect === 'Allow' && s.principals.some((p) => p.type === lambda.type && p.id === lambda.id),
  );
  if (isUsed && !trusted)
    throw new Error(`${logicalId}: a function can't assume it, ${lambda.id} isn't trusted`);
  const inline = list(properties['Policies']).flatMap((policy) =>
    isObject(policy)
      ? readPolicy(policy['PolicyDocument'], `${logicalId} ${String(policy['PolicyName'])}`)
      : [],
  );
  const attached = stack
    .all()
    .filter((r) => r.type === 'AWS::IAM::Policy' || r.type === 'AWS::IAM::ManagedPolicy')
    .filter((r) => list(r.properties['Roles']).includes(name) || arns(properties).includes(r.arn))
    .flatMap((r) => readPolicy(r.properties['PolicyDocument'], r.logicalId));
  const known = new Set(stack.ofType('AWS::IAM::ManagedPolicy').map((policy) => policy.arn));
  const foreign = arns(properties).find((policy) => !known.has(policy));
  if (foreign) throw new Error(`${logicalId}: what ${foreign} allows isn't known to local AWS; write it out`);
  return { logicalId, name, arn, statements: [...inline, ...attached], trust };
}

const arns = (properties: Resource['properties']): string[] =>
  list(properties['ManagedPolicyArns']).map(String);
