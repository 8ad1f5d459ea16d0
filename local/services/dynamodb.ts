import { Readable } from 'node:stream';
import * as client from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { AccessControl, EncryptionKey, Need } from '../access';
import { AwsError, NotSimulated } from '../aws-error';
import { isObject, type JsonObject } from '../json';
import { operation, type Service } from '../service';
import { allowProperties, type Resource, type Stack } from '../template';

interface Table {
  arn: string;
  key: EncryptionKey | undefined;
}

/** Operations on one table, and whether they may name an index of it. */
const ONE_TABLE = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'];
const MANY_TABLES = ['BatchGetItem', 'BatchWriteItem'];

/** The tables of the stack, kept by dynalite in memory. */
export class Tables {
  readonly #tables = new Map<string, Table>();
  readonly #server = dynalite({ createTableMs: 0 });

  constructor(stack: Stack, access: AccessControl) {
    for (const resource of stack.ofType('AWS::DynamoDB::Table')) {
      const sse = resource.properties['SSESpecification'];
      const isEncrypted = isObject(sse) && sse['SSEEnabled'] !== false;
      this.#tables.set(resource.name, {
        arn: resource.arn,
        key: isEncrypted ? access.keyNamed(sse['KMSMasterKeyId']) : undefined,
      });
    }
  }

  /** Creates the tables. Resolves when they can be used. */
  async create(stack: Stack): Promise<void> {
    for (const resource of stack.ofType('AWS::DynamoDB::Table')) {
      await this.call('CreateTable', tableDefinition(resource));
      // dynalite builds the table on a timer even when it may take no time at all.
      while (!isActive(await this.call('DescribeTable', { TableName: resource.name }))) await nextTick();
    }
  }

  needs(action: string, name: string, index?: string): Need {
    const table = this.#tables.get(name.split('/').pop() ?? name);
    if (!table) {
      const isDescribe = action === 'DescribeTable';
      const message = `Requested resource not found${isDescribe ? `: Table: ${name} not found` : ''}`;
      throw new AwsError('ResourceNotFoundException', message);
    }
    return {
      action: `dynamodb:${action}`,
      resource: index === undefined ? table.arn : `${table.arn}/index/${index}`,
      encryption: { key: table.key, actions: ['kms:Decrypt'], via: 'dynamodb' },
    };
  }

  names(): string[] {
    return [...this.#tables.keys()];
  }

  /** Asks dynalite; throws its refusal as AWS words it. */
  async call(action: string, input: unknown): Promise<unknown> {
    const request = Object.assign(Readable.from([Buffer.from(JSON.stringify(input))]), {
      method: 'POST',
      url: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${action}`,
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
      },
    });
    const response = new CollectedResponse();
    this.#server.emit('request', request, response);
    const answer: unknown = JSON.parse(await response.body);
    if (response.statusCode === 200) return answer;
    const { __type, message, Message, CancellationReasons } = isObject(answer) ? answer : {};
    const code = String(__type).split('#').pop() ?? 'InternalFailure';
    throw new AwsError(code, String(message ?? Message ?? CancellationReasons ?? ''), response.statusCode);
  }

  /** Lets go of the memory. */
  close(): void {
    this.#server.removeAllListeners();
  }
}

/** The DynamoDB API as far as dynalite speaks it. */
export function dynamodbService(tables: Tables, stack: Stack): Service {
  const { region, accountId } = stack.options;
  const oneTable = (action: string) =>
    operation<JsonObject>({
      needs: ({ TableName, IndexName }) => [
        tables.needs(action, String(TableName), IndexName === undefined ? undefined : String(IndexName)),
      ],
      run: async (input) => {
        refuseIgnored(input);
        const name = String(input['TableName']).split('/').pop();
        const answer = await tables.call(action, { ...input, TableName: name });
        // dynalite knows no account.
        return isObject(answer) && isObject(answer['Table'])
          ? {
              ...answer,
              Table: {
                ...answer['Table'],
                TableArn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}`,
              },
            }
          : answer;
      },
    });
  const manyTables = (action: string) =>
    operation<{ RequestItems: JsonObject }>({
      needs: ({ RequestItems }) => Object.keys(RequestItems).map((name) => tables.needs(action, name)),
      run: (input) => tables.call(action, input),
    });
  return {
    name: 'dynamodb',
    protocol: 'json',
    schemas: client,
    operations: {
      ...Object.fromEntries(ONE_TABLE.map((action) => [action, oneTable(action)])),
      ...Object.fromEntries(MANY_TABLES.map((action) => [action, manyTables(action)])),
      ListTables: operation<object>({
        needs: () => [
          { action: 'dynamodb:ListTables', resource: `arn:aws:dynamodb:${region}:${accountId}:table/*` },
        ],
        run: (input) => tables.call('ListTables', input),
      }),
    },
  };
}

/** dynalite takes this option and does nothing: a caller that counts on it must not be let through. */
function refuseIgnored({ ReturnValuesOnConditionCheckFailure: option }: JsonObject): void {
  if (option !== undefined && option !== 'NONE')
    throw new NotSimulated('ReturnValuesOnConditionCheckFailure');
}

function tableDefinition(resource: Resource): JsonObject {
  allowProperties(
    resource,
    [
      'TableName',
      'AttributeDefinitions',
      'KeySchema',
      'BillingMode',
      'ProvisionedThroughput',
      'GlobalSecondaryIndexes',
      'LocalSecondaryIndexes',
      'SSESpecification',
    ],
    [
      'TimeToLiveSpecification',
      'PointInTimeRecoverySpecification',
      'DeletionProtectionEnabled',
      'TableClass',
      'ContributorInsightsSpecification',
      'ResourcePolicy',
    ],
  );
  const { AttributeDefinitions, KeySchema, BillingMode, ProvisionedThroughput } = resource.properties;
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = resource.properties;
  const definition = {
    TableName: resource.name,
    AttributeDefinitions,
    KeySchema,
    BillingMode: BillingMode ?? 'PROVISIONED',
    ProvisionedThroughput,
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
  };
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== undefined));
}

function isActive(description: unknown): boolean {
  if (!isObject(description) || !isObject(description['Table'])) return false;
  const { TableStatus, GlobalSecondaryIndexes = [] } = description['Table'];
  const indexes = Array.isArray(GlobalSecondaryIndexes) ? GlobalSecondaryIndexes : [];
  return (
    TableStatus === 'ACTIVE' && indexes.every((index) => isObject(index) && index['IndexStatus'] === 'ACTIVE')
  );
}

const nextTick = () => new Promise((resolve) => setTimeout(resolve, 1));

/** As much of an HTTP response as dynalite writes to. */
class CollectedResponse {
  statusCode = 200;
  readonly body: Promise<string>;
  #end: (body: string) => void = () => undefined;

  constructor() {
    this.body = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  setHeader(): void {}

  end(body = ''): void {
    this.#end(body);
  }
}
