import { createHash } from 'node:crypto';
import * as client from '@aws-sdk/client-lambda';
import { AwsError } from '../aws-error';
import type { Functions } from '../functions';
import { isObject } from '../json';
import { operation, type Service } from '../service';

interface NameInput {
  FunctionName: string;
  Qualifier?: string;
}

interface InvokeInput extends NameInput {
  InvocationType?: string;
  /** Base64. */
  Payload?: string;
}

/** The part of the Lambda API that runs the functions of the stack. */
export function lambdaService(functions: Functions): Service {
  const need = (action: string) => (input: NameInput) => [
    {
      action: `lambda:${action}`,
      resource: functions.named(input.FunctionName).arn,
      policy: functions.policyOf(input.FunctionName),
    },
  ];
  return {
    name: 'lambda',
    protocol: 'rest-json',
    schemas: client,
    deniedStatus: 403,
    invalidCode: 'InvalidParameterValueException',
    operations: {
      GetFunctionConfiguration: operation<NameInput>({
        needs: need('GetFunctionConfiguration'),
        run: ({ FunctionName }) => {
          const { name, arn, properties } = functions.named(FunctionName);
          const code = JSON.stringify(properties['Code'] ?? null);
          const environment = properties['Environment'];
          return {
            FunctionName: name,
            FunctionArn: arn,
            Role: String(properties['Role']),
            Version: '$LATEST',
            CodeSha256: createHash('sha256').update(code).digest('base64'),
            State: 'Active',
            LastUpdateStatus: 'Successful',
            ...(isObject(environment) ? { Environment: environment } : {}),
          };
        },
      }),
      Invoke: operation<InvokeInput>({
        needs: need('InvokeFunction'),
        run: async ({ FunctionName, InvocationType = 'RequestResponse', Payload }, caller) => {
          const event = readEvent(Payload);
          const { name } = functions.named(FunctionName);
          if (InvocationType === 'DryRun') return { StatusCode: 204 };
          if (InvocationType === 'Event') {
            functions.invokeLater(name, event, caller);
            return { StatusCode: 202 };
          }
          const { payload, functionError } = await functions.invoke(name, event);
          return {
            StatusCode: 200,
            ExecutedVersion: '$LATEST',
            ...(functionError === undefined ? {} : { FunctionError: functionError }),
            Payload: Buffer.from(JSON.stringify(payload ?? null)).toString('base64'),
          };
        },
      }),
    },
  };
}

function readEvent(payload: string | undefined): unknown {
  if (payload === undefined) return {};
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString());
  } catch {
    const not = 'Could not parse request body into json';
    throw new AwsError('InvalidRequestContentException', not);
  }
}
