import * as z from 'zod/mini';
import { allow, anyResource, cannot, defineRemediation, irreversible, read } from '../remediation';

const functionArn =
  /^arn:[a-z-]+:lambda:([a-z0-9-]+):\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?$/;

/** The version that ran, not its environment: secrets stand there. */
const Configuration = z.nullable(
  z.object({
    FunctionArn: z.string(),
    Version: z.optional(z.string()),
    CodeSha256: z.optional(z.string()),
    State: z.optional(z.string()),
  }),
);

export default defineRemediation({
  id: 'lambda-run-function',
  version: 1,
  title: "Run a Lambda function of the team's own",
  fixes: [],
  restoresEvidence: false,
  cap: 10,
  settleSeconds: 30,
  autoWhen: { never: 'What a function does can not be known from outside.' },
  permissions: { capture: ['lambda:GetFunctionConfiguration'], apply: ['lambda:InvokeFunction'], undo: [] },
  settings: z.object({
    function: z.string().check(z.regex(functionArn), z.describe('ARN of the function to run.')),
    allowed: z
      .array(z.string().check(z.regex(functionArn)))
      .check(
        z.minLength(1),
        z.describe('ARNs of the functions that may be run: rights are made from this list.'),
      ),
  }),
  captured: z.object({ configuration: Configuration }),
  exposesAgain: false,
  target: anyResource,
  reads: (target, _occasion, settings) => [
    read(
      'configuration',
      {
        service: 'lambda',
        action: 'GetFunctionConfiguration',
        region: functionArn.exec(settings.function)?.[1] ?? target.region,
        input: { FunctionName: settings.function },
        allows: [allow('lambda:GetFunctionConfiguration', settings.function)],
      },
      'ResourceNotFoundException',
    ),
  ],
  tags: () => 'not-read',
  meaning: ({ configuration }) => configuration && { code: configuration.CodeSha256 ?? null },
  observed: () => undefined,
  plan({ captured, target, occasion, settings }) {
    const [, region] = functionArn.exec(settings.function) ?? [];
    if (region === undefined) return cannot('compliance.yml names no function by its ARN');
    if (!settings.allowed.includes(settings.function))
      return cannot(`${settings.function} is not among the functions that may be run`);
    if (!captured.configuration) return cannot(`${settings.function} does not exist`);
    const event = {
      findingId: occasion.findingId,
      control: occasion.control,
      accountId: target.accountId,
      region: target.region,
      resourceType: target.resourceType,
      resourceId: target.id,
    };
    return {
      outcome: 'change',
      calls: [
        {
          service: 'lambda',
          action: 'Invoke',
          region,
          input: {
            FunctionName: settings.function,
            InvocationType: 'RequestResponse',
            Payload: JSON.stringify(event),
          },
          allows: [allow('lambda:InvokeFunction', settings.function)],
          says: `Run ${settings.function}`,
          again: 'doubles',
        },
      ],
      after: captured,
      notes: ['What the function does is its own: only the control tells afterwards whether it helped.'],
    };
  },
  undo: () => irreversible('What the function did is known to it alone.'),
});
