import { createHash } from 'node:crypto';
import { isObject, type JsonObject, list } from './json';

/** A CloudFormation template as `serverless package` compiles it. */
export interface Template {
  Parameters?: Record<string, { Type?: string; Default?: unknown }>;
  Conditions?: JsonObject;
  Resources: Record<string, { Type: string; Properties?: JsonObject; Condition?: string }>;
}

export interface StackOptions {
  accountId: string;
  region: string;
  stackName: string;
  /** Where this local AWS listens: queue URLs begin with it. */
  url: string;
  parameters?: Record<string, string>;
}

/** One resource whose condition holds, with a physical name and no intrinsic function left. */
export interface Resource {
  logicalId: string;
  type: string;
  name: string;
  arn: string;
  readonly properties: JsonObject;
}

interface ResourceKind {
  nameProperty?: string;
  arn(name: string, stack: StackOptions, properties: JsonObject): string;
  /** What Ref answers; the name unless said otherwise. */
  ref?(name: string, arn: string, stack: StackOptions): string;
  /** Attributes of Fn::GetAtt beside Arn. */
  attributes?(name: string, arn: string, stack: StackOptions): Record<string, string>;
}

const KINDS: Record<string, ResourceKind> = {
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    arn: (name, s) => `arn:aws:sqs:${s.region}:${s.accountId}:${name}`,
    ref: (name, _, s) => `${s.url}/${s.accountId}/${name}`,
    attributes: (QueueName) => ({ QueueName }),
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    arn: (name, s) => `arn:aws:sns:${s.region}:${s.accountId}:${name}`,
    ref: (_, arn) => arn,
    attributes: (TopicName, TopicArn) => ({ TopicName, TopicArn }),
  },
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    arn: (name, s) => `arn:aws:dynamodb:${s.region}:${s.accountId}:table/${name}`,
  },
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    arn: (name, s) => `arn:aws:events:${s.region}:${s.accountId}:event-bus/${name}`,
    attributes: (Name) => ({ Name }),
  },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    arn: (name, s, properties) => {
      const bus = busName(properties['EventBusName']);
      return `arn:aws:events:${s.region}:${s.accountId}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`;
    },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    arn: (name, s) => `arn:aws:lambda:${s.region}:${s.accountId}:function:${name}`,
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    arn: (name, s) => `arn:aws:iam::${s.accountId}:role/${name}`,
    attributes: (name) => ({ RoleId: `AROA${name.toUpperCase().replace(/[^A-Z0-9]/g, '')}` }),
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    arn: (name, s) => `arn:aws:iam::${s.accountId}:policy/${name}`,
    ref: (_, arn) => arn,
    attributes: (_, PolicyArn) => ({ PolicyArn }),
  },
  'AWS::KMS::Key': {
    arn: (name, s) => `arn:aws:kms:${s.region}:${s.accountId}:key/${name}`,
    attributes: (KeyId) => ({ KeyId }),
  },
  'AWS::KMS::Alias': {
    nameProperty: 'AliasName',
    arn: (name, s) => `arn:aws:kms:${s.region}:${s.accountId}:${name}`,
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    arn: (name, s) => `arn:aws:logs:${s.region}:${s.accountId}:log-group:${name}:*`,
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    arn: (name) => `arn:aws:s3:::${name.toLowerCase()}`,
    ref: (name) => name.toLowerCase(),
    attributes: (name) => ({ DomainName: `${name.toLowerCase()}.s3.amazonaws.com` }),
  },
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    arn: (name, s) => `arn:aws:cloudwatch:${s.region}:${s.accountId}:alarm:${name}`,
  },
  'AWS::ApiGatewayV2::Api': {
    nameProperty: 'Name',
    arn: (name, s) => `arn:aws:apigateway:${s.region}::/apis/${apiId(name)}`,
    ref: (name) => apiId(name),
    attributes: (name, _, s) => ({ ApiId: apiId(name), ApiEndpoint: `${s.url}${APIS}${apiId(name)}` }),
  },
  'AWS::ApiGatewayV2::Stage': {
    nameProperty: 'StageName',
    arn: (name, s) => `arn:aws:apigateway:${s.region}::/stages/${name}`,
  },
};

