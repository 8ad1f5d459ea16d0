import { allowProperties, type Resource, type Stack } from '../template';

/** A route of an HTTP API, and the function behind it. */
export interface Route {
  apiId: string;
  /** `POST /findings/{findingId}` */
  key: string;
  method: string;
  /** With its parameters in braces. */
  path: string;
  isSigned: boolean;
  /** ARN. */
  functionArn: string;
  timeoutMs: number;
}

const LONGEST_MS = 30_000;

/** The routes of every HTTP API of the stack. Throws on what AWS would do otherwise than it is done here. */
export function readRoutes(stack: Stack): Route[] {
  for (const api of stack.ofType('AWS::ApiGatewayV2::Api')) {
    allowProperties(api, ['Name', 'ProtocolType'], ['Description']);
    if (api.properties['ProtocolType'] !== 'HTTP') throw unknown(api, 'ProtocolType');
  }
  for (const stage of stack.ofType('AWS::ApiGatewayV2::Stage')) {
    allowProperties(
      stage,
      ['ApiId', 'StageName', 'AutoDeploy'],
      ['Description', 'DefaultRouteSettings', 'AccessLogSettings'],
    );
    if (stage.name !== '$default' || stage.properties['AutoDeploy'] !== true)
      throw unknown(stage, stage.name === '$default' ? 'AutoDeploy' : 'StageName');
  }
  const staged = new Set(
    stack.ofType('AWS::ApiGatewayV2::Stage').map(({ properties }) => String(properties['ApiId'])),
  );
  return stack
    .ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => staged.has(String(properties['ApiId'])))
    .map((route) => readRoute(route, stack));
}

function readRoute(route: Resource, stack: Stack): Route {
  allowProperties(route, ['ApiId', 'RouteKey', 'AuthorizationType', 'Target'], ['OperationName']);
  const { ApiId, RouteKey, AuthorizationType = 'NONE', Target } = route.properties;
  const [, method, path] = /^([A-Z]+) (\/[^+*]*)$/.exec(String(RouteKey)) ?? [];
  if (method === undefined || path === undefined || method === 'ANY') throw unknown(route, 'RouteKey');
  if (AuthorizationType !== 'NONE' && AuthorizationType !== 'AWS_IAM')
    throw unknown(route, 'AuthorizationType');
  const integration = stack
    .ofType('AWS::ApiGatewayV2::Integration')
    .find(({ name, properties }) => Target === `integrations/${name}` && properties['ApiId'] === ApiId);
  if (!integration) throw new Error(`${route.logicalId}: its Target ${String(Target)} isn't in the template`);
  return {
    apiId: String(ApiId),
    key: String(RouteKey),
    method,
    path,
    isSigned: AuthorizationType === 'AWS_IAM',
    ...readIntegration(integration),
  };
}

function readIntegration(integration: Resource): Pick<Route, 'functionArn' | 'timeoutMs'> {
  allowProperties(
    integration,
    ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    ['Description', 'IntegrationMethod'],
  );
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = integration.properties;
  if (IntegrationType !== 'AWS_PROXY') throw unknown(integration, 'IntegrationType');
  if (PayloadFormatVersion !== '2.0') throw unknown(integration, 'PayloadFormatVersion');
  const functionArn = /arn:aws:lambda:[^/]+/.exec(String(IntegrationUri))?.[0];
  if (functionArn === undefined) throw unknown(integration, 'IntegrationUri');
  return { functionArn, timeoutMs: Number(TimeoutInMillis ?? LONGEST_MS) };
}

const unknown = ({ type, logicalId, properties }: Resource, property: string) =>
  new Error(`${type} ${logicalId}: ${property} ${String(properties[property])} isn't simulated by local AWS`);

/** What the open parts of a route's path are in a request; undefined when it is another route's. */
export function matchPath(route: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [route.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== value : value === '') return undefined;
    if (name !== undefined) parameters[name] = decoded(value);
  }
  return parameters;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
