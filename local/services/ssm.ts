import { createHash, randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-ssm';
import { AwsError } from '../aws-error';
import { operation, type Service } from '../service';

/** A document to put in: of the account unless `Owner` says `Amazon`. */
export interface DocumentSeed {
  Name: string;
  /** The only version that there is. */
  DocumentVersion?: string;
  DocumentType?: string;
  Owner?: string;
  Content?: string;
  Status?: string;
}

/** An Automation that somebody started; nothing runs here. */
export interface StartedAutomation {
  readonly id: string;
  readonly region: string;
  readonly document: string;
  readonly version: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

interface Document extends Required<DocumentSeed> {
  region: string;
}

/** Systems Manager's documents, and what was started by them. */
export class Automations {
  readonly started: StartedAutomation[] = [];
  readonly #byToken = new Map<string, string>();
  readonly #documents: Document[] = [];
  readonly #home: string;
  readonly accountId: string;

  constructor(home: string, accountId: string) {
    this.#home = home;
    this.accountId = accountId;
  }

  /** Makes or replaces a document. */
  putDocument(seed: DocumentSeed, region = this.#home): void {
    if (!seed.Name) throw new Error('Name must be given');
    const document = {
      DocumentVersion: '1',
      DocumentType: 'Automation',
      Owner: this.accountId,
      Content: '{}',
      Status: 'Active',
      ...seed,
      region,
    };
    const at = this.#documents.findIndex((one) => one.Name === seed.Name && one.region === region);
    if (at >= 0) this.#documents[at] = document;
    else this.#documents.push(document);
  }

  find(name: string, region: string): Document | undefined {
    const plain = name.replace(/^arn:.*:document\//, '');
    return this.#documents.find((one) => one.Name === plain && one.region === region);
  }

  /** The same token starts the same Automation once. */
  start(asked: Omit<StartedAutomation, 'id'>, token: string | undefined): string {
    const before = token === undefined ? undefined : this.#byToken.get(token);
    if (before !== undefined) return before;
    const id = randomUUID();
    this.started.push({ id, ...asked });
    if (token !== undefined) this.#byToken.set(token, id);
    return id;
  }
}

interface DescribeInput {
  Name: string;
  DocumentVersion?: string;
}

interface StartInput {
  DocumentName: string;
  DocumentVersion?: string;
  Parameters?: Record<string, string[]>;
  ClientToken?: string;
}

/** The part of the Systems Manager API that starts documents. */
export function ssmService(automations: Automations): Service {
  const { accountId } = automations;
  const keys = (region: string) => ({ 'aws:RequestedRegion': region });
  const described = ({ Name, DocumentVersion }: DescribeInput, region: string): Document => {
    const found = automations.find(Name, region);
    if (!found) throw new AwsError('InvalidDocument', `Document with name ${Name} does not exist.`);
    if (!isVersion(found, DocumentVersion)) {
      const not = `The document version ${DocumentVersion} is not valid or does not exist.`;
      throw new AwsError('InvalidDocumentVersion', not);
    }
    return found;
  };
  return {
    name: 'ssm',
    protocol: 'json',
    schemas: client,
    operations: {
      DescribeDocument: operation<DescribeInput>({
        needs: ({ Name }, region) => {
          const owner = automations.find(Name, region)?.Owner === 'Amazon' ? '' : accountId;
          const resource = `arn:aws:ssm:${region}:${owner}:document/${Name.replace(/^arn:.*:document\//, '')}`;
          return [{ action: 'ssm:DescribeDocument', resource, keys: keys(region) }];
        },
        run: (input, _, region) => {
          const { Content, region: __, ...document } = described(input, region);
          const Hash = createHash('sha256').update(Content).digest('hex');
          const version = document.DocumentVersion;
          return {
            Document: {
              ...document,
              Hash,
              HashType: 'Sha256',
              LatestVersion: version,
              DefaultVersion: version,
              DocumentFormat: 'JSON',
            },
          };
        },
      }),
      StartAutomationExecution: operation<StartInput>({
        needs: ({ DocumentName, DocumentVersion = '$DEFAULT', Parameters = {} }, region) => {
          const owner = automations.find(DocumentName, region)?.Owner === 'Amazon' ? '' : accountId;
          const definition = `arn:aws:ssm:${region}:${owner}:automation-definition/${DocumentName}:${DocumentVersion}`;
          return [
            { action: 'ssm:StartAutomationExecution', resource: definition, keys: keys(region) },
            ...(Parameters['AutomationAssumeRole'] ?? []).map((resource) => ({
              action: 'iam:PassRole',
              resource,
              keys: { 'iam:PassedToService': 'ssm.amazonaws.com' },
            })),
          ];
        },
        run: ({ DocumentName, DocumentVersion, Parameters = {}, ClientToken }, _, region) => {
          const document = automations.find(DocumentName, region);
          if (document?.DocumentType !== 'Automation') {
            const not = `Automation definition ${DocumentName} was not found.`;
            throw new AwsError('AutomationDefinitionNotFoundException', not);
          }
          if (!isVersion(document, DocumentVersion)) {
            const not = `Version ${DocumentVersion} of ${DocumentName} was not found.`;
            throw new AwsError('AutomationDefinitionVersionNotFoundException', not);
          }
          const version = document.DocumentVersion;
          const asked = { region, document: DocumentName, version, parameters: Parameters };
          return { AutomationExecutionId: automations.start(asked, ClientToken) };
        },
        activity: ({ DocumentName, DocumentVersion, Parameters, ClientToken }, output) => ({
          requestParameters: {
            documentName: DocumentName,
            ...(DocumentVersion === undefined ? {} : { documentVersion: DocumentVersion }),
            ...(Parameters === undefined ? {} : { parameters: Parameters }),
            ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
          },
          responseElements: output && {
            automationExecutionId: (output as { AutomationExecutionId: string }).AutomationExecutionId,
          },
        }),
      }),
    },
  };
}

const isVersion = ({ DocumentVersion }: Document, wanted: string | undefined): boolean =>
  wanted === undefined || ['$DEFAULT', '$LATEST', DocumentVersion].includes(wanted);
