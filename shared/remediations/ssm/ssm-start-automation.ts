import * as z from 'zod/mini';
import { tokenFor } from '../plan';
import { allow, anyResource, cannot, defineRemediation, irreversible, read } from '../remediation';

const documentArn = /^arn:([a-z-]+):ssm:([a-z0-9-]+):(\d{12}|):document\/([A-Za-z0-9_.-]{3,128})$/;
const roleArn = /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;

const Document = z.nullable(
  z.object({
    Document: z.object({
      Name: z.string(),
      DocumentVersion: z.optional(z.string()),
      DocumentType: z.optional(z.string()),
      Hash: z.optional(z.string()),
      Status: z.optional(z.string()),
    }),
  }),
);

/** Values of parameters that stand for what the finding is about. */
const places = {
  '{{resourceId}}': ({ id }: { id: string }) => id,
  '{{accountId}}': ({ accountId }: { accountId: string }) => accountId,
  '{{region}}': ({ region }: { region: string }) => region,
} as const;

export default defineRemediation({
  id: 'ssm-start-automation',
  version: 1,
  title: "Start a Systems Manager Automation of the team's own",
  fixes: [],
  restoresEvidence: false,
  cap: 10,
  settleSeconds: 120,
  autoWhen: { never: 'What a document does can not be known from outside.' },
  permissions: {
    capture: ['ssm:DescribeDocument'],
    apply: ['iam:PassRole', 'ssm:StartAutomationExecution'],
    undo: [],
  },
  settings: z.object({
    document: z.string().check(z.regex(documentArn), z.describe('ARN of the Automation document to start.')),
    version: z._default(z.string().check(z.regex(/^\d+$/), z.describe('Its version, as a number.')), '1'),
    role: z.optional(
      z.string().check(z.regex(roleArn), z.describe('ARN of the role in which the document runs.')),
    ),
    parameters: z._default(
      z
        .record(z.string(), z.array(z.string()))
        .check(z.describe('Its parameters. {{resourceId}}, {{accountId}} and {{region}} are filled in.')),
      {},
    ),
    allowed: z
      .array(z.string().check(z.regex(documentArn)))
      .check(
        z.minLength(1),
        z.describe('ARNs of the documents that may be started: rights are made from this list.'),
      ),
  }),
  captured: z.object({ document: Document }),
  exposesAgain: false,
  target: anyResource,
  reads: (target, _occasion, { document, version }) => [
    read(
      'document',
      {
        service: 'ssm',
        action: 'DescribeDocument',
        region: documentArn.exec(document)?.[2] ?? target.region,
        input: { Name: documentArn.exec(document)?.[4] ?? document, DocumentVersion: version },
        allows: [allow('ssm:DescribeDocument', document)],
      },
      'InvalidDocument',
      'InvalidDocumentVersion',
    ),
  ],
  tags: () => 'not-read',
  meaning: ({ document }) => document && { document: document.Document.Hash ?? null },
  observed: () => undefined,
  plan({ captured, target, occasion, settings }) {
    const { document, version, role, allowed } = settings;
    const [, partition, region, owner, name] = documentArn.exec(document) ?? [];
    if (region === undefined || name === undefined)
      return cannot('compliance.yml names no document by its ARN');
    if (!allowed.includes(document))
      return cannot(`${document} is not among the documents that may be started`);
    if (captured.document?.Document.DocumentType !== 'Automation')
      return cannot(`${document} is no Automation document`);
    const filled = Object.fromEntries(
      Object.entries(settings.parameters).map(([key, values]) => [
        key,
        values.map((value) =>
          Object.hasOwn(places, value) ? places[value as keyof typeof places](target) : value,
        ),
      ]),
    );
    return {
      outcome: 'change',
      calls: [
        {
          service: 'ssm',
          action: 'StartAutomationExecution',
          region,
          input: {
            DocumentName: name,
            DocumentVersion: version,
            Parameters: { ...filled, ...(role === undefined ? {} : { AutomationAssumeRole: [role] }) },
            ClientToken: tokenFor(occasion, 'ssm-start-automation'),
          },
          allows: [
            allow(
              'ssm:StartAutomationExecution',
              `arn:${partition}:ssm:${region}:${owner}:automation-definition/${name}:${version}`,
              `arn:${partition}:ssm:${region}:${target.accountId}:automation-execution/*`,
              document,
            ),
            ...(role === undefined ? [] : [allow('iam:PassRole', role)]),
          ],
          says: `Start ${name}, version ${version}`,
          again: 'harmless',
        },
      ],
      after: captured,
      notes: ['What the document does is its own: only the control tells afterwards whether it helped.'],
    };
  },
  undo: () => irreversible('What the document did is known to it alone.'),
});