/** Where the APIs of the stack are, each under its id: on AWS each has a host of its own. */
export const APIS = '/_apis/';

/** Ten characters as API Gateway gives them out, always the same for a name. */
const apiId = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 10);

const OTHER: ResourceKind = {
  arn: (name, s) => `arn:aws:cloudformation:${s.region}:${s.accountId}:local/${name}`,
};

const NO_VALUE = Symbol('AWS::NoValue');

/** A bus is named by its name or its ARN; no name means the account's default bus. */
export const busName = (nameOrArn: unknown): string =>
  typeof nameOrArn === 'string' ? (nameOrArn.split('event-bus/').pop() ?? nameOrArn) : 'default';

/** The template with every parameter, condition and intrinsic function worked out. */
export class Stack {
  readonly options: StackOptions;
  readonly #template: Template;
  readonly #resources = new Map<string, Resource>();

  constructor(template: Template, options: StackOptions) {
    this.#template = template;
    this.options = options;
    for (const logicalId of Object.keys(template.Resources)) {
      if (this.#isCreated(logicalId)) this.#resources.set(logicalId, this.#resource(logicalId));
    }
  }

  all(): Resource[] {
    return [...this.#resources.values()];
  }

  ofType(type: string): Resource[] {
    return this.all().filter((resource) => resource.type === type);
  }

  /** What the template would make under other parameters, and doesn't under these. */
  leftOut(type: string): Resource[] {
    return Object.entries(this.#template.Resources)
      .filter(([logicalId, declared]) => declared.Type === type && !this.#resources.has(logicalId))
      .map(([logicalId]) => this.#resource(logicalId));
  }

  /** The value with its intrinsic functions worked out against this stack. */
  resolve(value: unknown): unknown {
    const resolved = this.#resolve(value);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  #isCreated(logicalId: string): boolean {
    const condition = this.#template.Resources[logicalId]?.Condition;
    return condition === undefined || this.#condition(condition);
  }

  #resource(logicalId: string): Resource {
    const { type, name, arn } = this.#identity(logicalId);
    const stack = this;
    let worked: JsonObject | undefined;
    return {
      logicalId,
      type,
      name,
      arn,
      // Worked out on first use: a type that local AWS leaves aside may use functions it doesn't know.
      get properties() {
        worked ??= stack.#properties(logicalId);
        return worked;
      },
    };
  }

  #properties(logicalId: string): JsonObject {
    const properties = this.resolve(this.#template.Resources[logicalId]?.Properties ?? {});
    if (!isObject(properties)) throw new Error(`${logicalId}: Properties must be an object`);
    return properties;
  }

  #identity(logicalId: string): { type: string; name: string; arn: string; kind: ResourceKind } {
    const declared = this.#template.Resources[logicalId];
    if (!declared) throw new Error(`The template has no resource or parameter ${logicalId}`);
    const kind = KINDS[declared.Type] ?? OTHER;
    const properties = declared.Properties ?? {};
    const given = kind.nameProperty && this.resolve(properties[kind.nameProperty]);
    const name = typeof given === 'string' ? given : `${this.options.stackName}-${logicalId}`;
    const forArn = { EventBusName: this.resolve(properties['EventBusName']) };
    return { type: declared.Type, name, arn: kind.arn(name, this.options, forArn), kind };
  }

  #resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((v) => this.#resolve(v)).filter((v) => v !== NO_VALUE);
    if (!isObject(value)) return refuseDynamicReference(value);
    const keys = Object.keys(value);
    const [name] = keys;
    if (keys.length === 1 && name !== undefined) {
      if (name === 'Ref') return this.#ref(String(value[name]));
      if (name === 'Condition' && typeof value[name] === 'string') return this.#condition(value[name]);
      if (name.startsWith('Fn::')) return this.#intrinsic(name, value[name]);
    }
    const entries = Object.entries(value).map(([key, v]) => [key, this.#resolve(v)] as const);
    return Object.fromEntries(entries.filter(([, v]) => v !== NO_VALUE));
  }

  #intrinsic(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Fn::GetAtt': {
        const [logicalId = '', ...attribute] = Array.isArray(argument)
          ? argument.map(String)
          : String(argument).split('.');
        return this.#attribute(logicalId, attribute.join('.'));
      }
      case 'Fn::Sub':
        return this.#substitute(argument);
      case 'Fn::Join': {
        const [separator, parts] = this.#arguments(name, argument, 2);
        return list(parts).map(String).join(String(separator));
      }
      case 'Fn::Select': {
        const [index, from] = this.#arguments(name, argument, 2);
        return list(from)[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = this.#arguments(name, argument, 2);
        return String(text).split(String(separator));
      }
      case 'Fn::If': {
        const [condition, yes, no] = list(argument);
        return this.#resolve(this.#condition(String(condition)) ? yes : no);
      }
      case 'Fn::Equals':
      case 'Fn::Not':
      case 'Fn::And':
      case 'Fn::Or':
        return this.#truth({ [name]: argument });
      default:
        throw new Error(`${name} isn't simulated by local AWS`);
    }
  }

  #arguments(name: string, argument: unknown, count: number): unknown[] {
    const resolved = this.#resolve(argument);
    if (!Array.isArray(resolved) || resolved.length !== count) {
      throw new Error(`${name} takes a list of ${count} values`);
    }
    return resolved;
  }

  #substitute(argument: unknown): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (isObject(variables) && name in variables) return String(this.#resolve(variables[name]));
      const [logicalId = '', ...attribute] = name.trim().split('.');
      const value =
        attribute.length > 0 ? this.#attribute(logicalId, attribute.join('.')) : this.#ref(logicalId);
      return String(value);
    });
  }

  #ref(name: string): unknown {
    const { accountId, region, stackName, parameters } = this.options;
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': NO_VALUE,
    };
    if (name in pseudo) return pseudo[name];
    const parameter = this.#template.Parameters?.[name];
    if (parameter) {
      const value = parameters?.[name] ?? parameter.Default;
      if (value === undefined) throw new Error(`Parameter ${name} has no default and no value was given`);
      return parameter.Type?.startsWith('List') || parameter.Type === 'CommaDelimitedList'
        ? String(value).split(',')
        : value;
    }
    const { name: physical, arn, kind } = this.#identity(name);
    return kind.ref ? kind.ref(physical, arn, this.options) : physical;
  }

  #attribute(logicalId: string, attribute: string): string {
    const { name, arn, kind, type } = this.#identity(logicalId);
    if (attribute === 'Arn') return arn;
    const value = kind.attributes?.(name, arn, this.options)[attribute];
    if (value === undefined)
      throw new Error(`Fn::GetAtt ${logicalId}.${attribute} of ${type} isn't simulated`);
    return value;
  }

  #condition(name: string): boolean {
    const declared = this.#template.Conditions?.[name];
    if (declared === undefined) throw new Error(`The template has no condition ${name}`);
    return this.#truth(declared);
  }

  #truth(expression: unknown): boolean {
    if (!isObject(expression)) throw new Error(`Not a condition: ${JSON.stringify(expression)}`);
    const [[operator = '', argument] = []] = Object.entries(expression);
    switch (operator) {
      case 'Condition':
        return this.#condition(String(argument));
      case 'Fn::Equals': {
        const [left, right] = list(argument);
        return JSON.stringify(this.#resolve(left)) === JSON.stringify(this.#resolve(right));
      }
      case 'Fn::Not':
        return !this.#truth(list(argument)[0]);
      case 'Fn::And':
        return list(argument).every((part) => this.#truth(part));
      case 'Fn::Or':
        return list(argument).some((part) => this.#truth(part));
      default:
        throw new Error(`Condition function ${operator} isn't simulated by local AWS`);
    }
  }
}

function refuseDynamicReference(value: unknown): unknown {
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    throw new Error(`Dynamic reference ${value} isn't simulated by local AWS`);
  }
  return value;
}

/** Refuses a property that real AWS would honour and local AWS would not. */
export function allowProperties(resource: Resource, simulated: string[], withoutEffect: string[] = []): void {
  const known = new Set([...simulated, ...withoutEffect, 'Tags']);
  for (const property of Object.keys(resource.properties)) {
    if (!known.has(property)) {
      throw new Error(`${resource.type} ${resource.logicalId}: ${property} isn't simulated by local AWS`);
    }
  }
}
